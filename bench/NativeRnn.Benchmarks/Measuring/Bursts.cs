namespace NativeRnn.Benchmarks.Measuring;

/// <summary>The best of many short measurements: what the machine can do when nothing disturbs it.</summary>
internal static class Bursts
{
    /// <summary>Seconds of the fastest of a number of turns, of which the first ones also warm up. Pauses now and then let .NET compile the last tier.</summary>
    public static double BestSeconds(int bursts, Action work)
    {
        double best = double.PositiveInfinity;
        for (int burst = 0; burst < bursts; burst++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (burst % 20 == 19)
                Thread.Sleep(110);
        }

        return best;
    }
}
