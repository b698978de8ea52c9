using NativeRnn.Benchmarks.Cases;

namespace NativeRnn.Benchmarks.Measuring;

/// <summary>What parts of a call of a case take by themselves, in microseconds.</summary>
/// <param name="Activations">Its activations by themselves, of values at hand: <see cref="ActivationTime{TVector, TOps}"/>.</param>
/// <param name="OneUnit">The same call of a cell with one unit and one input: little but waiting for results; null for a batch.</param>
/// <param name="Products">Its products by themselves: <see cref="MachineLimits.MeasureProducts"/>; null where they were not measured.</param>
internal sealed record Overheads(double Activations, double? OneUnit, double? Products);

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

    /// <summary>
    /// Microseconds of reading: the products by themselves; where they were not measured, the recurrent weights at the bandwidth and the input's multiply-adds at the
    /// peak.
    /// </summary>
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
    /// <param name="overheads">What its parts take.</param>
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
            Reading = overheads.Products ?? (1e6 * bytes / bandwidth.BytesPerSecond + inputPart * multiplyAdds),
            Waiting = overheads.OneUnit + (1 - inputPart) * multiplyAdds,
        };
    }
}
