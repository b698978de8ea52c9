using System.Globalization;

namespace NativeRnn.Cli.Tests;

public sealed class GenerateTests : IDisposable
{
    private const string Letters = "abcd";

    private readonly TestFolder _folder = new();

    /// <summary>
    /// A network whose next symbol is likely to be the one behind the last, d before a: logits 3 and 0, so of one step 3 of its 4 symbols
    /// have together 3 / (e^3 + 3) = 13 %.
    /// </summary>
    private string Model => _folder.Save(Cyclic().WithVocabulary(new Vocabulary(TokenKind.Characters, ["a", "b", "c", "d"])));

    [Fact]
    public void Generate_TemperatureZero_WritesTheMostLikelyBehindThePrompt()
        => Assert.Equal("dabcdab\n", Run("--prompt", "da", "--length", "5", "--temperature", "0").Output);

    [Fact]
    public void Generate_WithoutPrompt_BeginsBehindTheFirstSymbol()
    {
        Assert.Equal("bcda\n", Run("--length", "4", "--temperature", "0").Output);
        Assert.Equal(400 + 1, Run("--temperature", "0").Output.Length);
        Assert.Equal("da\n", Run("--prompt", "da", "--length", "0").Output);
    }

    [Fact]
    public void Generate_OneCandidate_IsTheMostLikelyAtAnyTemperature()
        => Assert.Equal("bcdabc\n", Run("--length", "6", "--top-k", "1", "--temperature", "5").Output);

    /// <summary>
    /// The text is the one that every build of the program must write with this seed: drawing takes exponentials and sums in a fixed order, and
    /// the logits here are whole numbers.
    /// </summary>
    [Fact]
    public void Generate_OneSeed_WritesOneTextOnEveryMachine()
    {
        CommandLineResult first = Run("--length", "50", "--seed", "7", "--temperature", "1.5");

        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal("bacdabcdabbddcdacdabcbcdcdabcddabcdaadabcdaaabcdcd\n", first.Output);
        Assert.NotEqual(first.Output, Run("--length", "50", "--seed", "8", "--temperature", "1.5").Output);
    }

    /// <summary>
    /// The sample of models/shakespeare/README.md. Probabilities that differ in their last bits, as without fused multiply-add, still draw these
    /// letters: each of the 160 draws changes with a probability of about 1e-5.
    /// </summary>
    [Fact]
    public void Generate_ShippedModel_WritesTheSampleOfItsReadme()
    {
        CommandLineResult result = CommandLineProcess.Run(
            "generate", Path.Combine(AppContext.BaseDirectory, "shakespeare.nrnn"), "--prompt", "ROMEO:", "--length", "160", "--temperature", "0.8", "--seed", "1");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(
            """
            ROMEO:
            To my life, kill'd a man of your father;
            And let me that would reach but one the house
            As if thou
            believed to be a wife, when he hath ale not to the
            bear him u

            """,
            result.Output);
    }

    [Fact]
    public void Generate_Temperature_SaysHowOftenTheLikelyOneComes()
    {
        // e^(3/T) / (e^(3/T) + 3) of 3,000 symbols, within four deviations.
        foreach (double temperature in new[] { 1, 3.0 })
        {
            string text = Run("--length", "3000", "--temperature", temperature.ToString(CultureInfo.InvariantCulture)).Output.TrimEnd();
            int likely = text.Zip(text.Skip(1), (last, next) => Letters[(Letters.IndexOf(last) + 1) % 4] == next ? 1 : 0).Sum();
            double share = Math.Exp(3 / temperature) / (Math.Exp(3 / temperature) + 3);
            Assert.Equal(share, likely / 2999.0, 4 * Math.Sqrt(share * (1 - share) / 2999));
        }
    }

    [Fact]
    public void Generate_ModelWithoutVocabulary_IsRefusedByName()
    {
        string model = _folder.Save(TestFolder.ManyToOne(), "numbers.nrnn");
        CommandLineResult result = CommandLineProcess.Run("generate", model);
        Assert.Equal((1, "", $"error: {model} has no vocabulary, so it cannot write text\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData("--prompt", "axe", 1, "'x'")]
    [InlineData("--prompt", "", 1, "has no symbol")]
    [InlineData("--length", "-1", 2, "--length takes a whole number of at least 0, but is '-1'")]
    [InlineData("--temperature", "hot", 2, "--temperature takes a number of at least 0, but is 'hot'")]
    [InlineData("--temperature", "-0.5", 2, "--temperature takes")]
    [InlineData("--top-k", "0", 2, "--top-k takes a whole number of at least 1, but is '0'")]
    [InlineData("--seed", "1.5", 2, "--seed takes a whole number of at least 0, but is '1.5'")]
    public void Generate_BadArgument_IsNamed(string option, string value, int exitCode, string message)
    {
        CommandLineResult result = Run(option, value);
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    /// <summary>The probabilities that predict writes give the perplexity of a text.</summary>
    [Fact]
    public void Predict_NumbersOfSymbols_GivesTheProbabilitiesOfTheNext()
    {
        string output = CommandLineProcess.RunWithInput("0\n1\n2\n2\n", "predict", Model).Output;
        double[][] rows = [.. output.TrimEnd().Split('\n').Select(row => row.Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray())];

        // a b c c d: three times the likely one, once another.
        double nats = -(Math.Log(rows[0][1]) + Math.Log(rows[1][2]) + Math.Log(rows[2][2]) + Math.Log(rows[3][3])) / 4;
        double likely = -Math.Log(Math.Exp(3) / (Math.Exp(3) + 3));
        Assert.Equal((3 * likely + (likely + 3)) / 4, nats, 1e-6);
    }

    private static RnnModel Cyclic()
    {
        float[] identity = new float[16], next = new float[16];
        for (int symbol = 0; symbol < 4; symbol++)
        {
            identity[5 * symbol] = 1;
            next[(symbol + 1) % 4 * 4 + symbol] = 3;
        }

        return new ModelBuilder(inputSize: 1)
            .Embedding(4, 4)
            .SimpleRnn(4, Activation.Linear, returnSequences: true)
            .Dense(4, Activation.Softmax)
            .Build(new Dictionary<string, float[]>
            {
                ["embedding.embeddings"] = identity,
                ["simple_rnn.kernel"] = identity,
                ["simple_rnn.recurrent_kernel"] = new float[16],
                ["simple_rnn.bias"] = new float[4],
                ["dense.kernel"] = next,
                ["dense.bias"] = new float[4],
            });
    }

    private CommandLineResult Run(params string[] arguments) => CommandLineProcess.Run(["generate", Model, .. arguments]);

    public void Dispose() => _folder.Dispose();
}
