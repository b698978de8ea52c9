namespace NativeRnn.Benchmarks.Measuring;

/// <summary>How long things are run. Warm-up goes in bursts with pauses, in which the runtime compiles the next tier.</summary>
internal sealed record MeasurementPlan(int WarmUpBursts, TimeSpan WarmUpBurst, TimeSpan WarmUpPause, int Rounds, TimeSpan Slice)
{
    /// <summary>For the cases.</summary>
    public static MeasurementPlan Full { get; } = new(5, Milliseconds(200), Milliseconds(120), 50, Milliseconds(20));

    /// <summary>For the tables of many points.</summary>
    public static MeasurementPlan Point { get; } = new(3, Milliseconds(100), Milliseconds(110), 15, Milliseconds(15));

    /// <summary>To see that everything runs; its figures mean nothing.</summary>
    public static MeasurementPlan Quick { get; } = new(3, Milliseconds(5), Milliseconds(110), 3, Milliseconds(2));

    public override string ToString()
        => $"warm-up of {WarmUpBursts} bursts of {WarmUpBurst.TotalMilliseconds} ms with pauses of {WarmUpPause.TotalMilliseconds} ms, "
            + $"then {Rounds} rounds in which each contender has a slice of {Slice.TotalMilliseconds} ms, or one call if that takes longer";

    private static TimeSpan Milliseconds(int value) => TimeSpan.FromMilliseconds(value);
}
