using System.Runtime.CompilerServices;
using NativeRnn.Kernels;

namespace NativeRnn.Benchmarks.Measuring;

/// <summary>
/// How fast this core reads a working set again and again: always forward, or its panels forward in one pass and backward in the
/// next, so that what the nearer cache still holds is used first.
/// </summary>
internal static unsafe class ReadBandwidth<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    /// <summary>Floats of a panel at most, 128 KiB.</summary>
    private const int MostPanelFloats = 32 * 1024;

    private const int Unrolled = 8;
    private const long BytesPerBurst = 64L << 20;

    /// <summary>Bytes a second: the better of the two orders, the best of a number of bursts.</summary>
    public static double Measure(long bytes, int bursts)
    {
        long floats = bytes / sizeof(float);
        int panels = (int)((floats - 1) / MostPanelFloats + 1);
        int panel = (int)RoundUp(RoundUp(floats, panels) / panels, Unrolled * TOps.Count);
        AlignedBuffer buffer = new((long)panels * panel);

        // Pages never written to are all one and the same page of zeros, which would be read from the nearest cache.
        buffer.Span.Fill(1);
        int passes = (int)Math.Max(2, BytesPerBurst / sizeof(float) / buffer.Length);
        double seconds = Math.Min(
            Bursts.BestSeconds(bursts, () => Run(buffer.Pointer, panels, panel, passes, alternates: false)),
            Bursts.BestSeconds(bursts, () => Run(buffer.Pointer, panels, panel, passes, alternates: true)));
        GC.KeepAlive(buffer);
        return (double)sizeof(float) * buffer.Length * passes / seconds;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TVector Run(float* data, int panels, int panelFloats, int passes, bool alternates)
    {
        TVector sum = TOps.Broadcast(0f);
        for (int pass = 0; pass < passes; pass++)
        {
            bool backward = alternates && (pass & 1) == 1;
            for (int i = 0; i < panels; i++)
            {
                int panel = backward ? panels - 1 - i : i;
                sum = TOps.Add(sum, ReadPanel(data + (nint)panel * panelFloats, panelFloats));
            }
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TVector ReadPanel(float* data, nint floats)
    {
        nint lanes = TOps.Count;
        TVector zero = TOps.Broadcast(0f);
        TVector a = zero, b = zero, c = zero, d = zero, e = zero, f = zero, g = zero, h = zero;
        for (float* end = data + floats; data < end; data += Unrolled * lanes)
        {
            a = TOps.Add(a, TOps.Load(data));
            b = TOps.Add(b, TOps.Load(data + lanes));
            c = TOps.Add(c, TOps.Load(data + 2 * lanes));
            d = TOps.Add(d, TOps.Load(data + 3 * lanes));
            e = TOps.Add(e, TOps.Load(data + 4 * lanes));
            f = TOps.Add(f, TOps.Load(data + 5 * lanes));
            g = TOps.Add(g, TOps.Load(data + 6 * lanes));
            h = TOps.Add(h, TOps.Load(data + 7 * lanes));
        }

        return TOps.Add(TOps.Add(TOps.Add(a, b), TOps.Add(c, d)), TOps.Add(TOps.Add(e, f), TOps.Add(g, h)));
    }

    private static long RoundUp(long value, long multiple) => (value + multiple - 1) / multiple * multiple;
}
