namespace NativeRnn.Kernels;

/// <summary>The cell of <see cref="OutputRecurrentRnn"/>: h_t = f(W o_{t-1} + U x_t + b), o_t = V h_t + c.</summary>
internal readonly unsafe struct OutputRecurrentRnnCell<TVector, TOps, TActivation>(
    int outputs, GateSums sums, TActivation activation, PackedMatrix outputKernel, AlignedBuffer outputBias) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TActivation : struct, IVectorActivation
{
    private readonly ActivationEpilogue<TVector, TOps, TActivation> _epilogue = new(activation, intoScratch: true);

    public int OutputSize => outputs;

    public bool HasCellState => false;

    public GateSums[] Sums => [sums];

    /// <summary>h_t, which only the output of the same step needs.</summary>
    public int ScratchPerSequence => sums.Length;

    public long ProductScratchSize(int batch) => Math.Max(sums.Recurrent.ScratchSize(batch), outputKernel.ScratchSize(batch));

    public void Step(in CellStep step)
    {
        CellProduct<TVector, TOps, ActivationEpilogue<TVector, TOps, TActivation>>.Run(
            _epilogue, step, sums, step.Projection, step.Previous, step.PreviousStride);
        MatrixProduct<TVector, TOps>.Run(
            outputKernel, outputBias.Pointer, 0, step.Scratch, step.ScratchStride, step.Next, step.NextStride, step.Batch,
            step.ProductScratch, step.IsBackward);
        CellProduct<TVector, TOps, ActivationEpilogue<TVector, TOps, LinearActivation>>.Finish(
            new(default, intoScratch: false), step, step.Next, step.NextStride, outputBias.Length);
    }
}
