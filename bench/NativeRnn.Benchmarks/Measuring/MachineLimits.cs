using System.Runtime.Intrinsics;
using NativeRnn.Benchmarks.Cases;
using NativeRnn.Kernels;

namespace NativeRnn.Benchmarks.Measuring;

/// <summary>The multiply-adds a second of one core at a vector width.</summary>
internal sealed record Peak(VectorWidth Width, double MultiplyAdds);

/// <summary>The bytes a second one core reads of a working set, with vectors of a width.</summary>
internal sealed record Bandwidth(VectorWidth Width, long WorkingSet, double BytesPerSecond);

/// <summary>What a call of a case takes beside its multiply-adds, in microseconds.</summary>
/// <param name="Activations">Its activations by themselves, of values at hand: <see cref="ActivationTime{TVector, TOps}"/>.</param>
/// <param name="OneUnit">The same call of a cell with one unit and one input: little but waiting for results; null for a batch.</param>
internal sealed record Overheads(double Activations, double? OneUnit);

/// <summary>How near a call came to this core's limits.</summary>
/// <param name="Width">The vector width of the run and of the peak.</param>
/// <param name="MultiplyAdds">Useful multiply-adds of a call.</param>
/// <param name="PeakMultiplyAdds">Multiply-adds a second this core does at that width.</param>
/// <param name="ReadBytes">Bytes of recurrent weights read in a call.</param>
/// <param name="Bandwidth">Bytes a second this core reads of a working set of that size.</param>
/// <param name="OfPeak">Part of the peak reached.</param>
/// <param name="OfBandwidth">Part of the bandwidth reached.</param>
internal sealed record LimitReached(
    VectorWidth Width, double MultiplyAdds, double PeakMultiplyAdds, double ReadBytes, double Bandwidth, double OfPeak, double OfBandwidth)
{
    public string Binding => OfPeak >= OfBandwidth ? "FMA" : "read bandwidth";

    public double OfBinding => Math.Max(OfPeak, OfBandwidth);

    /// <summary>Microseconds of computing: the multiply-adds at the peak and the activations, which take the same execution units.</summary>
    public required double Computing { get; init; }

    /// <summary>Microseconds of reading: the recurrent weights at the bandwidth, and the input's multiply-adds at the peak.</summary>
    public required double Reading { get; init; }

    /// <summary>
    /// Microseconds of waiting: the recurrent multiply-adds at the peak, which cannot begin before the state is there, and what a cell of one unit takes;
    /// null for a batch.
    /// </summary>
    public required double? Waiting { get; init; }

    /// <summary>The longest of the three: no kernel that takes step after step is faster.</summary>
    public double Bound => Math.Max(Math.Max(Computing, Reading), Waiting ?? 0);

    /// <summary>The part of the limits that a call reached.</summary>
    /// <param name="benchmarkCase">What was run.</param>
    /// <param name="microseconds">How long it took.</param>
    /// <param name="peak">At the width of the run.</param>
    /// <param name="bandwidth">Of a working set as large as the recurrent weights.</param>
    /// <param name="overheads">What else a call takes.</param>
    public static LimitReached Of(BenchmarkCase benchmarkCase, double microseconds, Peak peak, Bandwidth bandwidth, Overheads overheads)
    {
        double bytes = (double)benchmarkCase.RecurrentBytes * benchmarkCase.Directions * benchmarkCase.Steps;
        double seconds = microseconds * 1e-6;
        double inputPart = (double)benchmarkCase.InputSize / (benchmarkCase.InputSize + benchmarkCase.Units);
        double multiplyAdds = 1e6 * benchmarkCase.MultiplyAdds / peak.MultiplyAdds;
        return new LimitReached(
            peak.Width, benchmarkCase.MultiplyAdds, peak.MultiplyAdds, bytes, bandwidth.BytesPerSecond,
            benchmarkCase.MultiplyAdds / seconds / peak.MultiplyAdds, bytes / seconds / bandwidth.BytesPerSecond)
        {
            Computing = multiplyAdds + overheads.Activations,
            Reading = 1e6 * bytes / bandwidth.BytesPerSecond + inputPart * multiplyAdds,
            Waiting = overheads.OneUnit + (1 - inputPart) * multiplyAdds,
        };
    }
}

/// <summary>Measures what this core can do at most.</summary>
internal static class MachineLimits
{
    /// <summary>The multiply-adds a second at a width.</summary>
    public static Peak MeasurePeak(VectorWidth width, int bursts) => new(width, width switch
    {
        VectorWidth.Vector512 => FmaPeak<Vector512<float>, Vector512Ops>.Measure(bursts),
        VectorWidth.Vector256 => FmaPeak<Vector256<float>, Vector256Ops>.Measure(bursts),
        VectorWidth.Vector128 => FmaPeak<Vector128<float>, Vector128Ops>.Measure(bursts),
        _ => FmaPeak<float, ScalarOps>.Measure(bursts),
    });

    /// <summary>The bytes a second read from a working set.</summary>
    public static Bandwidth MeasureBandwidth(VectorWidth width, long bytes, int bursts) => new(width, bytes, width switch
    {
        VectorWidth.Vector512 => ReadBandwidth<Vector512<float>, Vector512Ops>.Measure(bytes, bursts),
        VectorWidth.Vector256 => ReadBandwidth<Vector256<float>, Vector256Ops>.Measure(bytes, bursts),
        VectorWidth.Vector128 => ReadBandwidth<Vector128<float>, Vector128Ops>.Measure(bytes, bursts),
        _ => ReadBandwidth<float, ScalarOps>.Measure(bytes, bursts),
    });

    /// <summary>Microseconds that a call's activations take by themselves.</summary>
    public static double MeasureActivations(BenchmarkCase benchmarkCase, VectorWidth width, int bursts)
    {
        double secondsAUnit = width switch
        {
            VectorWidth.Vector512 => ActivationTime<Vector512<float>, Vector512Ops>.Measure(benchmarkCase.Cell, bursts),
            VectorWidth.Vector256 => ActivationTime<Vector256<float>, Vector256Ops>.Measure(benchmarkCase.Cell, bursts),
            VectorWidth.Vector128 => ActivationTime<Vector128<float>, Vector128Ops>.Measure(benchmarkCase.Cell, bursts),
            _ => ActivationTime<float, ScalarOps>.Measure(benchmarkCase.Cell, bursts),
        };
        return 1e6 * secondsAUnit * benchmarkCase.OutputSize * benchmarkCase.Steps * benchmarkCase.Batch;
    }
}
