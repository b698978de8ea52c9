using NativeRnn.Interop.Onnx;

namespace NativeRnn.Trainer.Tests;

public sealed class ImportCommandTests : IDisposable
{
    private const string Recipe = """
        {
          "time": "date",
          "inputs": [{ "name": "a", "mean": 1.5, "deviation": 2 }, "b"],
          "target": { "name": "a", "mean": 1.5, "deviation": 2 },
          "window": 2, "horizon": 1, "sampling_interval": "1d"
        }
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>y = a + 2b + 0.5 of the last step.</summary>
    private string Source(int outputs = 1)
    {
        string path = _folder.PathOf("source.onnx");
        Architecture architecture = new(2, [new LastStep(), new Dense(outputs)]);
        float[] kernel = [.. Enumerable.Range(0, 2 * outputs).Select(i => 1f + i % 2)];
        OnnxExporter.Export(
            new RnnModel(architecture, new Dictionary<string, float[]> { ["dense.kernel"] = kernel, ["dense.bias"] = [.. Enumerable.Repeat(0.5f, outputs)] }), path);
        return path;
    }

    [Fact]
    public void Import_SampleAndRecipe_AreInTheFile()
    {
        string model = _folder.PathOf("m.nrnn");

        TrainerResult result = TrainerRun.Of(
            "import", Source(), "-o", model, "--sample", _folder.Write("in.csv", "9,9\n1,2\n"), _folder.Write("out.csv", "5.5\n"),
            "--recipe", _folder.Write("recipe.json", Recipe));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        RnnModel read = RnnModel.Load(model);
        Assert.Equal([9, 9, 1, 2], read.SelfTest!.Input.ToArray());
        Assert.Equal(0, read.SelfTest.LargestError(read));
        Assert.Equal(new RecipeInput("a", "[a]", 1.5, 2), read.Recipe!.Inputs[0]);
        Assert.Equal(new RecipeInput("b", "[b]", 0, 1), read.Recipe.Inputs[1]);
        Assert.Equal((1.5, 2, 2), (read.Recipe.TargetMean, read.Recipe.TargetDeviation, read.Recipe.Window));
    }

    [Theory]
    [InlineData("5.5002", "the sample's output and ours differ by")]
    [InlineData("5.5\n5.5", "found 2 rows, expected 1 for the 2 steps")]
    [InlineData("5.5,1", "found 2 values, expected 1")]
    public void Import_SampleThatDiffers_WritesNothing(string output, string expected)
    {
        TrainerResult result = TrainerRun.Of(
            "import", Source(), "-o", _folder.PathOf("m.nrnn"), "--sample", _folder.Write("in.csv", "9,9\n1,2\n"), _folder.Write("out.csv", output));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, result.Error);
        Assert.Equal(["in.csv", "out.csv", "source.onnx"], _folder.Names);
    }

    [Theory]
    [InlineData("\"window\": 2", "\"window\": 0", "$.window: found 0, expected a whole number")]
    [InlineData(", \"b\"", "", "$.inputs: found 1 inputs, expected 2, the network's input size")]
    [InlineData("\"mean\": 1.5, \"deviation\": 2 }, \"b\"", "\"deviation\": 0 }, \"b\"", "$.inputs[0].deviation: found 0, expected a number above 0")]
    [InlineData("\"time\"", "\"epochs\"", "there is no property 'epochs' here")]
    public void Import_BadRecipe_IsRefused(string from, string to, string expected)
    {
        string recipe = _folder.Write("recipe.json", Recipe.Replace(from, to, StringComparison.Ordinal));

        TrainerResult result = TrainerRun.Of("import", Source(), "-o", _folder.PathOf("m.nrnn"), "--recipe", recipe);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, result.Error);
    }

    [Fact]
    public void Import_RecipeForTwoOutputs_IsRefused()
    {
        TrainerResult result = TrainerRun.Of(
            "import", Source(outputs: 2), "-o", _folder.PathOf("m.nrnn"), "--recipe", _folder.Write("recipe.json", Recipe));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("needs a network with 1 output, but this one has 2", result.Error);
    }

    [Theory]
    [InlineData("m.txt", "its ending")]
    [InlineData("m.pt", "PyTorch pickle")]
    [InlineData("m.onnx", "not a complete ONNX file")]
    public void Import_SourceThatIsNone_IsRefused(string name, string expected)
    {
        TrainerResult result = TrainerRun.Of("import", _folder.Write(name, "text"), "-o", _folder.PathOf("m.nrnn"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, result.Error);
    }

    /// <summary>The options reach the readers, and what they may say is checked.</summary>
    [Theory]
    [InlineData("--initial-states", "random", 2, "'zero'")]
    [InlineData("--sequence-lengths", "long", 2, "'own'")]
    [InlineData("--output", "other", 1, "has no output 'other', but 'output'")]
    public void Import_OptionOfAGraph_IsChecked(string option, string value, int exitCode, string expected)
    {
        TrainerResult result = TrainerRun.Of("import", Source(), "-o", _folder.PathOf("m.nrnn"), option, value);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(expected, result.Error);
    }

    [Fact]
    public void Import_UnknownActivation_IsBadUsage()
        => Assert.Equal(2, TrainerRun.Of("import", "a.onnx", "-o", "b.nrnn", "--activation", "hard").ExitCode);

    [Fact]
    public void Export_ThenImport_GivesTheSameFile()
    {
        string first = _folder.PathOf("first.nrnn"), onnx = _folder.PathOf("again.onnx"), second = _folder.PathOf("second.nrnn");
        Assert.Equal(0, TrainerRun.Of("import", Source(), "-o", first).ExitCode);

        Assert.Equal(0, TrainerRun.Of("export", first, "-o", onnx).ExitCode);

        Assert.Equal(0, TrainerRun.Of("import", onnx, "-o", second).ExitCode);
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
    }
}
