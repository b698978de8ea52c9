namespace NativeRnn.Benchmarks.Measuring;

/// <summary>How long things are run. Warm-up goes in bursts with pauses, in which the runtime compiles the next tier.</summary>
internal sealed record MeasurementPlan(int WarmUpBursts, TimeSpan WarmUpBurst, TimeSpan WarmUpPause, int Rounds, TimeSpan Slice)
{
    private static readonly MeasurementPlan Quick = new(3, Milliseconds(5), Milliseconds(110), 3, Milliseconds(2));

    /// <summary>For the cases.</summary>
    /// <param name="isQuick">Whether only to see that everything runs; the figures mean nothing.</param>
    public static MeasurementPlan ForCases(bool isQuick) => isQuick ? Quick : new(5, Milliseconds(200), Milliseconds(120), 50, Milliseconds(20));

    /// <summary>For the tables of many points.</summary>
    /// <param name="isQuick">Whether only to see that everything runs; the figures mean nothing.</param>
    public static MeasurementPlan ForPoints(bool isQuick) => isQuick ? Quick : new(3, Milliseconds(100), Milliseconds(110), 15, Milliseconds(15));

    public override string ToString()
        => $"warm-up of {WarmUpBursts} bursts of {WarmUpBurst.TotalMilliseconds} ms with pauses of {WarmUpPause.TotalMilliseconds} ms, "
            + $"then {Rounds} rounds in which each contender has a slice of {Slice.TotalMilliseconds} ms, or one call if that takes longer";

    private static TimeSpan Milliseconds(int value) => TimeSpan.FromMilliseconds(value);
}
