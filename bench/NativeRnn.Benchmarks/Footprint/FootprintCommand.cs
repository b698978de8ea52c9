using System.CommandLine;
using System.Text.Json.Nodes;
using NativeRnn.Benchmarks.Measuring;
using NativeRnn.Benchmarks.Report;
using NativeRnn.TorchHost;

namespace NativeRnn.Benchmarks.Footprint;

/// <summary>The verb <c>footprint</c>: what a program that makes one forecast weighs, and how soon it has made it.</summary>
internal static class FootprintCommand
{
    private const string CommandLineProject = "src/NativeRnn.Cli";
    private const string OnnxRuntimeProject = "bench/Footprint/OnnxRuntime";
    private const string TorchSharpProject = "bench/Footprint/TorchSharp";

    public static Command Create()
    {
        Option<DirectoryInfo> output = new("--out")
        {
            Description = "Folder for the published programs, the model's files and footprint.md.",
            DefaultValueFactory = _ => new DirectoryInfo("artifacts/footprint"),
        };
        Option<FileInfo?> executable = new("--executable") { Description = "A published nativernn; without it, one is published." };
        Option<bool> published = new("--published") { Description = "Measure what an earlier run published to --out, so that the machine can be quiet." };
        Option<int> rounds = new("--rounds") { Description = "How often every program is started.", DefaultValueFactory = _ => 30 };
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--rounds must be at least 1");
        });
        Command command = new("footprint", "Compare what must be deployed, cold starts and memory. Run it in the repository's root.")
        {
            output, executable, published, rounds,
        };
        command.SetAction(arguments =>
        {
            try
            {
                Run(arguments.GetValue(output)!, arguments.GetValue(executable), arguments.GetValue(published), arguments.GetValue(rounds));
                return 0;
            }
            catch (Exception exception) when (exception is InvalidOperationException or IOException)
            {
                Console.Error.WriteLine($"error: {exception.Message}");
                return 1;
            }
        });
        return command;
    }

    private static void Run(DirectoryInfo output, FileInfo? executable, bool isPublished, int rounds)
    {
        if (!Directory.Exists(CommandLineProject))
            throw new IOException($"found no folder {CommandLineProject}; run the command in the repository's root");
        ColdStart.RequireTimeCommand();

        DateTimeOffset started = DateTimeOffset.UtcNow;
        MachineDescription machine = MachineDescription.Read(OlderLibstdcxx.Adapt());
        FootprintFiles files = FootprintFiles.Write(output.FullName);
        Deployment Native(string project, string name) => Deployment.Native(project, name, output.FullName, isPublished);
        Deployment SelfContained(string project, string name) => Deployment.SelfContained(project, name, output.FullName, isPublished);
        FootprintProgram[] programs =
        [
            new("NativeRnn, NativeAOT",
                executable is null ? Native(CommandLineProject, "nativernn") : Deployment.Of(executable),
                ["forecast", files.Model, FootprintFiles.Data, "--json"], files.Model),
            new("ONNX Runtime, NativeAOT",
                Native(OnnxRuntimeProject, "FootprintOnnxRuntime"), [files.OnnxModel, files.Window], files.OnnxModel),
            new("ONNX Runtime",
                SelfContained(OnnxRuntimeProject, "FootprintOnnxRuntime"), [files.OnnxModel, files.Window], files.OnnxModel),
            new("TorchSharp",
                SelfContained(TorchSharpProject, "FootprintTorchSharp"), [files.TorchModel, files.Window], files.TorchModel),
        ];

        // Also the first start of each, in which TorchSharp's program may adapt the library beside it.
        double[] forecasts = [.. programs.Select(program => ColdStart.Time(program).Forecast)];
        RequireAgreement(programs, forecasts);

        Console.Error.WriteLine($"{rounds} rounds");
        ColdStartSeries[] series = ColdStart.Measure(programs, rounds);
        string markdown = new FootprintReport(started, machine, programs, forecasts, series, BytesAStep(programs[0])).ToMarkdown();
        File.WriteAllText(Path.Combine(output.FullName, "footprint.md"), markdown);
        Console.Write(markdown);
    }

    /// <summary>What our executable says of itself: managed bytes a streaming step.</summary>
    private static double BytesAStep(FootprintProgram program)
    {
        ProcessStartInfo start = new(program.Deployment.Executable, ["bench", program.ModelFile, "--json"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        ColdStart.RequireSuccess(process, program);
        JsonNode result = JsonNode.Parse(output)!;
        return (double)result["allocated_bytes"]! / ((double)result["runs"]! * (double)result["steps_a_run"]!);
    }

    private static void RequireAgreement(FootprintProgram[] programs, double[] forecasts)
    {
        for (int i = 1; i < programs.Length; i++)
        {
            double difference = Math.Abs(forecasts[i] - forecasts[0]);
            if (!(difference <= Agreement.Tolerance))
            {
                throw new InvalidOperationException(
                    $"{programs[i].Name} forecasts {forecasts[i]} and {programs[0].Name} {forecasts[0]}, more than {Agreement.Tolerance} apart; nothing timed");
            }
        }
    }
}
