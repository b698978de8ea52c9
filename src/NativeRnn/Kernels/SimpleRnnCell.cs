namespace NativeRnn.Kernels;

/// <summary>The cell of <see cref="SimpleRnn"/>: h_t = f(W h_{t-1} + U x_t + b).</summary>
internal readonly unsafe struct SimpleRnnCell<TVector, TOps, TActivation>(int units, GateSums sums, TActivation activation) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TActivation : struct, IVectorActivation
{
    private readonly ActivationEpilogue<TVector, TOps, TActivation> _epilogue = new(activation, intoScratch: false);

    public int OutputSize => units;

    public bool HasCellState => false;

    public GateSums[] Sums => [sums];

    public int ScratchPerSequence => 0;

    public long ProductScratchSize(int batch) => sums.Recurrent.ScratchSize(batch);

    public void Step(in CellStep step)
        => CellProduct<TVector, TOps, ActivationEpilogue<TVector, TOps, TActivation>>.Run(
            _epilogue, step, sums, step.Projection, step.Previous, step.PreviousStride);
}
