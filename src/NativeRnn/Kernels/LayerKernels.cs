namespace NativeRnn.Kernels;

/// <summary>Turns layers and their weights into kernels of one vector width.</summary>
internal static class LayerKernels<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    /// <summary>
    /// Weights of a recurrent matrix from which on reading fewer bytes at each step saves more than widening them costs.
    /// </summary>
    private const int SmallestQuantizedRecurrent = 1 << 14;

    /// <summary>The same of a matrix that many rows share each read of: 256 KiB as float32, which stay in a cache.</summary>
    private const int SmallestQuantizedShared = 1 << 16;

    /// <summary>
    /// Vectors of a panel of a matrix that is larger than <see cref="LargeMatrix"/>: small panels, so that the first-level cache holds a whole one when the
    /// next step comes back to it.
    /// </summary>
    private const int LargeMatrixPanel = 4;

    private const int LargeMatrix = 32 * 1024 / sizeof(float);

    private delegate WeightTensor Weights(string parameter);

    public static LayerKernel[] Create(RnnModel model, IReadOnlyList<NamedLayer> layers)
    {
        List<LayerKernel> kernels = [];
        foreach (NamedLayer entry in layers)
        {
            if (entry.Layer is not Dropout)
                kernels.Add(Create(entry.Layer, entry.InputSize, parameter => model.Tensor($"{entry.Name}.{parameter}")));
        }

        return [.. kernels];
    }

    private static LayerKernel Create(Layer layer, int inputSize, Weights weights) => layer switch
    {
        SimpleRnn simple => CreateSimple(simple, inputSize, weights),
        OutputRecurrentRnn outputRecurrent => CreateOutputRecurrent(outputRecurrent, inputSize, weights),
        Gru { ResetAfter: false } gru => CreateGru(gru, inputSize, weights),
        Gru gru => CreateGruResetAfter(gru, inputSize, weights),
        Lstm lstm => CreateLstm(lstm, inputSize, weights),
        Bidirectional bidirectional => new BidirectionalKernel<TVector, TOps>(
            Create(bidirectional.Forward, inputSize, parameter => weights("forward." + parameter)),
            Create(bidirectional.Backward, inputSize, parameter => weights("backward." + parameter)),
            bidirectional.Merge),
        Dense dense => CreateDense(dense, inputSize, weights),
        Embedding embedding => new EmbeddingKernel(weights("embeddings"), embedding.Units, Stride(embedding.Units)),
        Reverse => new ReverseKernel(inputSize, Stride(inputSize)),
        LastStep => new LastStepKernel(inputSize, Stride(inputSize)),
        _ => throw new UnreachableException($"No kernel for {layer.Kind}."),
    };

    private static DenseKernel<TVector, TOps> CreateDense(Dense layer, int inputSize, Weights weights)
    {
        int[] rows = PackedMatrix.InterleaveGates(layer.Units, 0, 1, TOps.Count);
        return new DenseKernel<TVector, TOps>(
            layer.Units, PackShared(weights("kernel"), inputSize, rows), PackedMatrix.PackVector(weights("bias").Values, rows), layer.Activation);
    }

    private static LayerKernel CreateSimple(SimpleRnn layer, int inputSize, Weights weights)
    {
        int[] rows = PackedMatrix.InterleaveGates(layer.Units, 0, 1, TOps.Count);
        PackedMatrix recurrent = PackRecurrent(weights("recurrent_kernel"), layer.Units, rows);
        return layer.Activation.Kind == ActivationKind.Tanh && layer.Clip == 0
            ? Recurrent(new SimpleRnnCell<TVector, TOps, TanhActivation>(layer.Units, recurrent, default))
            : Recurrent(new SimpleRnnCell<TVector, TOps, AnyActivation>(layer.Units, recurrent, new(layer.Activation, layer.Clip)));

        LayerKernel Recurrent<TCell>(TCell cell)
            where TCell : struct, ICell
            => CreateRecurrent(layer, inputSize, weights, PackedMatrix.PackVector(weights("bias").Values, rows), rows, cell);
    }

    private static LayerKernel CreateOutputRecurrent(OutputRecurrentRnn layer, int inputSize, Weights weights)
    {
        int[] rows = PackedMatrix.InterleaveGates(layer.Units, 0, 1, TOps.Count);
        int[] outputRows = PackedMatrix.InterleaveGates(layer.Outputs, 0, 1, TOps.Count);
        PackedMatrix recurrent = PackRecurrent(weights("recurrent_kernel"), layer.Outputs, rows);
        PackedMatrix output = PackRecurrent(weights("output_kernel"), layer.Units, outputRows);
        AlignedBuffer outputBias = PackedMatrix.PackVector(weights("output_bias").Values, outputRows);
        return layer.Activation.Kind == ActivationKind.Tanh && layer.Clip == 0
            ? Recurrent(new OutputRecurrentRnnCell<TVector, TOps, TanhActivation>(layer.Outputs, recurrent, default, output, outputBias))
            : Recurrent(new OutputRecurrentRnnCell<TVector, TOps, AnyActivation>(layer.Outputs, recurrent, new(layer.Activation, layer.Clip), output, outputBias));

        LayerKernel Recurrent<TCell>(TCell cell)
            where TCell : struct, ICell
            => CreateRecurrent(layer, inputSize, weights, PackedMatrix.PackVector(weights("bias").Values, rows), rows, cell);
    }

    private static LayerKernel CreateGru(Gru layer, int inputSize, Weights weights)
    {
        // Lanes of the projection: z and r of every block of units, then the candidates.
        int[] gateRows = PackedMatrix.InterleaveGates(layer.Units, 0, 2, TOps.Count);
        int[] candidateRows = PackedMatrix.InterleaveGates(layer.Units, 2, 1, TOps.Count);
        PackedMatrix gates = PackRecurrent(weights("recurrent_kernel"), layer.Units, gateRows);
        PackedMatrix candidate = PackRecurrent(weights("recurrent_kernel"), layer.Units, candidateRows);
        return IsTanhWithSigmoid(layer, layer.Activation, layer.RecurrentActivation)
            ? Recurrent(new GruCell<TVector, TOps, SigmoidActivation, TanhActivation>(layer.Units, gates, candidate, default, default))
            : Recurrent(new GruCell<TVector, TOps, AnyActivation, AnyActivation>(
                layer.Units, gates, candidate, new(layer.RecurrentActivation, layer.Clip), new(layer.Activation, layer.Clip)));

        LayerKernel Recurrent<TCell>(TCell cell)
            where TCell : struct, ICell
        {
            int[] rows = [.. gateRows, .. candidateRows];
            return CreateRecurrent(layer, inputSize, weights, PackedMatrix.PackVector(weights("bias").Values, rows), rows, cell);
        }
    }

    private static LayerKernel CreateGruResetAfter(Gru layer, int inputSize, Weights weights)
    {
        int[] rows = PackedMatrix.InterleaveGates(layer.Units, 0, 3, TOps.Count);
        PackedMatrix recurrent = PackRecurrent(weights("recurrent_kernel"), layer.Units, rows);
        ReadOnlySpan<float> recurrentBias = weights("recurrent_bias").Values;

        // Only the candidate's recurrent bias stands behind the reset gate; those of z and r join the input's.
        float[] bias = weights("bias").Values.ToArray();
        for (int i = 0; i < 2 * layer.Units; i++)
            bias[i] += recurrentBias[i];
        float[] productBias = new float[recurrentBias.Length];
        recurrentBias[(2 * layer.Units)..].CopyTo(productBias.AsSpan(2 * layer.Units));
        AlignedBuffer productStart = PackedMatrix.PackVector(productBias, rows);

        return IsTanhWithSigmoid(layer, layer.Activation, layer.RecurrentActivation)
            ? Recurrent(new GruResetAfterCell<TVector, TOps, SigmoidActivation, TanhActivation>(layer.Units, recurrent, productStart, default, default))
            : Recurrent(new GruResetAfterCell<TVector, TOps, AnyActivation, AnyActivation>(
                layer.Units, recurrent, productStart, new(layer.RecurrentActivation, layer.Clip), new(layer.Activation, layer.Clip)));

        LayerKernel Recurrent<TCell>(TCell cell)
            where TCell : struct, ICell
            => CreateRecurrent(layer, inputSize, weights, PackedMatrix.PackVector(bias, rows), rows, cell);
    }

    private static LayerKernel CreateLstm(Lstm layer, int inputSize, Weights weights)
    {
        int[] rows = PackedMatrix.InterleaveGates(layer.Units, 0, layer.GateCount, TOps.Count);
        PackedMatrix recurrent = PackRecurrent(weights("recurrent_kernel"), layer.Units, rows);
        AlignedBuffer? peephole = layer.Peepholes
            ? PackedMatrix.PackVector(weights("peephole").Values, PackedMatrix.InterleaveGates(layer.Units, 0, layer.GateCount - 1, TOps.Count))
            : null;
        return IsTanhWithSigmoid(layer, layer.Activation, layer.RecurrentActivation) && layer.OutputActivation.Kind == ActivationKind.Tanh
            ? Recurrent(new LstmCell<TVector, TOps, SigmoidActivation, TanhActivation>(layer.Units, recurrent, layer.GateCount == 3, peephole, default, default, default))
            : Recurrent(new LstmCell<TVector, TOps, AnyActivation, AnyActivation>(
                layer.Units, recurrent, layer.GateCount == 3, peephole, new(layer.RecurrentActivation, layer.Clip), new(layer.Activation, layer.Clip), new(layer.OutputActivation)));

        LayerKernel Recurrent<TCell>(TCell cell)
            where TCell : struct, ICell
            => CreateRecurrent(layer, inputSize, weights, PackedMatrix.PackVector(weights("bias").Values, rows), rows, cell);
    }

    private static RecurrentKernel<TVector, TOps, TCell> CreateRecurrent<TCell>(
        RecurrentLayer layer, int inputSize, Weights weights, AlignedBuffer bias, int[] rows, TCell cell)
        where TCell : struct, ICell
        => new(PackShared(weights("kernel"), inputSize, rows), bias, cell, layer.ReturnSequences);

    private static bool IsTanhWithSigmoid(RecurrentLayer layer, Activation activation, Activation recurrentActivation)
        => layer.Clip == 0 && activation.Kind == ActivationKind.Tanh && recurrentActivation.Kind == ActivationKind.Sigmoid;

    private static int Stride(int size) => (size + TOps.Count - 1) / TOps.Count * TOps.Count;

    private static int MaxPanel(int lanes, int columns) => (long)lanes * columns > LargeMatrix ? LargeMatrixPanel : TOps.PanelVectors;

    private static PackedMatrix PackRecurrent(WeightTensor source, int columns, int[] rows)
        => new(source, columns, rows, TOps.Count, MaxPanel(rows.Length, columns), SmallestQuantizedRecurrent);

    private static PackedMatrix PackShared(WeightTensor source, int columns, int[] rows)
        => new(source, columns, rows, TOps.Count, MaxPanel(rows.Length, columns), SmallestQuantizedShared);
}
