using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Contenders;
using NativeRnn.Benchmarks.Measuring;

namespace NativeRnn.Benchmarks.Report;

/// <summary>Runs one case: same weights, outputs compared, and only then timed.</summary>
internal static class CaseRunner
{
    public static CaseResult Run(BenchmarkCase benchmarkCase, MeasurementPlan plan, int bursts)
    {
        using Contest contest = new(benchmarkCase);
        IReadOnlyList<IContender> contenders = contest.Contenders;
        double?[] differences = [.. contenders.Select((_, i) => i == 0 ? (double?)null : contest.Difference(i))];
        bool[] agrees = [.. differences.Select(difference => difference is null or <= Agreement.Tolerance)];
        Latency[]? latencies = Array.TrueForAll(agrees, agreed => agreed)
            ? InterleavedTimer.Measure(contenders, benchmarkCase.IsStreaming, plan)
            : null;

        ContenderResult[] results = [.. contenders.Select((contender, i) => new ContenderResult(
            contender.Name, differences[i], agrees[i], latencies?[i], latencies?[i].Median / latencies?[0].Median, contest.Note(i)))];
        VectorWidth width = contest.Ours.VectorWidth;
        return new CaseResult(benchmarkCase, width, results, new Overheads(
            MachineLimits.MeasureActivations(benchmarkCase, width, bursts), benchmarkCase.Batch == 1 ? OneUnit(benchmarkCase, plan) : null,
            MachineLimits.MeasureProducts(benchmarkCase, width, bursts)));
    }

    private static double OneUnit(BenchmarkCase benchmarkCase, MeasurementPlan plan)
    {
        using NativeRnnContender contender = new(new CaseData(benchmarkCase with { InputSize = 1, Units = 1 }));
        return InterleavedTimer.Measure([contender], benchmarkCase.IsStreaming, plan)[0].Median;
    }
}
