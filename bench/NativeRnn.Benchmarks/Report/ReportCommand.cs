using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Measuring;
using NativeRnn.Kernels;
using NativeRnn.TorchHost;

namespace NativeRnn.Benchmarks.Report;

/// <summary>The verb <c>report</c>.</summary>
internal static class ReportCommand
{
    private const string OddSizesSection = "odd-sizes";
    private const string DenormalsSection = "denormals";
    private const string ThreadsSection = "threads";
    private const string GrowthSection = "growth";
    private const string TrainingSection = "training";
    private const string GenerationSection = "generation";
    private const string QuantizedSection = "quantised";

    private static readonly CellKind[] GatedCells = [CellKind.GruResetAfter, CellKind.Lstm];
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    public static Command Create()
    {
        Option<DirectoryInfo> output = new("--out")
        {
            Description = "Folder for report.md, report.json and growth.png.",
            DefaultValueFactory = _ => new DirectoryInfo("artifacts/report"),
        };
        Option<string> filter = new("--cases")
        {
            Description = "Parts of names, separated by commas: "
                + $"{string.Join(", ", BenchmarkCases.All.Select(one => one.Id))}, {OddSizesSection}, {DenormalsSection}, {ThreadsSection}, "
                + $"{GrowthSection}, {QuantizedSection}, {TrainingSection}, {GenerationSection}.",
            DefaultValueFactory = _ => "",
        };
        Option<bool> quick = new("--quick") { Description = "Run briefly: shows that all works and agrees; the figures mean nothing." };
        Command command = new("report", "Compare NativeRnn with its peers on the same weights, in turn.") { output, filter, quick };
        command.SetAction(arguments => Run(arguments.GetValue(output)!, arguments.GetValue(filter)!, arguments.GetValue(quick)));
        return command;
    }

    private static int Run(DirectoryInfo output, string filter, bool isQuick)
    {
        string[] parts = filter.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        bool IsWanted(string name)
            => parts.Length == 0 || Array.Exists(parts, part => name.Contains(part, StringComparison.OrdinalIgnoreCase));

        DateTimeOffset started = DateTimeOffset.UtcNow;
        MachineDescription machine = MachineDescription.Read(OlderLibstdcxx.Adapt());
        MeasurementPlan plan = isQuick ? MeasurementPlan.Quick : MeasurementPlan.Full;
        MeasurementPlan pointPlan = isQuick ? MeasurementPlan.Quick : MeasurementPlan.Point;
        MachineLimits limits = new(bursts: isQuick ? 10 : 200);
        foreach (VectorWidth width in (VectorWidth[])[VectorWidth.Vector256, VectorWidth.Vector512])
        {
            if (VectorWidths.IsAccelerated(width))
                limits.MeasurePeak(width);
        }

        List<CaseResult> cases = [];
        foreach (BenchmarkCase benchmarkCase in BenchmarkCases.All.Where(one => IsWanted(one.Id)))
        {
            if (!VectorWidths.IsAccelerated(benchmarkCase.Width))
            {
                Progress($"{benchmarkCase.Title}: skipped, not accelerated here");
                continue;
            }

            Progress(benchmarkCase.Title);
            CaseResult result = CaseRunner.Run(benchmarkCase, plan);
            limits.MeasurePeak(result.Width);
            limits.MeasureBandwidth(result.Width, benchmarkCase.RecurrentBytes);
            cases.Add(result);
        }

        // Only now is the best of all measurements of a limit known.
        cases = [.. cases.Select(result => result.Contenders[0].Latency is { } latency
            ? result with { Limit = limits.Reached(result.Case, result.Width, latency.Median) }
            : result)];

        List<OddSizeTable> oddSizes = [];
        if (IsWanted(OddSizesSection))
        {
            Progress(OddSizesSection);
            oddSizes.AddRange(Enum.GetValues<CellKind>().Select(cell => OddSizes.Run(cell, pointPlan)));
        }

        List<DenormalResult> denormals = [];
        if (IsWanted(DenormalsSection))
        {
            Progress(DenormalsSection);
            denormals.AddRange(Enum.GetValues<CellKind>().Select(cell => Denormals.Run(cell, pointPlan)));
        }

        List<ThreadResult> threads = [];
        if (IsWanted(ThreadsSection))
        {
            Progress(ThreadsSection);
            threads.AddRange(GatedCells.Select(cell => Threads.Run(cell, plan)));
        }

        List<GrowthTable> growth = [];
        if (IsWanted(GrowthSection))
            growth.AddRange(GatedCells.SelectMany(cell => Growth.Run(cell, pointPlan, Progress)));

        List<QuantizedTable> quantized = [];
        if (IsWanted(QuantizedSection))
            quantized.AddRange(GatedCells.SelectMany(cell => Quantized.Run(cell, pointPlan, Progress)));

        TrainingSpeedResult? training = null;
        if (IsWanted(TrainingSection))
        {
            Progress(TrainingSection);
            training = TrainingSpeed.Run(isQuick);
        }

        GenerationSpeedResult? generation = null;
        if (IsWanted(GenerationSection))
        {
            Progress(GenerationSection);
            generation = GenerationSpeed.Run(isQuick);
        }

        ReportData report = new(
            started, machine, plan.ToString(), pointPlan.ToString(), isQuick,
            [.. limits.Peaks.Select(peak => new PeakResult(peak.Key, peak.Value))], cases, oddSizes, denormals, threads, growth, quantized, training, generation);
        Write(report, output);
        if (training is { Agrees: false })
            Console.Error.WriteLine($"error: training: the losses {training.Loss} and {training.TorchLoss} of step {TrainingSpeed.ComparedStep} differ.");
        if (generation is { Agrees: false })
            Console.Error.WriteLine($"error: generation: the probabilities differ by {generation.LargestDifference}.");
        return training is { Agrees: false } || generation is { Agrees: false } ? 1 : Disagreements(cases);
    }

    private static void Write(ReportData report, DirectoryInfo output)
    {
        output.Create();
        string markdown = MarkdownReport.Write(report);
        if (report.Growth.Count > 0)
        {
            GrowthPicture.Save(report.Growth, Path.Combine(output.FullName, "growth.png"));
            markdown += "\n![Microseconds a step as sizes grow](growth.png)\n";
        }

        File.WriteAllText(Path.Combine(output.FullName, "report.md"), markdown);
        File.WriteAllText(Path.Combine(output.FullName, "report.json"), JsonSerializer.Serialize(report, Json) + "\n");
        Console.Write(markdown);
    }

    private static int Disagreements(List<CaseResult> cases)
    {
        int disagreements = 0;
        foreach (CaseResult result in cases)
        {
            foreach (ContenderResult contender in result.Contenders.Where(contender => !contender.Agrees))
            {
                Console.Error.WriteLine(
                    $"error: {result.Case.Title}: the output of {contender.Name} differs from ours by {contender.LargestDifference}, "
                    + $"more than {Agreement.Tolerance}; not timed.");
                disagreements++;
            }
        }

        return disagreements == 0 ? 0 : 1;
    }

    private static void Progress(string message) => Console.Error.WriteLine(message);
}
