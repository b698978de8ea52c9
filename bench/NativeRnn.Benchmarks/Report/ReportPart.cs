using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Measuring;
using NativeRnn.Kernels;

namespace NativeRnn.Benchmarks.Report;

/// <summary>The parts of a report, cases and sections, each of which a process of its own measures.</summary>
internal static class ReportPart
{
    private const string OddSizesSection = "odd-sizes";
    private const string DenormalsSection = "denormals";
    private const string TailSection = "tail";
    private const string ThreadsSection = "threads";
    private const string GrowthSection = "growth";
    private const string QuantizedSection = "quantised";
    private const string TrainingSection = "training";
    private const string GenerationSection = "generation";

    private static readonly CellKind[] GatedCells = [CellKind.GruResetAfter, CellKind.Lstm];

    /// <summary>In the order of the report.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. BenchmarkCases.All.Select(one => one.Id),
        OddSizesSection, DenormalsSection, TailSection, ThreadsSection, GrowthSection, QuantizedSection, TrainingSection, GenerationSection,
    ];

    /// <summary>Measures a part.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="isQuick">Whether only to show that it runs.</param>
    /// <param name="progress">Told what is being done.</param>
    public static Measurements Run(string name, bool isQuick, Action<string> progress)
    {
        MeasurementPlan plan = MeasurementPlan.ForCases(isQuick);
        MeasurementPlan pointPlan = MeasurementPlan.ForPoints(isQuick);
        if (BenchmarkCases.All.FirstOrDefault(one => one.Id == name) is { } benchmarkCase)
            return RunCase(benchmarkCase, plan, bursts: isQuick ? 10 : 200, progress);

        progress(name);
        return name switch
        {
            OddSizesSection => new() { OddSizes = [.. Enum.GetValues<CellKind>().Select(cell => OddSizes.Run(cell, pointPlan))] },
            DenormalsSection => new() { Denormals = [.. Enum.GetValues<CellKind>().Select(cell => Denormals.Run(cell, pointPlan))] },
            TailSection => new() { Tails = [.. GatedCells.Select(cell => TailLatency.Run(cell, pointPlan, steps: isQuick ? 10_000 : 1_000_000))] },
            ThreadsSection => new() { Threads = [.. GatedCells.Select(cell => Threads.Run(cell, plan))] },
            GrowthSection => new() { Growth = [.. GatedCells.SelectMany(cell => Growth.Run(cell, pointPlan, progress))] },
            QuantizedSection => new() { Quantized = [.. GatedCells.SelectMany(cell => Quantized.Run(cell, pointPlan, progress))] },
            TrainingSection => new() { Training = TrainingSpeed.Run(isQuick) },
            GenerationSection => new() { Generation = GenerationSpeed.Run(isQuick) },
            _ => throw new ArgumentException($"The report has no part '{name}'.", nameof(name)),
        };
    }

    private static Measurements RunCase(BenchmarkCase benchmarkCase, MeasurementPlan plan, int bursts, Action<string> progress)
    {
        if (!VectorWidths.IsAccelerated(benchmarkCase.Width))
        {
            progress($"{benchmarkCase.Title}: skipped, not accelerated here");
            return new Measurements();
        }

        progress(benchmarkCase.Title);
        CaseResult result = CaseRunner.Run(benchmarkCase, plan, bursts);
        return new Measurements
        {
            Cases = [result],
            Peaks = [MachineLimits.MeasurePeak(result.Width, bursts)],
            Bandwidths = [MachineLimits.MeasureBandwidth(result.Width, benchmarkCase.RecurrentBytes, bursts)],
        };
    }
}
