namespace NativeRnn.Trainer.Tests;

public sealed class CheckpointCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_KilledAgainAndAgain_ResumesToTheSameFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        string spec = _folder.Write("spec.json", SpecText.Seattle.With("epochs", "400").With("weight_average_decay", "0.99"));
        string expected = _folder.PathOf("expected.nrnn");
        Assert.Equal(0, TrainerProcess.Run("train", spec, "--data", SpecText.SeattleData, "--out", expected, "--quiet").ExitCode);

        // Kills in the midst of epochs and of checkpoints: after the first line of each run that is past the epoch, and a random while.
        string checkpoint = _folder.PathOf("run.checkpoint");
        string[] command = ["train", spec, "--data", SpecText.SeattleData, "--out", _folder.PathOf("m.nrnn"), "--checkpoint", checkpoint];
        Random random = new(1);
        int lastEpoch = 0;
        for (int kill = 0; kill < 6; kill++)
        {
            string[] resume = lastEpoch == 0 ? [] : ["--resume"];
            string seen = TrainerProcess.RunAndKill("epoch ", TimeSpan.FromMilliseconds(random.Next(60)), [.. command, .. resume]);
            string? line = seen.Split('\n').FirstOrDefault(line => line.StartsWith("epoch ", StringComparison.Ordinal));

            // The run before ended in the time that this process was kept from killing it.
            if (lastEpoch > 0 && line is null)
                break;
            Assert.NotNull(line);
            int firstEpoch = int.Parse(line["epoch ".Length..line.IndexOf('/')], CultureInfo.InvariantCulture);
            Assert.True(firstEpoch > lastEpoch, seen);
            lastEpoch = firstEpoch;
        }

        TrainerResult result = TrainerProcess.Run([.. command, "--resume"]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("Epochs: 400 of 400, completed", result.Output);
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(_folder.PathOf("m.nrnn")));
    }

    [Theory]
    [InlineData("another spec", "learning_rate", new string[0])]
    [InlineData("another data file", "data", new string[0])]
    [InlineData("another seed", "", new[] { "--seed", "9" })]
    public void Resume_OfAnotherTraining_IsRefused(string expected, string change, string[] more)
    {
        Assert.Equal(0, Train(SpecText.Seattle).ExitCode);
        string data = change == "data"
            ? _folder.Write("data.csv", File.ReadAllText(SpecText.SeattleData) + "\n")
            : SpecText.SeattleData;
        string spec = change == "learning_rate" ? SpecText.Seattle.With("optimizer", "\"adam\"") : SpecText.Seattle;
        File.Delete(_folder.PathOf("m.nrnn"));

        TrainerResult result = Train(spec, ["--resume", .. more], data);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"error: {_folder.PathOf("c")} cannot be resumed: it is of a training with {expected}\nhint: ", result.Error);
        Assert.False(File.Exists(_folder.PathOf("m.nrnn")));
    }

    [Fact]
    public void Resume_SpecWithOtherCommentsAndBlanks_GoesOn()
    {
        Assert.Equal(0, Train(SpecText.Seattle).ExitCode);

        TrainerResult result = Train("// The same, with a remark.\n" + SpecText.Seattle.Replace(":", " :\n"), ["--resume"]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    [Fact]
    public void Resume_DamagedFile_IsRefused()
    {
        Assert.Equal(0, Train(SpecText.Seattle).ExitCode);
        byte[] bytes = File.ReadAllBytes(_folder.PathOf("c"));
        File.WriteAllBytes(_folder.PathOf("c"), bytes[..^100]);

        TrainerResult result = Train(SpecText.Seattle, ["--resume"]);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"error: {_folder.PathOf("c")} cannot be resumed: it is damaged", result.Error);
    }

    [Fact]
    public void Resume_WithoutACheckpoint_IsWrongUsage()
    {
        TrainerResult result = TrainerRun.Of("train", "s.json", "--data", "d.csv", "--out", "m.nrnn", "--resume");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error: --resume needs --checkpoint FILE", result.Error);
    }

    [Fact]
    public void Checkpoint_WhereTheModelGoes_IsRefused()
    {
        string model = _folder.PathOf("m.nrnn");
        string spec = _folder.Write("spec.json", SpecText.Seattle);

        TrainerResult result = TrainerRun.Of("train", spec, "--data", SpecText.SeattleData, "--out", model, "--checkpoint", model);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"error: the model and the checkpoint would both be {model}", result.Error);
    }

    private TrainerResult Train(string spec, string[]? more = null, string? data = null) => TrainerRun.Of(
        [
            "train", _folder.Write("spec.json", spec), "--data", data ?? SpecText.SeattleData, "--out", _folder.PathOf("m.nrnn"),
            "--checkpoint", _folder.PathOf("c"), "--quiet", .. more ?? [],
        ]);
}
