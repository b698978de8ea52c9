namespace NativeRnn.Kernels;

/// <summary>The cell of <see cref="SimpleRnn"/>: h_t = f(W h_{t-1} + U x_t + b).</summary>
internal readonly unsafe struct SimpleRnnCell<TVector, TOps, TActivation>(int units, PackedMatrix recurrentKernel, TActivation activation) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TActivation : struct, IVectorActivation
{
    public int OutputSize => units;

    public bool HasCellState => false;

    public int ScratchPerSequence => recurrentKernel.ScratchPerSequence;

    public void Step(in CellStep step)
        => RecurrentProduct<TVector, TOps>.Run(
            recurrentKernel, step.Projection, step.ProjectionStride, step.Previous, step.PreviousStride, step.Batch, step.Scratch,
            new ActivateAndStore<TVector, TOps, TActivation>(activation, step.Next, step.NextStride));
}
