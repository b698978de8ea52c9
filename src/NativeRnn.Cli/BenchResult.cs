namespace NativeRnn.Cli;

/// <summary>What <see cref="Bench"/> measured; times in microseconds, each with the timer's share in it.</summary>
/// <param name="Runs">Steps, or windows.</param>
/// <param name="P50">The median; this and the other percentiles by nearest rank.</param>
/// <param name="P90">The 90th percentile.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="P999">The 99.9th percentile.</param>
/// <param name="Maximum">The slowest.</param>
/// <param name="Timer">What reading the clock and noting the time take, the median.</param>
/// <param name="RunsPerSecond">Over the whole loop.</param>
/// <param name="AllocatedBytes">By the thread that runs the network, within the loop.</param>
/// <param name="Pressure">What the other thread did, if there was one.</param>
internal sealed record BenchResult(
    int Runs,
    double P50,
    double P90,
    double P99,
    double P999,
    double Maximum,
    double Timer,
    double RunsPerSecond,
    long AllocatedBytes,
    PressureResult? Pressure);

/// <summary>What <see cref="GarbagePressure"/> did.</summary>
/// <param name="AllocatedBytes">By its thread.</param>
/// <param name="Collections">Garbage collections of any generation in the meantime.</param>
internal sealed record PressureResult(long AllocatedBytes, int Collections);
