using System.Globalization;

namespace NativeRnn.Cli.Tests;

public sealed class PredictTests : IDisposable
{
    private const string TwoSequences = "a,b\n1,2\n3,4\n\n5,6\n";

    private readonly TestFolder _folder = new();

    [Fact]
    public void Predict_ManyToOne_GivesOneRowASequence()
    {
        CommandLineResult result = CommandLineProcess.RunWithInput(TwoSequences, "predict", _folder.Save(TestFolder.ManyToOne()));

        Assert.Equal((0, "5.5\n8\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public void Predict_ManyToMany_GivesOneRowAStepAndABlankLineBetweenSequences()
    {
        string model = _folder.Save(TestFolder.ManyToOne(returnSequences: true));

        Assert.Equal("2\n5.5\n\n8\n", CommandLineProcess.RunWithInput(TwoSequences, "predict", model, "--input", "-", "--output=-").Output);
    }

    [Fact]
    public void Predict_EncoderDecoder_GivesAsManyRowsAsAskedFor()
    {
        string model = _folder.Save(TestFolder.EncoderDecoder());
        string tested = _folder.Save(TestFolder.EncoderDecoder().WithSelfTest(new SelfTest([1, 2], [2, 0])), "tested.nrnn");

        Assert.Equal("5.5\n0\n0\n\n8\n0\n0\n", CommandLineProcess.RunWithInput(TwoSequences, "predict", model, "--rows", "3").Output);
        Assert.Equal("5.5\n0\n\n8\n0\n", CommandLineProcess.RunWithInput(TwoSequences, "predict", tested).Output);
        CommandLineResult unasked = CommandLineProcess.RunWithInput(TwoSequences, "predict", model);
        Assert.Equal((1, $"error: {model} is an encoder-decoder without recipe or self-test: say with --rows how many rows it writes\n"), (unasked.ExitCode, unasked.Error));
        CommandLineResult other = CommandLineProcess.RunWithInput(TwoSequences, "predict", _folder.Save(TestFolder.ManyToOne(), "other.nrnn"), "--rows", "3");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("is no encoder-decoder: --rows is for these alone", other.Error, StringComparison.Ordinal);
        Assert.Equal(2, CommandLineProcess.RunWithInput(TwoSequences, "predict", model, "--rows", "0").ExitCode);
    }

    [Fact]
    public void Predict_SeveralOutputs_AreSeparatedByCommas()
    {
        RnnModel model = new ModelBuilder(inputSize: 1)
            .SimpleRnn(2, Activation.Linear)
            .Build(new Dictionary<string, float[]>
            {
                ["simple_rnn.kernel"] = [1, -0.1f],
                ["simple_rnn.recurrent_kernel"] = [0, 0, 0, 0],
                ["simple_rnn.bias"] = [0, 0],
            });

        Assert.Equal("3,-0.300000012\n", CommandLineProcess.RunWithInput("1\n3\n", "predict", _folder.Save(model)).Output);
    }

    /// <summary>
    /// A matrix large enough to be computed with as it is, of whole numbers that both types hold, times whole numbers whose largest is that of 16 bits:
    /// what any processor's instructions must give exactly. The first step's state is the bias, the second's W b + b.
    /// </summary>
    [Theory]
    [InlineData(WeightType.Float32)]
    [InlineData(WeightType.BFloat16)]
    [InlineData(WeightType.Int8)]
    public void Predict_WholeNumbers_GivesExactSumsWhateverTheWeights(WeightType type)
    {
        const int Units = 131;
        float[] matrix = [.. Enumerable.Range(0, Units * Units).Select(i => i % Units == 1 ? 127f : i * 7919 % 255 - 127)];
        float[] bias = [32767, .. Enumerable.Range(1, Units - 1).Select(i => (float)(i * 31 % 7 - 3))];
        RnnModel model = new ModelBuilder(inputSize: 1)
            .SimpleRnn(Units, Activation.Linear)
            .Build(new Dictionary<string, float[]>
            {
                ["simple_rnn.kernel"] = new float[Units],
                ["simple_rnn.recurrent_kernel"] = matrix,
                ["simple_rnn.bias"] = bias,
            });
        IEnumerable<long> sums = Enumerable.Range(0, Units).Select(row => (long)bias[row] + Enumerable.Range(0, Units).Sum(i => (long)matrix[row * Units + i] * (long)bias[i]));

        CommandLineResult result = CommandLineProcess.RunWithInput("0\n0\n", "predict", _folder.Save(model.Quantize(type)));

        Assert.Equal((0, string.Join(',', sums) + "\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public void Predict_OutputFile_AppearsWithoutRemains()
    {
        string model = _folder.Save(TestFolder.ManyToOne());
        string input = _folder.Write(TwoSequences);
        string output = _folder.Write("old", "out.csv");

        CommandLineResult result = CommandLineProcess.Run("predict", model, "--input", input, "--output", output);

        Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Equal("5.5\n8\n", File.ReadAllText(output));
        Assert.Equal(["data.csv", "model.nrnn", "out.csv"], _folder.Files());
    }

    [Fact]
    public void Predict_BadRow_LeavesTheOldOutputFile()
    {
        string model = _folder.Save(TestFolder.ManyToOne());
        string output = _folder.Write("old", "out.csv");

        CommandLineResult result = CommandLineProcess.RunWithInput("1,2\n\n3,x\n", "predict", model, "--output", output);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Equal("error: standard input, row 3, column 2: found 'x', expected a number\n", result.Error);
        Assert.Equal("old", File.ReadAllText(output));
        Assert.Equal(["model.nrnn", "out.csv"], _folder.Files());
    }

    [Theory]
    [InlineData("1,2,3\n", "row 1: found 3 values, expected 2")]
    [InlineData("", "found no rows of numbers")]
    [InlineData("a,b\n", "found no rows of numbers")]
    [InlineData("1,2\n3,1e99\n", "row 2, column 2")]
    public void Predict_BadInput_SaysWhere(string input, string expected)
    {
        CommandLineResult result = CommandLineProcess.RunWithInput(input, "predict", _folder.Save(TestFolder.ManyToOne()));

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: standard input", result.Error);
        Assert.Contains(expected, result.Error);
    }

    [Fact]
    public void Predict_OutputInMissingFolder_IsBadInput()
    {
        CommandLineResult result = CommandLineProcess.RunWithInput(
            "1,2\n", "predict", _folder.Save(TestFolder.ManyToOne()), "--output", _folder.PathOf("no/out.csv"));

        Assert.Equal(1, result.ExitCode);
        Assert.Matches("^error: .*out.csv.*\n$", result.Error);
    }

    [Fact]
    public void Predict_SequenceLongerThanASessionsDefault_WorksInBothDirections()
    {
        Architecture architecture = new ModelBuilder(inputSize: 1)
            .Bidirectional(new SimpleRnn(1) { Activation = Activation.Linear }, Merge.Sum)
            .Build();
        // Both directions pass on the last input they see: forward the last row, backward the first.
        RnnModel model = new(architecture, architecture.Parameters.ToDictionary(
            shape => shape.Name, shape => shape.Name.EndsWith(".kernel", StringComparison.Ordinal) ? [1f] : new float[shape.Count]));
        string input = "7\n\n" + string.Join('\n', Enumerable.Range(1, 3000).Select(value => value.ToString(CultureInfo.InvariantCulture)));

        CommandLineResult result = CommandLineProcess.RunWithInput(input, "predict", _folder.Save(model));

        Assert.Equal((0, "14\n3001\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    public void Dispose() => _folder.Dispose();
}
