namespace NativeRnn.Kernels;

/// <summary>h = f(sums), for cells whose units have one sum each.</summary>
internal static unsafe class ActivateAndStore<TVector, TOps, TActivation>
    where TOps : struct, IVectorOps<TVector>
    where TActivation : struct, IVectorActivation
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run(TActivation activation, float* sums, nint sumsStride, float* next, nint nextStride, nint paddedUnits, int rows)
    {
        for (int row = 0; row < rows; row++, sums += sumsStride, next += nextStride)
        {
            for (nint unit = 0; unit < paddedUnits; unit += TOps.Count)
                TOps.Store(next + unit, VectorMath<TVector, TOps>.ZeroWhereTiny(activation.Apply<TVector, TOps>(TOps.Load(sums + unit))));
        }
    }
}
