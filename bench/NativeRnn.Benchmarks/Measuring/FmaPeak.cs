using System.Runtime.CompilerServices;
using NativeRnn.Kernels;

namespace NativeRnn.Benchmarks.Measuring;

/// <summary>
/// The most multiply-adds this core does at one vector width: twelve independent chains in registers, nothing read or written.
/// Twelve is more than latency times units of current cores asks for (8 to 10) and leaves two of 16 registers for the constants.
/// </summary>
internal static class FmaPeak<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    private const int Chains = 12;
    private const int Iterations = 200_000;

    /// <summary>Multiply-adds a second: the best of a number of bursts.</summary>
    public static double Measure(int bursts) => (double)Chains * TOps.Count * Iterations / Bursts.BestSeconds(bursts, () => Run(Iterations));

    /// <summary>Takes the time of some iterations.</summary>
    public static void Spend(int iterations) => Run(iterations);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TVector Run(int iterations)
    {
        // Every chain tends to 2, far from denormals and infinities.
        TVector half = TOps.Broadcast(0.5f);
        TVector one = TOps.Broadcast(1f);
        TVector a = one, b = one, c = one, d = one, e = one, f = one, g = one, h = one, i = one, j = one, k = one, l = one;
        for (; iterations > 0; iterations--)
        {
            a = TOps.MultiplyAdd(a, half, one);
            b = TOps.MultiplyAdd(b, half, one);
            c = TOps.MultiplyAdd(c, half, one);
            d = TOps.MultiplyAdd(d, half, one);
            e = TOps.MultiplyAdd(e, half, one);
            f = TOps.MultiplyAdd(f, half, one);
            g = TOps.MultiplyAdd(g, half, one);
            h = TOps.MultiplyAdd(h, half, one);
            i = TOps.MultiplyAdd(i, half, one);
            j = TOps.MultiplyAdd(j, half, one);
            k = TOps.MultiplyAdd(k, half, one);
            l = TOps.MultiplyAdd(l, half, one);
        }

        TVector left = TOps.Add(TOps.Add(TOps.Add(a, b), TOps.Add(c, d)), TOps.Add(e, f));
        TVector right = TOps.Add(TOps.Add(TOps.Add(g, h), TOps.Add(i, j)), TOps.Add(k, l));
        return TOps.Add(left, right);
    }
}
