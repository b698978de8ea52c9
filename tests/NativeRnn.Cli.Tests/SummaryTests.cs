namespace NativeRnn.Cli.Tests;

public sealed class SummaryTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void Summary_PlainModel_ShowsLayersAndSize()
    {
        RnnModel model = TestFolder.ManyToOne();
        string path = _folder.Save(model);

        CommandLineResult result = CommandLineProcess.Run("summary", path);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal($"{model.Summary()}\nFile size: {new FileInfo(path).Length:N0} bytes\n", result.Output);
    }

    [Fact]
    public void Summary_Recipe_ShowsTargetWindowAndInputs()
    {
        CommandLineResult result = CommandLineProcess.Run("summary", _folder.Save(TestFolder.Forecasting()));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("temp_max in °C, mean 16, deviation 8\n", result.Output);
        Assert.Contains("3 steps of 1 day\n", result.Output);
        Assert.Contains("1 step of 1 day\n", result.Output);
        Assert.Contains("column date\n", result.Output);
        Assert.Matches(@"(?m)^high +\[temp_max\] +10 +4$", result.Output);
        Assert.Matches(@"(?m)^wind +wind +2 +2$", result.Output);
    }

    [Theory]
    [InlineData(5.5f, "0")]
    [InlineData(5f, "0.5")]
    public void Summary_SelfTest_ShowsTheLargestError(float expectedOutput, string error)
    {
        // h_1 = 2, h_2 = 5 + 0.5.
        string path = _folder.Save(TestFolder.ManyToOne().WithSelfTest(new SelfTest([1, 2, 3, 4], [expectedOutput])));

        Assert.Contains($"Self-test: largest error {error}\n", CommandLineProcess.Run("summary", path).Output);
    }

    [Fact]
    public void Summary_MissingFile_IsBadInput()
    {
        CommandLineResult result = CommandLineProcess.Run("summary", _folder.PathOf("nothing.nrnn"));

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Matches("^error: .*nothing.nrnn.*\n$", result.Error);
    }

    [Fact]
    public void Summary_Folder_IsBadInput()
    {
        CommandLineResult result = CommandLineProcess.Run("summary", Path.GetDirectoryName(_folder.PathOf("x"))!);

        Assert.Equal(1, result.ExitCode);
        Assert.Matches("^error: .*denied.*\n$", result.Error);
    }

    [Fact]
    public void Summary_NoModel_SaysSoInOneLineUnlessVerbose()
    {
        string path = _folder.Write("time,a\n");

        CommandLineResult brief = CommandLineProcess.Run("summary", path);
        CommandLineResult verbose = CommandLineProcess.Run("summary", path, "--verbose");

        Assert.Equal((1, 1), (brief.ExitCode, verbose.ExitCode));
        Assert.Matches("^error: .*data.csv.*not a .nrnn file.*\n$", brief.Error);
        Assert.StartsWith(brief.Error, verbose.Error);
        Assert.Contains(nameof(ModelFormatException), verbose.Error);
    }

    [Fact]
    public void Summary_FlippedBit_IsRefused()
    {
        string path = _folder.Save(TestFolder.ManyToOne());
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^20] ^= 1;
        File.WriteAllBytes(path, bytes);

        CommandLineResult result = CommandLineProcess.Run("summary", path);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("checksum", result.Error);
    }

    public void Dispose() => _folder.Dispose();
}
