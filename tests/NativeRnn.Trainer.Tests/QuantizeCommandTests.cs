using System.Text.Json.Nodes;

namespace NativeRnn.Trainer.Tests;

public sealed class QuantizeCommandTests : IDisposable
{
    private static readonly string Model = Path.Combine(AppContext.BaseDirectory, "seattle.nrnn");

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bf16", WeightType.BFloat16, 0.6)]
    [InlineData("int8", WeightType.Int8, 0.4)]
    public void Quantize_AsAProcess_WritesTheModelInFewerBytes(string name, WeightType type, double part)
    {
        string path = _folder.PathOf("q.nrnn");

        TrainerResult result = TrainerProcess.Run("quantize", Model, "--weights", name, "-o", path);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(RnnModel.Load(Model).Quantize(type).ToBytes(), File.ReadAllBytes(path));
        Assert.Equal($"{path}: {new FileInfo(path).Length:N0} bytes, {Model}: {new FileInfo(Model).Length:N0} bytes\n", result.Output);
        Assert.InRange((double)RnnModel.Load(path).WeightBytes / RnnModel.Load(Model).WeightBytes, 0.2, part);
    }

    [Fact]
    public void Quantize_WithData_ReportsWhatEvaluateSaysOfBoth()
    {
        string path = _folder.PathOf("q.nrnn");

        TrainerResult result = TrainerRun.Of("quantize", Model, "--weights", "int8", "-o", path, "--data", SpecText.SeattleData, "--from", "2015-01-01");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        double before = MeanAbsoluteError(Model), after = MeanAbsoluteError(path);
        Assert.StartsWith("365 forecasts of temp_max\n", result.Output);
        Assert.Contains($"  float32  {before,8:F3}", result.Output);
        Assert.Contains($"  int8     {after,8:F3}", result.Output);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"The mean absolute error changes by {after - before:+0.0e+0;-0.0e+0} °C, {100 * (after - before) / before:+0.000;-0.000} %\n"), result.Output);
        Assert.Matches(@"The forecasts differ by 0\.\d+ °C in the mean, 0\.\d+ °C at most\n", result.Output);
    }

    [Fact]
    public void Quantize_ChangeAboveTheLimit_IsRefusedAndNothingIsWritten()
    {
        string path = _folder.PathOf("q.nrnn");
        string[] arguments = ["quantize", Damaged(), "--weights", "int8", "-o", path, "--data", SpecText.SeattleData, "--max-mae-change"];

        TrainerResult refused = TrainerRun.Of([.. arguments, "0.05"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Matches(@"^error: with int8 weights the mean absolute error rises by \d+\.\d+, above the 0\.05 of --max-mae-change\nhint: nothing was written\n$", refused.Error);
        Assert.DoesNotContain("q.nrnn", _folder.Names);

        Assert.Equal(0, TrainerRun.Of([.. arguments, "1000"]).ExitCode);
        Assert.Contains("q.nrnn", _folder.Names);
    }

    [Theory]
    [InlineData(new[] { "--weights", "int4" }, "--weights takes bf16 or int8, but is 'int4'")]
    [InlineData(new[] { "--weights", "float32" }, "--weights takes bf16 or int8, but is 'float32'")]
    [InlineData(new[] { "--weights", "int8", "--max-mae-change", "1" }, "--max-mae-change needs --data")]
    [InlineData(new[] { "--weights", "int8", "--from", "1" }, "--from needs --data")]
    [InlineData(new[] { "--weights", "int8", "--data", "x.csv", "--max-mae-change", "-1" }, "--max-mae-change takes a number of at least 0, but is '-1'")]
    [InlineData(new[] { "--weights", "int8", "--data", "x.csv", "--max-mae-change", "little" }, "--max-mae-change takes a number of at least 0, but is 'little'")]
    public void Quantize_WrongOptions_AreBadUsage(string[] options, string expected)
    {
        TrainerResult result = TrainerRun.Of(["quantize", Model, "-o", _folder.PathOf("q.nrnn"), .. options]);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"error: {expected}\n", result.Error);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Quantize_ModelThatCannotBe_IsRefused()
    {
        string quantized = _folder.PathOf("q.nrnn"), plain = _folder.PathOf("plain.nrnn"), path = _folder.PathOf("out.nrnn");
        RnnModel.Load(Model).Quantize(WeightType.BFloat16).Save(quantized);
        RnnModel.Load(Model).WithRecipe(null).Save(plain);

        Assert.StartsWith(
            "error: gru.kernel [96, ", TrainerRun.Of("quantize", quantized, "--weights", "int8", "-o", path).Error);
        Assert.StartsWith(
            $"error: {plain} has no forecast recipe", TrainerRun.Of("quantize", plain, "--weights", "int8", "-o", path, "--data", SpecText.SeattleData).Error);
        Assert.DoesNotContain("out.nrnn", _folder.Names);
    }

    private static double MeanAbsoluteError(string model)
    {
        TrainerResult result = TrainerRun.Of("evaluate", model, "--data", SpecText.SeattleData, "--from", "2015-01-01", "--json");
        return JsonNode.Parse(result.Output)!["mae"]!.GetValue<double>();
    }

    /// <summary>A model with one weight so large, for an input that plays no part, that a row's scale leaves nothing of its others.</summary>
    private string Damaged()
    {
        RnnModel model = RnnModel.Load(Model);
        Dictionary<string, float[]> weights = model.Architecture.Parameters.ToDictionary(shape => shape.Name, shape => model.Weights(shape.Name).ToArray());
        Gru layer = (Gru)model.Architecture.Layers[0].Layer;
        // The state of a unit whose update gate is always open, from zero, stays zero; its column of the recurrent kernel may be anything.
        int units = layer.Units;
        weights["gru.bias"][0] = 1000;
        for (int row = 0; row < 3 * units; row++)
            weights["gru.recurrent_kernel"][row * units] = 1000;
        RnnModel damaged = new RnnModel(model.Architecture, weights).WithRecipe(model.Recipe);
        string path = _folder.PathOf("damaged.nrnn");
        damaged.Save(path);
        return path;
    }
}
