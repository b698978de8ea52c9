namespace NativeRnn.Kernels;

/// <summary>The cell of <see cref="OutputRecurrentRnn"/>: h_t = f(W o_{t-1} + U x_t + b), o_t = V h_t + c.</summary>
internal readonly unsafe struct OutputRecurrentRnnCell<TVector, TOps, TActivation>(
    int outputs, PackedMatrix recurrentKernel, TActivation activation, PackedMatrix outputKernel, AlignedBuffer outputBias) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TActivation : struct, IVectorActivation
{
    public int OutputSize => outputs;

    public bool HasCellState => false;

    /// <summary>h_t, which only the output of the same step needs.</summary>
    public int ScratchPerSequence => recurrentKernel.Vectors * TOps.Count;

    public long ProductScratchSize(int batch) => Math.Max(recurrentKernel.ScratchSize(batch), outputKernel.ScratchSize(batch));

    public void Step(in CellStep step)
    {
        nint hiddenStride = ScratchPerSequence;
        MatrixProduct<TVector, TOps>.Run(
            recurrentKernel, step.Projection, step.ProjectionStride, step.Previous, step.PreviousStride, step.Projection, step.ProjectionStride, step.Batch,
            step.ProductScratch, step.IsBackward);
        ActivateAndStore<TVector, TOps, TActivation>.Run(
            activation, step.Projection, step.ProjectionStride, step.Scratch, hiddenStride, hiddenStride, step.Batch);
        MatrixProduct<TVector, TOps>.Run(
            outputKernel, outputBias.Pointer, 0, step.Scratch, hiddenStride, step.Next, step.NextStride, step.Batch,
            step.ProductScratch, step.IsBackward);
        ActivateAndStore<TVector, TOps, LinearActivation>.Run(
            default, step.Next, step.NextStride, step.Next, step.NextStride, outputKernel.Vectors * TOps.Count, step.Batch);
    }
}
