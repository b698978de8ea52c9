using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using NativeRnn.Benchmarks.Measuring;
using NativeRnn.TorchHost;

namespace NativeRnn.Benchmarks.Report;

/// <summary>The verb <c>report</c>, and <c>report-part</c>, by which it measures each case and section in a process of its own.</summary>
internal static class ReportCommand
{
    public const string PartVerb = "report-part";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly Option<bool> Quick = new("--quick") { Description = "Run briefly: shows that all works and agrees; the figures mean nothing." };

    public static Command Create()
    {
        Option<DirectoryInfo> output = new("--out")
        {
            Description = "Folder for report.md, report.json and growth.png.",
            DefaultValueFactory = _ => new DirectoryInfo("artifacts/report"),
        };
        Option<string> filter = new("--cases")
        {
            Description = $"Parts of names, separated by commas: {string.Join(", ", ReportPart.Names)}.",
            DefaultValueFactory = _ => "",
        };
        Command command = new("report", "Compare NativeRnn with its peers on the same weights, in turn.") { output, filter, Quick };
        command.SetAction(arguments => Run(arguments.GetValue(output)!, arguments.GetValue(filter)!, arguments.GetValue(Quick)));
        return command;
    }

    public static Command CreatePart()
    {
        Argument<string> name = new("name");
        Argument<FileInfo> output = new("output");
        name.AcceptOnlyFromAmong([.. ReportPart.Names]);
        Command command = new(PartVerb, "Measure one part of the report.") { name, output, Quick };
        command.Hidden = true;
        command.SetAction(arguments =>
        {
            _ = OlderLibstdcxx.Adapt();
            Measurements measured = ReportPart.Run(arguments.GetValue(name)!, arguments.GetValue(Quick), Progress);
            File.WriteAllText(arguments.GetValue(output)!.FullName, JsonSerializer.Serialize(measured, Json));
        });
        return command;
    }

    private static int Run(DirectoryInfo output, string filter, bool isQuick)
    {
        string[] wanted = filter.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        DateTimeOffset started = DateTimeOffset.UtcNow;
        MachineDescription machine = MachineDescription.Read(OlderLibstdcxx.Adapt());
        List<Measurements> parts = [];
        foreach (string name in ReportPart.Names)
        {
            if (wanted.Length > 0 && !Array.Exists(wanted, part => name.Contains(part, StringComparison.OrdinalIgnoreCase)))
                continue;
            if (RunPart(name, isQuick) is not { } part)
            {
                Console.Error.WriteLine($"error: the process that measured {name} failed.");
                return 1;
            }

            parts.Add(part);
        }

        if (parts.Count == 0)
        {
            Console.Error.WriteLine($"error: --cases {filter} is part of no name; --help lists them.");
            return 1;
        }

        Measurements measured = Measurements.Together(parts);
        Write(
            new ReportData(
                started, machine, MeasurementPlan.ForCases(isQuick).ToString(), MeasurementPlan.ForPoints(isQuick).ToString(), isQuick, measured),
            output);
        return Disagreements(measured) == 0 ? 0 : 1;
    }

    /// <summary>
    /// Starts this program again for one part. What the runtime compiles depends on what a process has run, and so do the figures by a tenth; a service that runs one
    /// model is like a process that runs one case.
    /// </summary>
    private static Measurements? RunPart(string name, bool isQuick)
    {
        string host = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(host) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        string[] quick = isQuick ? [Quick.Name] : [];
        string output = Path.GetTempFileName();
        try
        {
            using Process process = Process.Start(host, [.. program, PartVerb, name, output, .. quick]);
            process.WaitForExit();
            return process.ExitCode == 0 ? JsonSerializer.Deserialize<Measurements>(File.ReadAllText(output), Json) : null;
        }
        finally
        {
            File.Delete(output);
        }
    }

    private static void Write(ReportData report, DirectoryInfo output)
    {
        output.Create();
        string markdown = MarkdownReport.Write(report);
        if (report.Measured.Growth.Count > 0)
        {
            GrowthPicture.Save(report.Measured.Growth, Path.Combine(output.FullName, "growth.png"));
            markdown += "\n![Microseconds a step as sizes grow](growth.png)\n";
        }

        File.WriteAllText(Path.Combine(output.FullName, "report.md"), markdown);
        File.WriteAllText(Path.Combine(output.FullName, "report.json"), JsonSerializer.Serialize(report, Json) + "\n");
        Console.Write(markdown);
    }

    private static int Disagreements(Measurements measured)
    {
        int disagreements = 0;
        foreach (CaseResult result in measured.Cases)
        {
            foreach (ContenderResult contender in result.Contenders.Where(contender => !contender.Agrees))
            {
                Report(
                    $"{result.Case.Title}: the output of {contender.Name} differs from ours by {contender.LargestDifference}, "
                    + $"more than {Agreement.Tolerance}; not timed.");
            }
        }

        if (measured.Training is { Agrees: false } training)
            Report($"training: the losses {training.Loss} and {training.TorchLoss} of step {TrainingSpeed.ComparedStep} differ.");
        if (measured.Generation is { Agrees: false } generation)
            Report($"generation: the probabilities differ by {generation.LargestDifference}.");
        return disagreements;

        void Report(string message)
        {
            Console.Error.WriteLine($"error: {message}");
            disagreements++;
        }
    }

    private static void Progress(string message) => Console.Error.WriteLine(message);
}
