namespace NativeRnn.Benchmarks.Measuring;

/// <summary>Single calls, each timed by itself, from the usual to the slowest; times in microseconds, the clock's own included.</summary>
/// <param name="Median">The median.</param>
/// <param name="P99">The 99th percentile, nearest rank.</param>
/// <param name="P999">The 99.9th percentile.</param>
/// <param name="Maximum">The slowest.</param>
internal sealed record Tail(double Median, double P99, double P999, double Maximum)
{
    /// <summary>Summarises samples in clock ticks, which are sorted.</summary>
    public static Tail FromTicks(Span<long> ticks)
    {
        ticks.Sort();
        double microseconds = 1e6 / Stopwatch.Frequency;
        return new Tail(
            Latency.Percentile(ticks, 0.5) * microseconds,
            Latency.Percentile(ticks, 0.99) * microseconds,
            Latency.Percentile(ticks, 0.999) * microseconds,
            ticks[^1] * microseconds);
    }
}
