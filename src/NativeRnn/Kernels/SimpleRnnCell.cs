namespace NativeRnn.Kernels;

/// <summary>The cell of <see cref="SimpleRnn"/>: h_t = f(W h_{t-1} + U x_t + b).</summary>
internal readonly unsafe struct SimpleRnnCell<TVector, TOps, TActivation>(int units, PackedMatrix recurrentKernel, TActivation activation) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TActivation : struct, IVectorActivation
{
    public int OutputSize => units;

    public bool HasCellState => false;

    public int ScratchPerSequence => 0;

    public long ProductScratchSize(int batch) => recurrentKernel.ScratchSize(batch);

    public void Step(in CellStep step)
    {
        MatrixProduct<TVector, TOps>.Run(
            recurrentKernel, step.Projection, step.ProjectionStride, step.Previous, step.PreviousStride, step.Projection, step.ProjectionStride, step.Batch,
            step.ProductScratch, step.IsBackward);
        ActivateAndStore<TVector, TOps, TActivation>.Run(
            activation, step.Projection, step.ProjectionStride, step.Next, step.NextStride, recurrentKernel.Vectors * TOps.Count, step.Batch);
    }
}
