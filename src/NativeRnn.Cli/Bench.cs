using System.Diagnostics;

namespace NativeRnn.Cli;

/// <summary>Times each of many runs. Nothing is subtracted and nothing left out: the times add up to the whole loop's.</summary>
internal static class Bench
{
    private const int WarmUpBursts = 5;
    private const int WarmUpCalls = 40;
    private const int MaxWarmUpRuns = 1000;
    private static readonly TimeSpan WarmUpBurst = TimeSpan.FromMilliseconds(200);

    /// <summary>Longer than the runtime waits after the last method compiled before it compiles those called often anew.</summary>
    private static readonly TimeSpan WarmUpPause = TimeSpan.FromMilliseconds(120);

    public static BenchResult Run(BenchWork work, int runs, bool underPressure)
    {
        DurationHistogram durations = new();
        WarmUp(work, runs, durations);
        durations.Clear();
        TimeTimer(runs, durations);
        double timer = Microseconds(durations.Percentile(0.5));

        durations.Clear();
        GarbagePressure? pressure = underPressure ? GarbagePressure.Start() : null;
        // A collection counts the unused rest of a thread's allocation buffer as allocated; this one leaves none for a later one to count.
        GC.Collect();
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        Time(work, runs, durations);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        PressureResult? pressed = pressure?.Stop();

        return new BenchResult(
            runs,
            Microseconds(durations.Percentile(0.5)),
            Microseconds(durations.Percentile(0.9)),
            Microseconds(durations.Percentile(0.99)),
            Microseconds(durations.Percentile(0.999)),
            Microseconds(durations.Maximum),
            timer,
            runs * (double)Stopwatch.Frequency / durations.Sum,
            bytes,
            pressed);
    }

    /// <summary>Often and long enough, with pauses, for the runtime to have compiled the last tier of everything timed.</summary>
    private static void WarmUp(BenchWork work, int runs, DurationHistogram durations)
    {
        runs = Math.Min(runs, MaxWarmUpRuns);
        for (int burst = 0; burst < WarmUpBursts; burst++)
        {
            durations.Clear();
            long start = Stopwatch.GetTimestamp();
            for (int call = 0; call < WarmUpCalls && Stopwatch.GetElapsedTime(start) < WarmUpBurst; call++)
            {
                Time(work, runs, durations);
                TimeTimer(runs, durations);
            }

            Thread.Sleep(WarmUpPause);
        }
    }

    private static void Time(BenchWork work, int runs, DurationHistogram durations)
    {
        long before = Stopwatch.GetTimestamp();
        for (int i = 0; i < runs; i++)
        {
            work.Run();
            long after = Stopwatch.GetTimestamp();
            durations.Add(after - before);
            before = after;
        }
    }

    /// <summary>The same with nothing to run.</summary>
    private static void TimeTimer(int runs, DurationHistogram durations)
    {
        long before = Stopwatch.GetTimestamp();
        for (int i = 0; i < runs; i++)
        {
            long after = Stopwatch.GetTimestamp();
            durations.Add(after - before);
            before = after;
        }
    }

    private static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;
}
