namespace NativeRnn.Trainer.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("error: Required command was not provided.\nhint: nativernn-trainer --help")]
    [InlineData("error: ", "trian")]
    [InlineData("error: ", "train")]
    [InlineData("error: Option '--data' is required.\nhint: nativernn-trainer train --help", "train", "spec.json", "--out", "m.nrnn")]
    [InlineData("error: Option '--out' is required.\nhint: nativernn-trainer train --help", "train", "spec.json", "--data", "d.csv")]
    [InlineData("error: --curve must end in .png or .svg, but is 'c.gif'", "train", "s", "--data", "d", "--out", "m", "--curve", "c.gif")]
    [InlineData("error: --threads takes a whole number of at least 1, but is '0'", "train", "s", "--data", "d", "--out", "m", "--threads", "0")]
    [InlineData("error: --threads takes a whole number of at least 1, but is 'two'", "train", "s", "--data", "d", "--out", "m", "--threads", "two")]
    [InlineData("error: --seed takes a whole number of at least 0, but is '-1'", "train", "s", "--data", "d", "--out", "m", "--seed", "-1")]
    [InlineData("error: --from takes a row number", "evaluate", "m", "--data", "d", "--from", "yesterday")]
    [InlineData("error: --to takes a row number", "evaluate", "m", "--data", "d", "--to", "-1")]
    [InlineData("error: Unrecognized command or argument '--fast'.", "train", "s", "--data", "d", "--out", "m", "--fast")]
    public void Run_BadUsage_ExitsWithTwoAndAHint(string expected, params string[] arguments)
    {
        TrainerResult result = TrainerRun.Of(arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith(expected, result.Error.ReplaceLineEndings("\n"));
        Assert.Contains("hint: nativernn-trainer", result.Error);
    }

    [Theory]
    [InlineData("Usage:", "--help")]
    [InlineData("--curve <PICTURE>", "train", "--help")]
    [InlineData("nativernn-trainer 0.", "--version")]
    public void Run_HelpAndVersion_ExitWithZero(string expected, params string[] arguments)
    {
        TrainerResult result = TrainerRun.Of(arguments);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains(expected, result.Output);
    }

    [Fact]
    public void Run_FileThatIsNotThere_ExitsWithOne()
    {
        TrainerResult result = TrainerProcess.Run("train", "nowhere.json", "--data", "d.csv", "--out", "m.nrnn");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: ", result.Error);
        Assert.Contains("nowhere.json", result.Error);
        Assert.DoesNotContain("   at ", result.Error);
    }

    [Fact]
    public void Run_Verbose_ShowsWhereTheErrorCameFrom()
    {
        TrainerResult result = TrainerRun.Of("train", "nowhere.json", "--data", "d.csv", "--out", "m.nrnn", "--verbose");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("   at ", result.Error);
    }
}
