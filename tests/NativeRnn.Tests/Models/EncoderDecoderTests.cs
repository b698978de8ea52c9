using NativeRnn.Tests.Format;
using NativeRnn.Tests.Reference;
using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Models;

/// <summary>Delayed many-to-many: one chain reads a sequence, another writes one from its state.</summary>
public sealed class EncoderDecoderTests
{
    private static readonly Dictionary<string, RecurrentLayer> Cells = new()
    {
        ["simple rnn"] = new SimpleRnn(5),
        ["output-recurrent"] = new OutputRecurrentRnn(5, 4),
        ["gru"] = new Gru(18),
        ["gru, reset after"] = new Gru(5) { ResetAfter = true },
        ["lstm"] = new Lstm(18),
        ["lstm, coupled, peepholes"] = new Lstm(5) { CoupledGates = true, Peepholes = true },
    };

    public static TheoryData<string> CellNames => [.. Cells.Keys];

    private static RandomModel Stacked => new(Create([new Gru(6) { ReturnSequences = true }, new Dropout(0.2f), new Lstm(7)]));

    [Theory]
    [MemberData(nameof(CellNames))]
    public void Run_EachCell_IsTheReferencesOfItsOwnOutputs(string cell)
    {
        RandomModel sample = new(Create([Cells[cell]]));
        AssertReference(sample);
        Assert.Equal(["decoder." + Cells[cell].Kind, "decoder.dense"], sample.Architecture.Decoder!.Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void Run_Stack_HandsEachLayersStateToTheOneOfItsRank() => AssertReference(Stacked);

    [Fact]
    public void Run_OfSymbols_ReadsTheMostLikelyOne()
    {
        RandomModel sample = new(new ModelBuilder(3)
            .Gru(6)
            .Decoder(1).Embedding(5, 4).Gru(6, returnSequences: true).Dense(5, Activation.Softmax)
            .Build());
        float[] input = sample.Inputs(4);
        float[] output = Run(sample, input, rows: 6);

        ReferenceRun encoded = sample.RunReference(input);
        List<double[]> read = [[0]];
        for (int step = 0; step < 6; step++)
        {
            double[] row = ReferenceNetwork.Run(sample.Architecture.Decoder!, sample.Weights, [.. read], encoded.FinalState).Outputs[^1];
            Closeness.AssertWithin(1e-6, row, output.AsSpan(step * 5, 5), $"step {step}");
            read.Add([Array.IndexOf(row, row.Max())]);
        }

        Assert.True(read.Select(symbol => symbol[0]).Distinct().Count() > 1, "The sample writes one symbol alone, which proves little.");
    }

    [Fact]
    public void RunBatch_OnSeveralThreads_GivesTheBitsOfEachAlone()
    {
        RandomModel sample = Stacked;
        float[] inputs = sample.Inputs(4, batch: 5);
        float[] outputs = new float[5 * 3 * 2];
        using RnnSession session = sample.CreateSession(maxBatch: 5, threads: 2);
        session.RunBatch(inputs, 5, outputs);
        for (int i = 0; i < 5; i++)
            Bits.AssertEqual(Run(sample, inputs[(i * 12)..(i * 12 + 12)], rows: 3), outputs.AsSpan(i * 6, 6), $"sequence {i}");
    }

    [Fact]
    public void Run_OnEveryWidth_GivesTheSameBits()
    {
        RandomModel sample = Stacked;
        float[] input = sample.Inputs(9);
        float[] expected = Run(sample, input, rows: 5, VectorWidth.Scalar);
        foreach (VectorWidth width in AcceleratedWidths.All)
            Bits.AssertEqual(expected, Run(sample, input, rows: 5, width), $"{width}");
    }

    [Fact]
    public void Step_RowByRow_WritesWhatTheSequenceSoFarGives()
    {
        RandomModel sample = Stacked;
        float[] input = sample.Inputs(4);
        using RnnSession session = sample.CreateSession();
        float[] output = new float[4 * 2];
        session.Reset();
        for (int step = 1; step <= 4; step++)
        {
            session.Step(input.AsSpan((step - 1) * 3, 3), output);
            Bits.AssertEqual(Run(sample, input[..(step * 3)], rows: 4), output, $"after step {step}");
        }

        float[] shorter = new float[2];
        session.Run(input, shorter);
        Bits.AssertEqual(output.AsSpan(0, 2), shorter, "one row of the same");
    }

    [Fact]
    public void Run_AfterWarmUp_AllocatesNothing()
    {
        RandomModel sample = Stacked;
        float[] inputs = sample.Inputs(20, batch: 3);
        float[] outputs = new float[3 * 24 * 2];
        using RnnSession session = sample.CreateSession(maxBatch: 3);
        for (int i = 0; i < 3; i++)
            session.RunBatch(inputs, 3, outputs);

        Assert.Equal(0, Allocated.By(() => session.RunBatch(inputs, 3, outputs)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Run_OutputThatIsNoWholeRows_IsRefused(int length)
    {
        using RnnSession session = Stacked.CreateSession();
        var error = Assert.Throws<ArgumentException>(() => session.Run(new float[6], new float[length]));
        Assert.Contains("whole rows of 2 values", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_ChainsThatDoNotFit_AreRefusedByName()
    {
        AssertRefused([new Gru(4) { ReturnSequences = true }], 2, [new Gru(4) { ReturnSequences = true }, new Dense(2)], "An encoder ends with a recurrent layer that gives its last state only, but gru");
        AssertRefused([new Gru(4), new Dense(4)], 2, [new Gru(4) { ReturnSequences = true }, new Dense(2)], "but dense is none");
        AssertRefused([new Gru(4)], 2, [new Gru(5) { ReturnSequences = true }, new Dense(2)], "gru cannot go on from the state of the encoder's gru");
        AssertRefused([new Gru(4)], 2, [new Lstm(4) { ReturnSequences = true }, new Dense(2)], "lstm cannot go on");
        AssertRefused([new Bidirectional(new Gru(4) { ReturnSequences = true }), new Gru(4)], 2, [new Gru(8) { ReturnSequences = true }, new Gru(4) { ReturnSequences = true }, new Dense(2)], "encoder's bidirectional");
        AssertRefused([new Gru(4)], 2, [new Dense(2)], "there are 0 and 1");
        AssertRefused([new Gru(4)], 2, [new Gru(4), new Dense(2)], "A decoder gives an output at every step");
        AssertRefused([new Gru(4)], 3, [new Gru(4) { ReturnSequences = true }, new Dense(2)], "takes 3 features and gives 2 outputs");
        AssertRefused([new Gru(4)], 1, [new Embedding(3, 2), new Gru(4) { ReturnSequences = true }, new Dense(2)], "takes 3 symbols and gives 2 outputs");
        AssertRefused([new Gru(4)], 2, [new Gru(4) { ReturnSequences = true, HasInitialState = true }, new Dense(2)], "no initial state of its own");
        AssertRefused([new Gru(4)], 2, [new Reverse(), new Gru(4) { ReturnSequences = true }, new Dense(2)], "reverse needs the whole sequence");
        Assert.Throws<InvalidOperationException>(() => new ModelBuilder(3).Gru(4).Decoder(1).Decoder(1));
    }

    [Fact]
    public void Parse_BytesWithSelfTest_GivesTheSameNetwork()
    {
        RandomModel sample = Stacked;
        float[] input = sample.Inputs(4);
        float[] output = Run(sample, input, rows: 3);
        byte[] file = sample.Model.WithSelfTest(new SelfTest(input, output)).ToBytes();

        RnnModel read = RnnModel.Parse(file);

        Assert.Equal(file, read.ToBytes());
        Assert.Equal(sample.Architecture.Parameters, read.Architecture.Parameters);
        Assert.Equal(sample.Architecture.Decoder!.Layers.Select(layer => layer.Layer), read.Architecture.Decoder!.Layers.Select(layer => layer.Layer));
        Assert.Equal(0, read.SelfTest!.LargestError(read));
        Assert.Equal(6, read.SelfTest.Output.Length);
    }

    [Fact]
    public void Parse_DecoderWithoutItsFlag_IsRefused()
    {
        byte[] file = Stacked.Model.ToBytes();
        Assert.Equal(4, file[28]);
        file[28] = 0;
        var error = Assert.Throws<ModelFormatException>(() => RnnModel.Parse(ModelBytes.WithChecksum(file)));
        Assert.Contains("architecture: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_ShowsBothChains()
    {
        string[] lines = Stacked.Model.Summary().Split('\n');
        Assert.Contains(lines, line => line.StartsWith("decoder input ", StringComparison.Ordinal) && line.Contains("[steps, 2]", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("decoder.lstm ", StringComparison.Ordinal) && line.Contains("[steps, 7]", StringComparison.Ordinal));
    }

    private static Architecture Create(Layer[] encoder)
    {
        IEnumerable<Layer> decoder = encoder.Select(layer => layer is RecurrentLayer recurrent ? recurrent with { ReturnSequences = true } : layer);
        return new Architecture(3, encoder, new Architecture(2, [.. decoder, new Dense(2)]));
    }

    private static float[] Run(RandomModel sample, float[] input, int rows, VectorWidth width = VectorWidth.Auto)
    {
        float[] output = new float[rows * sample.Architecture.OutputSize];
        using RnnSession session = sample.CreateSession(width);
        session.Run(input, output);
        return output;
    }

    private static void AssertReference(RandomModel sample)
    {
        const int Rows = 5;
        float[] input = sample.Inputs(7);
        float[] output = Run(sample, input, Rows);

        ReferenceRun encoded = sample.RunReference(input);
        List<double[]> read = [[0, 0]];
        for (int step = 0; step < Rows; step++)
            read.Add(ReferenceNetwork.Run(sample.Architecture.Decoder!, sample.Weights, [.. read], encoded.FinalState).Outputs[^1]);
        Closeness.AssertWithin(2e-6, [.. read.Skip(1).SelectMany(row => row)], output, "outputs");
    }

    private static void AssertRefused(Layer[] encoder, int decoderInputs, Layer[] decoder, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => new Architecture(3, encoder, new Architecture(decoderInputs, decoder)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
