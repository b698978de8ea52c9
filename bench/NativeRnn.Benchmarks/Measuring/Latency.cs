namespace NativeRnn.Benchmarks.Measuring;

/// <summary>What was measured of one contender; times in microseconds a call.</summary>
/// <param name="Median">The median over all samples of all rounds.</param>
/// <param name="P99">The 99th percentile, nearest rank.</param>
/// <param name="Minimum">The fastest sample.</param>
/// <param name="Samples">How many were taken.</param>
/// <param name="CallsPerSample">Calls timed together, where one is too short for the clock.</param>
/// <param name="BytesPerCall">Bytes allocated on the managed heap in a call, the median over the slices.</param>
internal sealed record Latency(double Median, double P99, double Minimum, int Samples, int CallsPerSample, double BytesPerCall)
{
    /// <summary>Summarises samples in clock ticks, which are sorted.</summary>
    public static Latency FromTicks(Span<long> ticks, int callsPerSample, double bytesPerCall)
    {
        ticks.Sort();
        double microseconds = 1e6 / Stopwatch.Frequency / callsPerSample;
        return new Latency(
            Percentile(ticks, 0.5) * microseconds,
            Percentile(ticks, 0.99) * microseconds,
            ticks[0] * microseconds,
            ticks.Length,
            callsPerSample,
            bytesPerCall);
    }

    public static long Percentile(ReadOnlySpan<long> sorted, double part)
        => sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)];
}
