namespace NativeRnn.Kernels;

/// <summary>h_t = f(start + R h_{t-1}): stores the activated sums of a panel's vectors side by side.</summary>
internal readonly unsafe struct ActivateAndStore<TVector, TOps, TActivation>(TActivation activation, float* destination, nint stride) : IEpilogue<TVector>
    where TOps : struct, IVectorOps<TVector>
    where TActivation : struct, IVectorActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Start(float* initial, int panelVector, int vector) => TOps.Load(initial);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TPanel>(int vector, int row, TVector s0, TVector s1, TVector s2, TVector s3)
        where TPanel : struct, IPanel
    {
        nint lanes = TOps.Count;
        float* next = destination + row * stride + vector * lanes;
        TOps.Store(next, Activate(s0));
        if (TPanel.Vectors > 1)
            TOps.Store(next + lanes, Activate(s1));
        if (TPanel.Vectors > 2)
            TOps.Store(next + 2 * lanes, Activate(s2));
        if (TPanel.Vectors > 3)
            TOps.Store(next + 3 * lanes, Activate(s3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Activate(TVector sum) => VectorMath<TVector, TOps>.ZeroWhereTiny(activation.Apply<TVector, TOps>(sum));
}
