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

    /// <summary>Weights of a cell that leave room in the first-level cache for what else a step touches: 32 KiB.</summary>
    private const int SmallCell = 1 << 13;

    private const int LargeMatrix = 32 * 1024 / sizeof(float);

    internal delegate WeightTensor Weights(string parameter);

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
            layer.Units, PackShared(weights("kernel"), inputSize, rows, 1, MaxPanel(rows.Length, inputSize, TOps.PanelVectors)), PackedMatrix.PackVector(weights("bias").Values, rows), layer.Activation);
    }

    private static LayerKernel CreateSimple(SimpleRnn layer, int inputSize, Weights weights)
    {
        GateSums sums = CreateSums(weights, inputSize, layer.Units, layer.Units, 0, 1);
        return layer.Activation.Kind == ActivationKind.Tanh && layer.Clip == 0
            ? CreateRecurrent(layer, new SimpleRnnCell<TVector, TOps, TanhActivation>(layer.Units, sums, default))
            : CreateRecurrent(layer, new SimpleRnnCell<TVector, TOps, AnyActivation>(layer.Units, sums, new(layer.Activation, layer.Clip)));
    }

    private static LayerKernel CreateOutputRecurrent(OutputRecurrentRnn layer, int inputSize, Weights weights)
    {
        GateSums sums = CreateSums(weights, inputSize, layer.Outputs, layer.Units, 0, 1);
        int[] outputRows = PackedMatrix.InterleaveGates(layer.Outputs, 0, 1, TOps.Count);
        PackedMatrix output = PackRecurrent(
            weights("output_kernel"), layer.Units, outputRows, 1, MaxPanel(outputRows.Length, layer.Units, TOps.PanelVectors));
        AlignedBuffer outputBias = PackedMatrix.PackVector(weights("output_bias").Values, outputRows);
        return layer.Activation.Kind == ActivationKind.Tanh && layer.Clip == 0
            ? CreateRecurrent(layer, new OutputRecurrentRnnCell<TVector, TOps, TanhActivation>(layer.Outputs, sums, default, output, outputBias))
            : CreateRecurrent(layer, new OutputRecurrentRnnCell<TVector, TOps, AnyActivation>(
                layer.Outputs, sums, new(layer.Activation, layer.Clip), output, outputBias));
    }

    private static LayerKernel CreateGru(Gru layer, int inputSize, Weights weights)
    {
        GateSums gates = CreateSums(weights, inputSize, layer.Units, layer.Units, 0, 2);
        GateSums candidate = CreateSums(weights, inputSize, layer.Units, layer.Units, 2, 1);
        return IsTanhWithSigmoid(layer, layer.Activation, layer.RecurrentActivation)
            ? CreateRecurrent(layer, new GruCell<TVector, TOps, SigmoidGate, TanhActivation>(layer.Units, gates, candidate, default, default))
            : CreateRecurrent(layer, new GruCell<TVector, TOps, AnyActivation, AnyActivation>(
                layer.Units, gates, candidate, new(layer.RecurrentActivation, layer.Clip), new(layer.Activation, layer.Clip)));
    }

    private static LayerKernel CreateGruResetAfter(Gru layer, int inputSize, Weights weights)
    {
        // Only the candidate's recurrent bias stands behind the reset gate; those of z and r join the input's.
        float[] bias = weights("bias").Values.ToArray();
        ReadOnlySpan<float> recurrentBias = weights("recurrent_bias").Values;
        for (int i = 0; i < 2 * layer.Units; i++)
            bias[i] += recurrentBias[i];
        AlignedBuffer candidateBias = PackedMatrix.PackVector(recurrentBias, PackedMatrix.InterleaveGates(layer.Units, 2, 1, TOps.Count));
        GateSums sums = CreateSums(weights, inputSize, layer.Units, layer.Units, 0, 3, bias, candidateBias);
        return IsTanhWithSigmoid(layer, layer.Activation, layer.RecurrentActivation)
            ? CreateRecurrent(layer, new GruResetAfterCell<TVector, TOps, SigmoidGate, TanhActivation>(layer.Units, sums, default, default))
            : CreateRecurrent(layer, new GruResetAfterCell<TVector, TOps, AnyActivation, AnyActivation>(
                layer.Units, sums, new(layer.RecurrentActivation, layer.Clip), new(layer.Activation, layer.Clip)));
    }

    private static LayerKernel CreateLstm(Lstm layer, int inputSize, Weights weights)
    {
        GateSums sums = CreateSums(weights, inputSize, layer.Units, layer.Units, 0, layer.GateCount);
        bool isCoupled = layer.GateCount == 3;
        AlignedBuffer? peephole = layer.Peepholes
            ? PackedMatrix.PackVector(weights("peephole").Values, PackedMatrix.InterleaveGates(layer.Units, 0, layer.GateCount - 1, TOps.Count))
            : null;
        return IsTanhWithSigmoid(layer, layer.Activation, layer.RecurrentActivation) && layer.OutputActivation.Kind == ActivationKind.Tanh
            ? CreateRecurrent(layer, new LstmCell<TVector, TOps, SigmoidGate, TanhActivation>(layer.Units, sums, isCoupled, peephole, default, default, default))
            : CreateRecurrent(layer, new LstmCell<TVector, TOps, AnyActivation, AnyActivation>(
                layer.Units, sums, isCoupled, peephole, new(layer.RecurrentActivation, layer.Clip), new(layer.Activation, layer.Clip), new(layer.OutputActivation)));
    }

    private static RecurrentKernel<TVector, TOps, TCell> CreateRecurrent<TCell>(RecurrentLayer layer, TCell cell)
        where TCell : struct, ICell
        => new(cell, layer.ReturnSequences);

    /// <summary>The sums of some gates of a layer whose parameters hold the gates one behind the other.</summary>
    /// <param name="weights">The layer's weights.</param>
    /// <param name="inputSize">Columns of U.</param>
    /// <param name="fedBack">Columns of W.</param>
    /// <param name="units">Rows of each gate.</param>
    /// <param name="firstGate">The first gate to take.</param>
    /// <param name="gates">How many gates to take.</param>
    /// <param name="bias">The layer's bias where it is not the parameter of that name.</param>
    /// <param name="candidateBias">See <see cref="GateSums.CandidateBias"/>.</param>
    internal static GateSums CreateSums(
        Weights weights, int inputSize, int fedBack, int units, int firstGate, int gates, ReadOnlySpan<float> bias = default, AlignedBuffer? candidateBias = null)
    {
        int[] rows = PackedMatrix.InterleaveGates(units, firstGate, gates, TOps.Count);
        bool isSmall = weights("kernel").Count + weights("recurrent_kernel").Count <= SmallCell;
        // What a panel's epilogue compiled into the product leaves registers for.
        int maxPanel = Math.Min(TOps.PanelVectors, gates == 1 ? 4 : 2 * gates);
        return new GateSums(
            isSmall ? PackShared(weights("kernel"), inputSize, rows, gates, maxPanel) : PackShared(weights("kernel"), inputSize, rows, 1, TOps.TwoRowPanelVectors),
            PackedMatrix.PackVector(bias.IsEmpty ? weights("bias").Values : bias, rows),
            PackRecurrent(weights("recurrent_kernel"), fedBack, rows, gates, isSmall ? maxPanel : MaxPanel(rows.Length, fedBack, maxPanel)),
            gates, isSmall, candidateBias);
    }

    private static bool IsTanhWithSigmoid(RecurrentLayer layer, Activation activation, Activation recurrentActivation)
        => layer.Clip == 0 && activation.Kind == ActivationKind.Tanh && recurrentActivation.Kind == ActivationKind.Sigmoid;

    private static int Stride(int size) => (size + TOps.Count - 1) / TOps.Count * TOps.Count;

    private static PackedMatrix PackRecurrent(WeightTensor source, int columns, int[] rows, int gates, int maxPanel)
        => new(source, columns, rows, TOps.Count, maxPanel, gates, SmallestQuantizedRecurrent);

    private static PackedMatrix PackShared(WeightTensor source, int columns, int[] rows, int gates, int maxPanel)
        => new(source, columns, rows, TOps.Count, maxPanel, gates, SmallestQuantizedShared);

    private static int MaxPanel(int lanes, int columns, int maxPanel) => (long)lanes * columns > LargeMatrix ? Math.Min(LargeMatrixPanel, maxPanel) : maxPanel;
}
