using SkiaSharp;

namespace NativeRnn.Trainer.Tests;

public sealed class TrainCommandTests : IDisposable
{
    private const string EndlessEpochs = "100000";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_AsAProcess_WritesModelAndPictureAndPrintsErrors()
    {
        string model = _folder.PathOf("m.nrnn");

        TrainerResult result = TrainerProcess.Run("train", Spec(SpecText.Seattle), "--data", SpecText.SeattleData, "--out", model);

        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["m.nrnn", "m.png", "spec.json"], _folder.Names);
        Assert.Contains("Windows for training:   361", result.Output);
        Assert.Contains("Windows for validation: 181", result.Output);
        Assert.Matches(@"epoch 3/3: loss 0\.\d{4}, validation MAE \d\.\d{3} °C \(copy last value 2\.\d{3}\)", result.Output);
        Assert.Matches(@"Epochs: 3 of 3, completed; best epoch \d", result.Output);
        Assert.Contains("nativernn-trainer evaluate", result.Output);
        Assert.Contains("--from 2013-07-01", result.Output);
    }

    [Fact]
    public void Train_Model_CarriesRecipeAndSelfTest()
    {
        RnnModel model = RnnModel.Load(Train("m.nrnn", SpecText.Seattle));

        ForecastRecipe recipe = model.Recipe!;
        Assert.Equal(["temp_max", "wind", "season"], recipe.Inputs.Select(input => input.Name));
        Assert.Equal(("date", "temp_max", "°C", 5, 1), (recipe.TimeColumn, recipe.Target, recipe.Unit, recipe.Window, recipe.Horizon));
        double[] training = [.. SeattleTable.Rows.Where(row => row.Time.Year == 2012).Select(row => row.High)];
        Assert.Equal(training.Average(), recipe.TargetMean, 1e-9);
        Assert.Equal(training.Average(), recipe.Inputs[0].Mean, 1e-9);
        Assert.Equal(5 * 3, model.SelfTest!.Input.Length);
        Assert.Equal(0, model.SelfTest.LargestError(model));
    }

    [Fact]
    public void Train_LongWindow_SelfTestHasItsLastEightSteps()
    {
        RnnModel model = RnnModel.Load(Train("m.nrnn", SpecText.Seattle.With("window", "20").With("epochs", "1")));

        // The first validation window ends on the last day of 2012; its last eight steps begin a week before.
        RecipeInput high = model.Recipe!.Inputs[0];
        double expected = SeattleTable.Rows.Single(row => row.Time == new DateTime(2012, 12, 24)).High;
        Assert.Equal(8 * 3, model.SelfTest!.Input.Length);
        Assert.Equal(expected, model.SelfTest.Input[0] * high.Deviation + high.Mean, 1e-4);
    }

    [Fact]
    public void Train_Twice_GivesIdenticalFiles()
    {
        byte[] first = File.ReadAllBytes(Train("a.nrnn", SpecText.Seattle));
        byte[] second = File.ReadAllBytes(Train("b.nrnn", SpecText.Seattle));
        byte[] oneThread = File.ReadAllBytes(Train("c.nrnn", SpecText.Seattle, "--threads", "1"));
        byte[] otherSeed = File.ReadAllBytes(Train("d.nrnn", SpecText.Seattle, "--seed", "6"));
        byte[] seedInSpec = File.ReadAllBytes(Train("e.nrnn", SpecText.Seattle.With("seed", "6")));

        Assert.Equal(first, second);
        Assert.Equal(first, oneThread);
        Assert.NotEqual(first, otherSeed);
        Assert.Equal(otherSeed, seedInSpec);
    }

    [Fact]
    public void Train_WithoutValidation_JudgesByTheTrainingPart()
    {
        string spec = SpecText.Seattle.With("split", """{ "train_until": "2013-07-01" }""");

        TrainerResult result = TrainerRun.Of("train", Spec(spec), "--data", SpecText.SeattleData, "--out", _folder.PathOf("m.nrnn"));

        Assert.Equal("", result.Error);
        Assert.Contains("Windows for validation: 0", result.Output);
        Assert.Contains("Training ", result.Output);
        Assert.DoesNotContain("validation MAE", result.Output);
        Assert.Equal(["m.nrnn", "m.png", "spec.json"], _folder.Names);
    }

    [Fact]
    public void Train_Quiet_PrintsTheResultOnly()
    {
        TrainerResult result = TrainerRun.Of("train", Spec(SpecText.Seattle), "--data", SpecText.SeattleData, "--out", _folder.PathOf("m.nrnn"), "--quiet");

        Assert.StartsWith("Epochs: 3 of 3", result.Output);
    }

    [Fact]
    public void Train_PatienceUsedUp_SaysSo()
    {
        // The rate is too low to change a float32 weight, so no epoch is better than the first.
        string spec = SpecText.Seattle.With("optimizer", """{ "sgd": { "learning_rate": 1e-30 } }""").With("patience", "2").With("epochs", "9");

        TrainerResult result = TrainerRun.Of("train", Spec(spec), "--data", SpecText.SeattleData, "--out", _folder.PathOf("m.nrnn"));

        Assert.Contains("Epochs: 3 of 9, stopped early, after 2 epochs without a better loss; best epoch 1", result.Output);
    }

    [Fact]
    public void Train_CtrlC_KeepsTheBestWeightsSoFar()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        string model = _folder.PathOf("m.nrnn");
        string spec = Spec(SpecText.Seattle.With("epochs", EndlessEpochs));

        TrainerResult result = TrainerProcess.RunAndInterrupt("epoch 3/", "train", spec, "--data", SpecText.SeattleData, "--out", model);

        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("interrupted; the best weights so far are kept; best epoch", result.Output);
        Assert.Equal(["m.nrnn", "m.png", "spec.json"], _folder.Names);
        RnnModel loaded = RnnModel.Load(model);
        Assert.Equal(0, loaded.SelfTest!.LargestError(loaded));
        Assert.NotNull(loaded.Recipe);
    }

    [Fact]
    public void Train_Diverging_ExitsWithOneAndWritesNothing()
    {
        string spec = Spec(SpecText.Seattle.With("loss", "\"mse\"").With("optimizer", """{ "sgd": { "learning_rate": 1e38 } }"""));
        string model = _folder.Write("m.nrnn", "what was there before");

        TrainerResult result = TrainerProcess.Run("train", spec, "--data", SpecText.SeattleData, "--out", model);

        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@"^error: Training diverged: the \w+.* of epoch 1, step \d+, is ", result.Error);
        Assert.Contains("hint: nothing was written", result.Error);
        Assert.Equal(["m.nrnn", "spec.json"], _folder.Names);
        Assert.Equal("what was there before", File.ReadAllText(model));
    }

    [Fact]
    public void Train_CurveAsPng_ShowsBothHalves()
    {
        string curve = _folder.PathOf("curve.PNG");

        Train("m.nrnn", SpecText.Seattle, "--curve", curve);

        Assert.Equal(["curve.PNG", "m.nrnn", "spec.json"], _folder.Names);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(curve)[..4]);
        using SKBitmap picture = SKBitmap.Decode(curve);
        Assert.Equal((900, 720), (picture.Width, picture.Height));
        SKColor line = SKColor.Parse("#1f77b4");
        Assert.True(picture.Pixels[..(900 * 360)].Count(pixel => pixel == line) > 100, "the upper half has no line");
        Assert.True(picture.Pixels[(900 * 360)..].Count(pixel => pixel == line) > 100, "the lower half has no line");
    }

    [Fact]
    public void Train_CurveAsSvg_IsVectorGraphics()
    {
        string curve = _folder.PathOf("curve.svg");

        Train("m.nrnn", SpecText.Seattle, "--curve", curve);

        string text = File.ReadAllText(curve);
        Assert.StartsWith("<?xml", text);
        Assert.EndsWith("</svg>", text.TrimEnd());
        Assert.Contains("#1F77B4", text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("2012-01-03,abc,6", "row 4, column 'x': found 'abc', expected a number")]
    [InlineData("2012-01-03,,6", "row 4, column 'x': the value is missing, expected a number")]
    [InlineData("2012-01-03,5", "row 4: found 2 fields, expected 3 as in the header")]
    [InlineData("2012-01-02,5,6", "row 4, column 't': found '2012-01-02', but the time is the same as in the row before")]
    public void Train_BadRow_NamesRowAndColumn(string row, string expected)
    {
        string data = _folder.Write("data.csv", $"t,x,y\n2012-01-01,1,2\n2012-01-02,3,4\n{row}\n");

        TrainerResult result = TrainerRun.Of("train", Spec(SpecText.Daily), "--data", data, "--out", _folder.PathOf("m.nrnn"));

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"error: {data}, {expected}", result.Error);
        Assert.Equal(["data.csv", "spec.json"], _folder.Names);
    }

    [Theory]
    [InlineData("inputs", """["temp_max", "humidity"]""", "error: {data}, row 1: there is no column 'humidity'; there are 'date', 'precipitation', 'temp_max'")]
    [InlineData("target", "\"temp\"", "error: {data}, row 1: there is no column 'temp'")]
    [InlineData("time", "\"day\"", "error: {data}, row 1: there is no column 'day'")]
    [InlineData("inputs", """["weather"]""", "error: {data}, row 2, column 'weather': found 'drizzle', expected a number")]
    [InlineData("window", "2000", "error: {data}: found 1461 rows of data, expected at least 2001")]
    [InlineData("window", "400", "error: {data}: the training part has 366 rows, expected at least 401 (window 400 and horizon 1)")]
    [InlineData("epochs", "0", "error: {spec}, $.epochs: found 0, expected a whole number of at least 1")]
    public void Train_SpecThatDoesNotFitTheData_IsRefused(string property, string json, string expected)
    {
        string spec = Spec(SpecText.Seattle.With(property, json));

        TrainerResult result = TrainerRun.Of("train", spec, "--data", SpecText.SeattleData, "--out", _folder.PathOf("m.nrnn"));

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith(expected.Replace("{data}", SpecText.SeattleData).Replace("{spec}", spec), result.Error);
        Assert.Equal(["spec.json"], _folder.Names);
    }

    [Fact]
    public void Train_FolderThatIsNotThere_IsRefusedBeforeTraining()
    {
        string model = Path.Combine(_folder.PathOf("none"), "m.nrnn");

        TrainerResult result = TrainerRun.Of("train", Spec(SpecText.Seattle), "--data", SpecText.SeattleData, "--out", model);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith($"error: {model} cannot be written: there is no folder", result.Error);
    }

    private string Spec(string text) => _folder.Write("spec.json", text);

    private string Train(string name, string spec, params string[] more)
    {
        string model = _folder.PathOf(name);
        TrainerResult result = TrainerRun.Of(["train", Spec(spec), "--data", SpecText.SeattleData, "--out", model, .. more]);
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        return model;
    }
}
