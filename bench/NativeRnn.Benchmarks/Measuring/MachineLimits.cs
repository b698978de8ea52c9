using System.Runtime.Intrinsics;
using NativeRnn.Benchmarks.Cases;
using NativeRnn.Kernels;

namespace NativeRnn.Benchmarks.Measuring;

/// <summary>What bounds a call from below: multiply-adds or the reading of recurrent weights, whichever takes longer.</summary>
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
}

/// <summary>This core's limits: the best that any measurement of the run gave.</summary>
internal sealed class MachineLimits(int bursts)
{
    private readonly Dictionary<VectorWidth, double> _peaks = [];
    private readonly Dictionary<(VectorWidth Width, long Bytes), double> _bandwidths = [];

    /// <summary>Multiply-adds a second at each width measured.</summary>
    public IReadOnlyDictionary<VectorWidth, double> Peaks => _peaks;

    /// <summary>Measures the multiply-adds a second at a width.</summary>
    public void MeasurePeak(VectorWidth width)
    {
        double measured = width switch
        {
            VectorWidth.Vector512 => FmaPeak<Vector512<float>, Vector512Ops>.Measure(bursts),
            VectorWidth.Vector256 => FmaPeak<Vector256<float>, Vector256Ops>.Measure(bursts),
            VectorWidth.Vector128 => FmaPeak<Vector128<float>, Vector128Ops>.Measure(bursts),
            _ => FmaPeak<float, ScalarOps>.Measure(bursts),
        };
        _peaks[width] = Math.Max(measured, _peaks.GetValueOrDefault(width));
    }

    /// <summary>Measures the bytes a second read from a working set.</summary>
    public void MeasureBandwidth(VectorWidth width, long bytes)
    {
        double measured = width switch
        {
            VectorWidth.Vector512 => ReadBandwidth<Vector512<float>, Vector512Ops>.Measure(bytes, bursts),
            VectorWidth.Vector256 => ReadBandwidth<Vector256<float>, Vector256Ops>.Measure(bytes, bursts),
            VectorWidth.Vector128 => ReadBandwidth<Vector128<float>, Vector128Ops>.Measure(bytes, bursts),
            _ => ReadBandwidth<float, ScalarOps>.Measure(bytes, bursts),
        };
        _bandwidths[(width, bytes)] = Math.Max(measured, _bandwidths.GetValueOrDefault((width, bytes)));
    }

    /// <summary>The part of the limits that a call of a case reached; both must have been measured.</summary>
    public LimitReached Reached(BenchmarkCase benchmarkCase, VectorWidth width, double microseconds)
    {
        double peak = _peaks[width];
        double bandwidth = _bandwidths[(width, benchmarkCase.RecurrentBytes)];
        double bytes = (double)benchmarkCase.RecurrentBytes * benchmarkCase.Directions * benchmarkCase.Steps;
        double seconds = microseconds * 1e-6;
        return new LimitReached(
            width, benchmarkCase.MultiplyAdds, peak, bytes, bandwidth,
            benchmarkCase.MultiplyAdds / seconds / peak, bytes / seconds / bandwidth);
    }
}
