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

    /// <summary>The expected figures are from a script that shares no code with this project; it fits to the training part alone.</summary>
    [Fact]
    public void Baselines_WithValidationPart_AreFittedToTheTrainingPartAndMeasuredOnBothOthers()
    {
        string spec = SpecText.Seattle.With("window", "10").With("inputs", $"[{Weather}]")
            .With("split", """{ "train_until": "2014-01-01", "validation_until": "2015-01-01" }""");

        TrainerResult result = TrainerRun.Of("baselines", _folder.Write("spec.json", spec), "--data", SpecText.SeattleData);

        string[] parts = result.Output.Split("Test, 365 windows");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("Validation, 365 windows", parts[0]);
        Assert.Matches(@"ridge regression, penalty 10 +2\.247 +2\.820", parts[0]);
        Assert.Matches(@"ridge regression, penalty 10 +2\.187 +2\.742", parts[1]);
    }

    [Fact]
    public void Baselines_Dense_LearnsAndDependsOnTheSeedAlone()
    {
        string spec = _folder.Write("spec.json", SpecText.Seattle.With("epochs", "20"));

        string first = DenseRow("--seed", "1");

        Assert.Equal(first, DenseRow("--seed", "1"));
        Assert.NotEqual(first, DenseRow("--seed", "2"));
        double error = double.Parse(first.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
        Assert.InRange(error, 1.5, 2.4);

        string DenseRow(params string[] seed)
        {
            TrainerResult result = TrainerRun.Of(["baselines", spec, "--data", SpecText.SeattleData, "--dense", "8", .. seed]);
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
            string row = result.Output.Split('\n').Last(line => line.Contains("dense(8)"));
            return row[row.IndexOf("seed", StringComparison.Ordinal)..][6..];
        }
    }

    [Theory]
    [InlineData("--dense", "0", "--dense takes a whole number from 1 to 65536, but is '0'")]
    [InlineData("--seed", "-1", "--seed takes a whole number of at least 0, but is '-1'")]
    public void Baselines_BadNumber_IsRefused(string option, string value, string expected)
    {
        TrainerResult result = TrainerRun.Of("baselines", "spec.json", "--data", "data.csv", option, value);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Error);
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
