using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Contenders;
using NativeRnn.Benchmarks.Measuring;

namespace NativeRnn.Benchmarks.Report;

/// <summary>Runs one case: same weights, outputs compared, and only then timed.</summary>
internal static class CaseRunner
{
    public static CaseResult Run(BenchmarkCase benchmarkCase, MeasurementPlan plan)
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
        return new CaseResult(benchmarkCase, contest.Ours.VectorWidth, results);
    }
}
