using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Contenders;
using NativeRnn.Benchmarks.Measuring;

namespace NativeRnn.Benchmarks.Report;

/// <summary>
/// How far the slowest of single streaming steps are from the usual one: ours, each timed by itself, and in turn with it a loop of multiply-adds in registers
/// that takes as long. What makes that loop slow is the machine, whatever is computed.
/// </summary>
internal static class TailLatency
{
    /// <summary>Calls timed to find how long the loop must be.</summary>
    private const int Samples = 2001;

    public static TailResult Run(CellKind cell, MeasurementPlan plan, int steps)
    {
        using NativeRnnContender ours = new(new CaseData(new BenchmarkCase("tail", cell, 14, 32, 1) { IsStreaming = true }));
        InterleavedTimer.Measure([ours], isStreaming: true, plan);
        Action<int> multiplyAdds = MachineLimits.MultiplyAdds(ours.VectorWidth);
        int iterations = 0;
        Tail step, loop;
        do
            (step, loop) = Measure(ours, multiplyAdds, ++iterations, Samples);
        while (loop.Median < step.Median);

        (step, loop) = Measure(ours, multiplyAdds, iterations, steps);
        return new TailResult(cell, step, loop);
    }

    private static (Tail Step, Tail Loop) Measure(NativeRnnContender ours, Action<int> multiplyAdds, int iterations, int steps)
    {
        long[] stepTicks = new long[steps];
        long[] loopTicks = new long[steps];
        for (int i = 0; i < steps; i++)
        {
            long start = Stopwatch.GetTimestamp();
            ours.Run();
            long between = Stopwatch.GetTimestamp();
            multiplyAdds(iterations);
            loopTicks[i] = Stopwatch.GetTimestamp() - between;
            stepTicks[i] = between - start;
        }

        return (Tail.FromTicks(stepTicks), Tail.FromTicks(loopTicks));
    }
}
