namespace NativeRnn.Cli;

/// <summary><c>bench MODEL [--steps N] [--pressure] [--json]</c>: how long a step takes on this device, and how long at worst.</summary>
internal static class BenchCommand
{
    private const string Name = "bench";
    private const int DefaultSteps = 1_000_000;
    private const int DefaultWindows = 10_000;
    private const int MaxRuns = 100_000_000;

    private static readonly Option Steps = new(
        "--steps", "N", $"Steps to time, {DefaultSteps} without it; whole windows, {DefaultWindows}, of a network that cannot go step by step.");
    private static readonly Option Pressure = new("--pressure", null, "Another thread allocates garbage all the while.");
    private static readonly Option Json = new("--json", null, "Prints one JSON object.");

    public static Command Create() => new(
        Name,
        "Times streaming steps on random input: percentiles, steps a second, bytes allocated.",
        [ModelOperand.Model],
        [Steps, Pressure, Json],
        Run);

    private static void Run(ParsedArguments arguments, TextWriter output)
    {
        int? asked = arguments[Steps.Name] is string text ? ParseRuns(text) : null;
        RnnModel model = RnnModel.Load(arguments.Operand(ModelOperand.Model.Name));
        using BenchWork work = new(model);
        BenchResult result = Bench.Run(work, asked ?? (work.WindowSteps == 1 ? DefaultSteps : DefaultWindows), arguments.Has(Pressure.Name));
        if (arguments.Has(Json.Name))
            output.WriteLine(ToJson(work, result));
        else
            WriteText(work, result, output);
    }

    private static int ParseRuns(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int runs) && runs is >= 1 and <= MaxRuns
            ? runs
            : throw new UsageException($"{Steps.Name} takes a whole number from 1 to {MaxRuns}, not '{text}'", Name);

    private static void WriteText(BenchWork work, BenchResult result, TextWriter output)
    {
        string unit = work.WindowSteps == 1 ? "step" : "window";
        string kind = work.WindowSteps == 1 ? "streaming steps" : $"windows of {work.WindowSteps} steps (the network cannot go step by step)";
        Line("Timed:", $"{result.Runs:N0} {kind}");
        Line("Vector width:", work.VectorWidth.ToString());
        Line("p50:", Time(result.P50));
        Line("p90:", Time(result.P90));
        Line("p99:", Time(result.P99));
        Line("p99.9:", $"{Time(result.P999)} ({result.P999 / result.P50:F2} x p50)");
        Line("Maximum:", Time(result.Maximum));
        Line("Timer:", $"{Time(result.Timer)} of each of these");
        Line("Throughput:", $"{result.RunsPerSecond:N0} {unit}s a second, the timer included");
        Line("Allocated:", $"{result.AllocatedBytes:N0} bytes");
        if (result.Pressure is { } pressure)
            Line("Pressure:", $"{pressure.AllocatedBytes / 1e6:N0} MB allocated by another thread, {pressure.Collections:N0} collections");

        void Line(string name, string value) => output.WriteLine(name.PadRight(14) + value);
    }

    private static string Time(double microseconds) => $"{microseconds:F3} us";

    private static JsonObject ToJson(BenchWork work, BenchResult result)
    {
        JsonObject json = new JsonObject()
            .Add("runs", result.Runs)
            .Add("steps_a_run", work.WindowSteps)
            .Add("vector_width", work.VectorWidth.ToString())
            .Add("p50_us", result.P50)
            .Add("p90_us", result.P90)
            .Add("p99_us", result.P99)
            .Add("p99.9_us", result.P999)
            .Add("maximum_us", result.Maximum)
            .Add("timer_us", result.Timer)
            .Add("runs_a_second", result.RunsPerSecond)
            .Add("allocated_bytes", result.AllocatedBytes);
        if (result.Pressure is { } pressure)
            json.Add("pressure_allocated_bytes", pressure.AllocatedBytes).Add("pressure_collections", pressure.Collections);
        return json;
    }
}
