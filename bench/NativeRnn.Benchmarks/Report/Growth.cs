using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Contenders;
using NativeRnn.Benchmarks.Measuring;

namespace NativeRnn.Benchmarks.Report;

/// <summary>How the time a step takes grows with the size of the state, the length of the window and the batch.</summary>
internal static class Growth
{
    private static readonly int[] UnitCounts = [8, 16, 32, 64, 128, 256, 512];
    private static readonly int[] StepCounts = [1, 4, 16, 60, 240, 960];
    private static readonly int[] Batches = [1, 2, 4, 8, 16, 32, 64, 128];

    public static IReadOnlyList<GrowthTable> Run(CellKind cell, MeasurementPlan plan, Action<string> progress)
    {
        BenchmarkCase start = new("growth", cell, 14, 32, 240) { HasManagedLoops = false };
        return
        [
            Table("q", "p = 14, k = 60, batch 1", UnitCounts, units => start with { Units = units, Steps = 60 }),
            Table("k", "p = 14, q = 32, batch 1", StepCounts, steps => start with { Steps = steps }),
            Table("batch", "p = 14, q = 32, k = 60", Batches, batch => start with { Batch = batch, Steps = 60 }),
        ];

        GrowthTable Table(string axis, string others, int[] values, Func<int, BenchmarkCase> create)
            => new(cell, axis, others, [.. values.Select(value => Point(value, create(value), plan, progress))]);
    }

    private static GrowthPoint Point(int value, BenchmarkCase benchmarkCase, MeasurementPlan plan, Action<string> progress)
    {
        progress(benchmarkCase.Title);
        using Contest contest = new(benchmarkCase);
        IReadOnlyList<IContender> contenders = contest.Contenders;
        for (int i = 1; i < contenders.Count; i++)
        {
            double difference = contest.Difference(i);
            if (!(difference <= Agreement.Tolerance))
            {
                throw new InvalidOperationException(
                    $"{benchmarkCase.Title}: the output of {contenders[i].Name} differs from ours by {difference}; not timed.");
            }
        }

        Latency[] latencies = InterleavedTimer.Measure(contenders, isStreaming: false, plan);
        double steps = (double)benchmarkCase.Steps * benchmarkCase.Batch;
        return new GrowthPoint(value, contenders.Select((contender, i) => (contender.Name, latencies[i].Median / steps)).ToDictionary());
    }
}
