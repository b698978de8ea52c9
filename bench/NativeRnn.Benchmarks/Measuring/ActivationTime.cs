using System.Runtime.CompilerServices;
using NativeRnn.Benchmarks.Cases;
using NativeRnn.Kernels;

namespace NativeRnn.Benchmarks.Measuring;

/// <summary>
/// How fast this core takes a cell's sums to its new state where none waits for another: many units, all in the first-level cache, in loops so short that
/// several turns are under way at once.
/// </summary>
internal static unsafe class ActivationTime<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    /// <summary>Vectors of units: with four sums each and two states 192 vectors, 12 KiB of 512 bits.</summary>
    private const int Blocks = 32;

    private const int Iterations = 1000;

    /// <summary>Seconds a unit: the best of a number of bursts.</summary>
    public static double Measure(CellKind cell, int bursts)
    {
        int length = Blocks * TOps.Count;
        AlignedBuffer sums = new(4 * length);
        AlignedBuffer state = new(length);
        AlignedBuffer other = new(length);
        Random random = new(1);
        foreach (ref float value in sums.Span)
            value = 2 * random.NextSingle() - 1;
        state.Span.Fill(0.5f);
        other.Span.Fill(0.5f);

        double seconds = Bursts.BestSeconds(bursts, () =>
        {
            for (int i = 0; i < Iterations; i++)
                Run(cell, sums.Pointer, state.Pointer, other.Pointer);
        });
        GC.KeepAlive((sums, state, other));
        return seconds / Iterations / length;
    }

    private static void Run(CellKind cell, float* sums, float* state, float* other)
    {
        switch (cell)
        {
            case CellKind.SimpleRnn:
                Tanh(sums, state);
                break;
            case CellKind.Lstm:
                CellState(sums, other);
                Output(sums, other, state);
                break;
            case CellKind.GruResetBefore:
                ResetState(sums, state, other);
                Update(sums, state);
                break;
            default:
                ResetCandidate(sums, other);
                Update(sums, state);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Tanh(float* sums, float* state)
    {
        TanhActivation activation = default;
        for (nint i = 0; i < Blocks * TOps.Count; i += TOps.Count)
            TOps.Store(state + i, activation.ApplyOrZero<TVector, TOps>(TOps.Load(sums + i)));
    }

    /// <summary>c = sigma(f) c + sigma(i) tanh(g).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void CellState(float* sums, float* cell)
    {
        SigmoidGate gate = default;
        TanhActivation activation = default;
        for (nint i = 0; i < Blocks * TOps.Count; i += TOps.Count)
        {
            TVector input = gate.Prepare<TVector, TOps>(TOps.Load(sums + 4 * i + TOps.Count));
            TVector forget = gate.Prepare<TVector, TOps>(TOps.Load(sums + 4 * i + 2 * TOps.Count));
            activation.Fraction<TVector, TOps>(TOps.Load(sums + 4 * i), out TVector numerator, out TVector denominator);
            TOps.Store(cell + i, gate.WeightedSum<TVector, TOps>(forget, TOps.Load(cell + i), input, numerator, denominator));
        }
    }

    /// <summary>h = sigma(o) tanh(c).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Output(float* sums, float* cell, float* state)
    {
        SigmoidGate gate = default;
        TanhActivation activation = default;
        for (nint i = 0; i < Blocks * TOps.Count; i += TOps.Count)
        {
            TVector c = TOps.Load(cell + i);
            TOps.Store(cell + i, VectorMath<TVector, TOps>.ZeroWhereTiny(c));
            activation.Fraction<TVector, TOps>(c, out TVector numerator, out TVector denominator);
            TVector output = gate.ScaleFraction<TVector, TOps>(gate.Prepare<TVector, TOps>(TOps.Load(sums + 4 * i + 3 * TOps.Count)), numerator, denominator);
            TOps.Store(state + i, VectorMath<TVector, TOps>.ZeroWhereTiny(output, activation.TinyWhere<TVector, TOps>(c, numerator)));
        }
    }

    /// <summary>sigma(r) h.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ResetState(float* sums, float* state, float* reset)
    {
        SigmoidGate gate = default;
        for (nint i = 0; i < Blocks * TOps.Count; i += TOps.Count)
            TOps.Store(reset + i, gate.Scale<TVector, TOps>(TOps.Load(sums + 4 * i + TOps.Count), VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.Load(state + i))));
    }

    /// <summary>b + U x + sigma(r) (c + W h).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ResetCandidate(float* sums, float* candidate)
    {
        SigmoidGate gate = default;
        for (nint i = 0; i < Blocks * TOps.Count; i += TOps.Count)
        {
            TVector reset = gate.ApplyOrZero<TVector, TOps>(TOps.Load(sums + 4 * i + TOps.Count));
            TOps.Store(candidate + i, TOps.MultiplyAdd(reset, TOps.Load(sums + 4 * i + 2 * TOps.Count), TOps.Load(sums + 4 * i + 3 * TOps.Count)));
        }
    }

    /// <summary>h = n + sigma(z) (h - n) with n = tanh(candidate).</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Update(float* sums, float* state)
    {
        SigmoidGate gate = default;
        TanhActivation activation = default;
        for (nint i = 0; i < Blocks * TOps.Count; i += TOps.Count)
        {
            activation.Fraction<TVector, TOps>(TOps.Load(sums + 4 * i + 2 * TOps.Count), out TVector numerator, out TVector denominator);
            gate.Prepare<TVector, TOps>(TOps.Load(sums + 4 * i), out TVector first, out TVector second);
            TOps.Store(state + i, gate.Interpolate<TVector, TOps>(first, second, numerator, denominator, TOps.Load(state + i)));
        }
    }
}
