namespace NativeRnn.Trainer.Tests;

public sealed class TextTests
{
    private const string Spec = """
        {
          "tokens": "characters", "held_out": 0.2, "streams": 4, "chunk": 16, "embedding": 8,
          "layers": [ { "gru": { "units": 16, "return_sequences": true } } ],
          "optimizer": { "adam": { "learning_rate": 0.02 } }, "epochs": 4, "clip_norm": 1, "seed": 3
        }
        """;

    /// <summary>What follows "ab" depends on what came before, so that counting single symbols does not do.</summary>
    private static readonly string Text = string.Concat(Enumerable.Repeat("xabc yabd ", 400));

    [Fact]
    public void TrainText_AShortText_LearnsItAndWritesOneFileForASeed()
    {
        using TestFolder folder = new();
        string spec = folder.Write("text.json", Spec);
        string data = folder.Write("text.txt", Text);
        string first = folder.PathOf("first.nrnn");
        string second = folder.PathOf("second.nrnn");

        TrainerResult run = TrainerRun.Of("train-text", spec, "--data", data, "--out", first, "--threads", "1");
        TrainerResult again = TrainerRun.Of("train-text", spec, "--data", data, "--out", second, "--threads", "2");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        RnnModel model = RnnModel.Load(first);
        Assert.Equal([" ", "a", "b", "c", "d", "x", "y"], model.Vocabulary!.Symbols);
        // Only which of two words comes next is left to know: ln 2 over ten symbols would be 0.07, and it alternates.
        Assert.InRange(TextScore.NatsPerSymbol(model, model.Vocabulary.Encode(Text[3200..])), 0, 0.3);

        TrainerResult evaluated = TrainerRun.Of("evaluate-text", first, "--data", data, "--held-out", "0.2");
        Assert.Equal(0, evaluated.ExitCode);
        Assert.Contains("-grams", evaluated.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainText_Checkpoint_GoesOnToTheSameFileAndRefusesAnotherSeed()
    {
        using TestFolder folder = new();
        string spec = folder.Write("text.json", Spec);
        string data = folder.Write("text.txt", Text);
        string model = folder.PathOf("m.nrnn");
        string resumed = folder.PathOf("resumed.nrnn");
        string checkpoint = folder.PathOf("m.checkpoint");

        Assert.Equal(0, TrainerRun.Of("train-text", spec, "--data", data, "--out", model, "--checkpoint", checkpoint).ExitCode);
        Assert.Equal(0, TrainerRun.Of("train-text", spec, "--data", data, "--out", resumed, "--checkpoint", checkpoint, "--resume").ExitCode);

        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(resumed));
        TrainerResult other = TrainerRun.Of("train-text", spec, "--data", data, "--out", resumed, "--checkpoint", checkpoint, "--resume", "--seed", "9");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("seed", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void NatsPerSymbol_LongerThanAChunk_IsThatOfTheNetworksOutputsOverTheWholeText()
    {
        Architecture architecture = TextSpec.Parse("text.json", Spec).ToArchitecture(7);
        RnnModel model = new(architecture, Training.WeightInitializer.Create(architecture, 1));
        int[] text = [.. Enumerable.Range(0, 1500).Select(i => i * i % 7)];

        float[] outputs = new float[text.Length * 7];
        using RnnSession session = model.CreateSession();
        session.Run([.. text.Select(symbol => (float)symbol)], outputs);
        double expected = Enumerable.Range(0, text.Length - 1).Average(i => -Math.Log(outputs[7 * i + text[i + 1]]));

        Assert.Equal(expected, TextScore.NatsPerSymbol(model, text), 1e-9);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TrainText_Context_PredictsFromTheLastSymbolsAlone(bool returnsSequences)
    {
        using TestFolder folder = new();
        string spec = folder.Write("words.json", $$"""
            {
              "tokens": "words", "vocabulary": 5, "held_out": 0.2, "context": 2, "batch_size": 64, "embedding": 8,
              "layers": [ { "gru": { "units": 16, "return_sequences": {{(returnsSequences ? "true" : "false")}} } } ],
              "optimizer": { "adam": { "learning_rate": 0.02 } }, "epochs": 6, "seed": 3
            }
            """);
        // After b comes c or d, whichever did not come last time: three words back, but two tell nothing.
        string data = folder.Write("words.txt", string.Concat(Enumerable.Repeat("a b c a b d ", 200)));
        string path = folder.PathOf("m.nrnn");

        TrainerResult run = TrainerRun.Of("train-text", spec, "--data", data, "--out", path, "--threads", "1");
        TrainerResult evaluated = TrainerRun.Of("evaluate-text", path, "--data", data, "--held-out", "0.2", "--context", "2");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        RnnModel model = RnnModel.Load(path);
        int[] text = model.Vocabulary!.Encode(File.ReadAllText(data)[^480..]);
        double nats = TextScore.NatsPerSymbol(model, text, 2);
        // One word of three is a coin's toss.
        Assert.Equal(Math.Log(2) / 3, nats, 0.02);
        Assert.Contains(FormattableString.Invariant($"{nats:F4} nats a symbol"), evaluated.Output, StringComparison.Ordinal);
        using RnnSession session = model.CreateSession();
        float[] outputs = new float[(returnsSequences ? 2 : 1) * 5];
        double expected = 0;
        for (int at = 2; at < text.Length; at++)
        {
            session.Run([text[at - 2], text[at - 1]], outputs);
            expected -= Math.Log(outputs[^5..][text[at]]) / (text.Length - 2);
        }

        Assert.Equal(expected, nats, 1e-9);
        if (!returnsSequences)
            Assert.Contains("say with --context", TrainerRun.Of("evaluate-text", path, "--data", data).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"context\": 2, \"batch_size\": 8, \"chunk\": 3", "$.chunk: context and batch_size take the place")]
    [InlineData("\"streams\": 2, \"chunk\": 3, \"batch_size\": 8", "$.batch_size: this goes with context")]
    public void TextSpec_ContextBesideChunk_IsRefused(string settings, string expected)
    {
        string spec = $$"""{ "tokens": "characters", {{settings}}, "embedding": 2, "layers": [], "optimizer": "adam", "epochs": 1 }""";
        Assert.Contains(expected, Assert.Throws<SpecException>(() => TextSpec.Parse("text.json", spec)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NGrams_AnyContext_HaveProbabilitiesThatAddUpToOne()
    {
        int[] text = [.. Enumerable.Range(0, 300).Select(i => i * i % 5)];
        NGramModel model = new(text, 6, 3);

        foreach (int[] context in (int[][])[[], [0], [5], [1, 4], [4, 4, 1], [5, 5]])
            Assert.Equal(1, Enumerable.Range(0, 6).Sum(symbol => model.Probability(context, symbol)), 1e-12);
    }

    [Fact]
    public void NGrams_OrderTwoOfASmallText_AreWittenAndBellsByHand()
    {
        // 0 1 0 1 0: three 0 and two 1; after 0 came 1 twice, and nothing else.
        NGramModel model = new([0, 1, 0, 1, 0], 2, 2);

        double unigram = (2 + 2 * 0.5) / (5 + 2);
        Assert.Equal((2 + 1 * unigram) / (2 + 1), model.Probability([0], 1), 1e-12);
    }

    [Theory]
    [InlineData("\"tokens\": \"letters\"", "$.tokens")]
    [InlineData("\"tokens\": \"words\"", "$.vocabulary")]
    [InlineData("\"tokens\": \"characters\", \"window\": 5", "window")]
    public void Parse_BadSpecs_AreRefusedByPath(string tokens, string expected)
    {
        string spec = Spec.Replace("\"tokens\": \"characters\"", tokens, StringComparison.Ordinal);

        SpecException error = Assert.Throws<SpecException>(() => TextSpec.Parse("text.json", spec));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
