namespace NativeRnn.Trainer.Tests;

public sealed class BaselinesCommandTests : IDisposable
{
    private const string Weather = "\"precipitation\", \"temp_max\", \"temp_min\", \"wind\"";

    private const string Season = """
        , { "name": "sin", "expression": "sin(2 * pi() * year_fraction())" }, { "name": "cos", "expression": "cos(2 * pi() * year_fraction())" }
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The expected figures are from a script that shares no code with this project.</summary>
    [Theory]
    [InlineData("", "2.159")]
    [InlineData(Season, "2.153")]
    public void Baselines_SeattleIn2015_AreThoseOfAnIndependentComputation(string moreInputs, string expected)
    {
        string spec = SpecText.Seattle.With("window", "10").With("inputs", $"[{Weather}{moreInputs}]").With("split", """{ "train_until": "2015-01-01" }""");

        TrainerResult result = TrainerRun.Of("baselines", _folder.Write("spec.json", spec), "--data", SpecText.SeattleData);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("Test, 365 windows", result.Output);
        Assert.Matches(@"copy last value +2\.240 +2\.907", result.Output);
        Assert.Matches($@"ridge regression, penalty 10 +{expected.Replace(".", "\\.")} ", result.Output);
    }

    [Fact]
    public void Baselines_WithoutTestPart_IsRefused()
    {
        string spec = SpecText.Seattle.With("split", """{ "train_until": "2015-01-01", "validation_until": "2016-01-01" }""");

        TrainerResult result = TrainerRun.Of("baselines", _folder.Write("spec.json", spec), "--data", SpecText.SeattleData);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the test part has no windows, expected at least 1", result.Error);
    }
}
