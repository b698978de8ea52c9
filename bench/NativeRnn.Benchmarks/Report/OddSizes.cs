using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Contenders;
using NativeRnn.Benchmarks.Measuring;

namespace NativeRnn.Benchmarks.Report;

/// <summary>Whether sizes that do not fill vectors fall off a cliff: ours alone, all sizes timed in turn.</summary>
internal static class OddSizes
{
    private const int Steps = 240;
    private const int BaseUnits = 32;
    private const int BaseInputSize = 14;

    private static readonly int[] Units = [1, 3, 20, 32, 33, 50, 64, 100];
    private static readonly int[] InputSizes = [1, 7, 14];

    public static OddSizeTable Run(CellKind cell, MeasurementPlan plan)
    {
        BenchmarkCase[] cases = [.. Units.SelectMany(
            units => InputSizes.Select(inputSize => new BenchmarkCase("odd", cell, inputSize, units, Steps)))];
        NativeRnnContender[] contenders = [.. cases.Select(size => new NativeRnnContender(new CaseData(size)))];
        Latency[] latencies = InterleavedTimer.Measure(contenders, isStreaming: false, plan);
        foreach (NativeRnnContender contender in contenders)
            contender.Dispose();

        double[] times = [.. latencies.Select((latency, i) => latency.Median / cases[i].MultiplyAdds)];
        double unit = times[Array.FindIndex(cases, size => size.Units == BaseUnits && size.InputSize == BaseInputSize)];
        return new OddSizeTable(cell, InputSizes, [.. Units.Select((units, row) => new OddSizeRow(
            units, [.. InputSizes.Select((_, column) => times[row * InputSizes.Length + column] / unit)]))]);
    }
}
