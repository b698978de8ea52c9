namespace NativeRnn.Kernels;

/// <summary>f(sum), for units that have one sum.</summary>
/// <param name="activation">f.</param>
/// <param name="intoScratch">Whether to leave it in <see cref="CellStep.Scratch"/> and not in <see cref="CellStep.Next"/>.</param>
internal readonly unsafe struct ActivationEpilogue<TVector, TOps, TActivation>(TActivation activation, bool intoScratch) : IEpilogue<TVector>
    where TOps : struct, IVectorOps<TVector>
    where TActivation : struct, IVectorActivation
{
    public static int Gates => 1;

    public static int Passes => 1;

    public static bool FinishesLast => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish(in CellStep step, nint row, nint unit, TVector sum)
    {
        float* destination = intoScratch ? step.Scratch + row * step.ScratchStride : step.Next + row * step.NextStride;
        TOps.Store(destination + unit, activation.ApplyOrZero<TVector, TOps>(sum));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish<TPanel>(
        in CellStep step, nint unit, bool finishes, float* sums, TVector s0, TVector s1, TVector s2, TVector s3, TVector s4, TVector s5, TVector s6, TVector s7)
        where TPanel : struct, IPanel
    {
        Finish(step, 0, unit, s0);
        if (TPanel.Vectors > 1)
            Finish(step, 0, unit + TOps.Count, s1);
        if (TPanel.Vectors > 2)
            Finish(step, 0, unit + 2 * TOps.Count, s2);
        if (TPanel.Vectors > 3)
            Finish(step, 0, unit + 3 * TOps.Count, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pass(int pass, in CellStep step, nint row, nint unit, float* sums) => Finish(step, row, unit, TOps.Load(sums));
}
