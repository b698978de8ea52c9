using System.Text.Json;

namespace NativeRnn.Cli.Tests;

/// <summary>What the command prints and that the loop allocates nothing; how long anything takes is not for a test.</summary>
public sealed class BenchTests : IDisposable
{
    private static readonly string[] TimesInOrder = ["p50_us", "p90_us", "p99_us", "p99.9_us", "maximum_us"];

    private readonly TestFolder _folder = new();

    [Fact]
    public void Bench_Streaming_PrintsPercentilesAndNoAllocation()
    {
        CommandLineResult result = CommandLineProcess.Run("bench", _folder.Save(TestFolder.ManyToOne()), "--steps", "5000");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("5,000 streaming steps\n", result.Output);
        Assert.Matches("(?m)^Vector width: (Scalar|Vector128|Vector256|Vector512)$", result.Output);
        foreach (string name in (string[])["p50", "p90", "p99", "Maximum"])
            Assert.Matches($@"(?m)^{name}: +[0-9]+\.[0-9]{{3}} us$", result.Output);
        Assert.Matches(@"(?m)^p99\.9: +[0-9]+\.[0-9]{3} us \([0-9.]+ x p50\)$", result.Output);
        Assert.Matches("(?m)^Throughput: +[0-9,]+ steps a second", result.Output);
        Assert.Matches("(?m)^Allocated: +0 bytes$", result.Output);
        Assert.DoesNotContain("Pressure", result.Output);
    }

    [Fact]
    public void Bench_Json_OrdersItsPercentiles()
    {
        CommandLineResult result = CommandLineProcess.Run("bench", _folder.Save(TestFolder.Forecasting()), "--steps=3000", "--json");

        using var json = JsonDocument.Parse(result.Output);
        JsonElement root = json.RootElement;
        Assert.Equal((3000, 1, 0), (Int("runs"), Int("steps_a_run"), Int("allocated_bytes")));
        double[] times = [0, .. TimesInOrder.Select(name => root.GetProperty(name).GetDouble())];
        Assert.Equal(times.Order(), times);
        Assert.True(root.GetProperty("runs_a_second").GetDouble() > 0);

        int Int(string name) => root.GetProperty(name).GetInt32();
    }

    [Fact]
    public void Bench_Pressure_CollectsGarbageOfAnotherThreadAlone()
    {
        CommandLineResult result = CommandLineProcess.Run("bench", _folder.Save(TestFolder.ManyToOne()), "--steps", "2000000", "--pressure", "--json");

        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(0, json.RootElement.GetProperty("allocated_bytes").GetInt64());
        Assert.True(json.RootElement.GetProperty("pressure_allocated_bytes").GetInt64() > 0);
        Assert.True(json.RootElement.GetProperty("pressure_collections").GetInt32() > 0);
    }

    [Theory]
    [InlineData(true, 7)]
    [InlineData(false, 240)]
    public void Bench_BackwardDirection_TimesWholeWindows(bool hasRecipe, int steps)
    {
        Architecture architecture = new ModelBuilder(inputSize: 2).Bidirectional(new SimpleRnn(1), Merge.Sum).Build();
        RnnModel model = new(architecture, architecture.Parameters.ToDictionary(shape => shape.Name, shape => new float[shape.Count]));
        if (hasRecipe)
            model = model.WithRecipe(TestFolder.Forecasting(window: 7).Recipe!);

        CommandLineResult result = CommandLineProcess.Run("bench", _folder.Save(model), "--steps", "50");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains($"50 windows of {steps} steps (the network cannot go step by step)\n", result.Output);
        Assert.Matches("(?m)^Throughput: +[0-9,]+ windows a second", result.Output);
        Assert.Matches("(?m)^Allocated: +0 bytes$", result.Output);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1e6")]
    [InlineData("100000001")]
    [InlineData("99999999999")]
    public void Bench_BadNumberOfSteps_IsBadUsage(string steps)
    {
        CommandLineResult result = CommandLineProcess.Run("bench", _folder.Save(TestFolder.ManyToOne()), "--steps=" + steps);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Equal(
            $"error: --steps takes a whole number from 1 to 100000000, not '{steps}'\nhint: nativernn bench --help shows what there is\n",
            result.Error);
    }

    [Fact]
    public void Bench_MissingFile_IsBadInput()
    {
        CommandLineResult result = CommandLineProcess.Run("bench", _folder.PathOf("nothing.nrnn"));

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Matches("^error: .*nothing.nrnn.*\n$", result.Error);
    }

    public void Dispose() => _folder.Dispose();
}
