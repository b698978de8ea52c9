namespace NativeRnn.Kernels;

/// <summary>Runs a <see cref="Dense"/> layer: y = f(V x + c), once or at every step.</summary>
internal sealed unsafe class DenseKernel<TVector, TOps>(int units, PackedMatrix kernel, AlignedBuffer bias, Activation activation) : LayerKernel
    where TOps : struct, IVectorOps<TVector>
{
    private readonly AnyActivation _activation = new(activation);

    public override int OutputSize => units;

    public override int OutputStride => kernel.Vectors * TOps.Count;

    public override bool KeepsSequence => true;

    public override long ScratchSize(int maxSteps, int maxBatch) => Lines(kernel.ScratchSize(Math.Max(maxSteps, maxBatch)));

    public override void Run(in Rows input, in Rows output, float* state, float* scratch, int steps, int batch)
    {
        // One row a step in a sequence alone; one row a sequence in a batch.
        int outer = batch == 1 ? 1 : steps;
        int rows = batch == 1 ? steps : batch;
        nint inputStride = batch == 1 ? input.StepStride : input.SequenceStride;
        nint outputStride = batch == 1 ? output.StepStride : output.SequenceStride;
        for (int t = 0; t < outer; t++)
        {
            MatrixProduct<TVector, TOps>.Run(kernel, bias.Pointer, 0, input.At(t), inputStride, output.At(t), outputStride, rows, scratch);
            if (activation.Kind == ActivationKind.Linear)
                continue;
            for (int row = 0; row < rows; row++)
                Activate(output.At(t) + row * outputStride);
        }
    }

    private void Activate(float* row)
    {
        if (activation.Kind == ActivationKind.Softmax)
        {
            Softmax<TVector, TOps>.Apply(row, units, OutputStride);
            return;
        }

        for (nint i = 0; i < OutputStride; i += TOps.Count)
            TOps.Store(row + i, _activation.Apply<TVector, TOps>(TOps.Load(row + i)));
    }
}
