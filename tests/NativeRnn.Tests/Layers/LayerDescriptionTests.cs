namespace NativeRnn.Tests.Layers;

/// <summary>What a summary says of a layer's variant, and what a layer that cannot be says of itself.</summary>
public sealed class LayerDescriptionTests
{
    private static readonly Dictionary<string, Layer> Layers = new()
    {
        [""] = new SimpleRnn(4),
        ["relu"] = new SimpleRnn(4) { Activation = Activation.Relu },
        ["relu, clip 0.5, initial state"] = new SimpleRnn(4) { Activation = Activation.Relu, Clip = 0.5f, HasInitialState = true },
        ["4 hidden units"] = new OutputRecurrentRnn(4, 2),
        ["4 hidden units, elu(0.7)"] = new OutputRecurrentRnn(4, 2) { Activation = Activation.Elu(0.7f) },
        ["reset before"] = new Gru(4),
        ["reset after"] = new Gru(4) { ResetAfter = true },
        ["reset before, relu, gates sigmoid"] = new Gru(4) { Activation = Activation.Relu },
        ["reset before, tanh, gates hard_sigmoid_keras3"] = new Gru(4) { RecurrentActivation = Activation.HardSigmoidKeras3 },
        [" "] = new Lstm(4),
        ["coupled gates"] = new Lstm(4) { CoupledGates = true },
        ["peepholes"] = new Lstm(4) { Peepholes = true },
        ["coupled gates, peepholes, clip 2"] = new Lstm(4) { CoupledGates = true, Peepholes = true, Clip = 2 },
        ["gru, concat, reset before"] = new Bidirectional(new Gru(4)),
        ["simple_rnn, sum"] = new Bidirectional(new SimpleRnn(4)) { Merge = Merge.Sum },
        ["  "] = new Dense(4),
        ["softmax"] = new Dense(4) { Activation = Activation.Softmax },
        ["rate 0.25"] = new Dropout(0.25f),
        ["   "] = new Reverse(),
        ["5 symbols"] = new Embedding(5, 4),
    };

    public static TheoryData<string> Descriptions => [.. Layers.Keys];

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void Describe_SaysWhatIsNotTheDefault(string description) => Assert.Equal(description.Trim(), Layers[description].Describe());

    [Fact]
    public void Constructor_SoftmaxInACell_NamesLayerAndSetting()
    {
        Activation softmax = Activation.Softmax;
        AssertRefused("simple_rnn: Activation cannot be softmax", new SimpleRnn(4) { Activation = softmax });
        AssertRefused("output_recurrent_rnn: Activation cannot be softmax", new OutputRecurrentRnn(4, 2) { Activation = softmax });
        AssertRefused("gru: Activation cannot be softmax", new Gru(4) { Activation = softmax });
        AssertRefused("gru: RecurrentActivation cannot be softmax", new Gru(4) { RecurrentActivation = softmax });
        AssertRefused("lstm: Activation cannot be softmax", new Lstm(4) { Activation = softmax });
        AssertRefused("lstm: RecurrentActivation cannot be softmax", new Lstm(4) { RecurrentActivation = softmax });
        AssertRefused("lstm: OutputActivation cannot be softmax", new Lstm(4) { OutputActivation = softmax });
    }

    [Fact]
    public void Constructor_UnknownActivation_NamesLayerAndSetting()
    {
        Activation unknown = new((ActivationKind)200);
        AssertRefused("simple_rnn: Activation is not a known activation", new SimpleRnn(4) { Activation = unknown });
        AssertRefused("output_recurrent_rnn: Activation is not a known activation", new OutputRecurrentRnn(4, 2) { Activation = unknown });
        AssertRefused("gru: Activation is not a known activation", new Gru(4) { Activation = unknown });
        AssertRefused("gru: RecurrentActivation is not a known activation", new Gru(4) { RecurrentActivation = unknown });
        AssertRefused("lstm: Activation is not a known activation", new Lstm(4) { Activation = unknown });
        AssertRefused("lstm: RecurrentActivation is not a known activation", new Lstm(4) { RecurrentActivation = unknown });
        AssertRefused("lstm: OutputActivation is not a known activation", new Lstm(4) { OutputActivation = unknown });
        AssertRefused("dense: Activation is not a known activation", new Dense(4) { Activation = unknown });
        AssertRefused("bidirectional.forward: Activation is not a known activation", new Bidirectional(new SimpleRnn(4) { Activation = unknown }));
    }

    [Theory]
    [InlineData("tanh(1)", "'tanh(1)' is not an activation: tanh takes no finite numbers in brackets.")]
    [InlineData("elu(x)", "'elu(x)' is not an activation: elu takes 1 finite number in brackets.")]
    [InlineData("elu(NaN)", "'elu(NaN)' is not an activation: elu takes 1 finite number in brackets.")]
    [InlineData("elu(1", "'elu(1' is not an activation: elu takes 1 finite number in brackets.")]
    [InlineData("affine(1)", "'affine(1)' is not an activation: affine takes 2 finite numbers in brackets.")]
    [InlineData("affine", "'affine' is not an activation: affine takes 2 finite numbers in brackets.")]
    [InlineData("tan", "Unknown activation 'tan'; known are linear, tanh, sigmoid, relu, ")]
    public void Parse_NotAnActivation_SaysWhy(string text, string message)
        => Assert.StartsWith(message, Assert.Throws<FormatException>(() => Activation.Parse(text)).Message, StringComparison.Ordinal);

    private static void AssertRefused(string message, Layer layer)
        => Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => new Architecture(3, [layer])).Message, StringComparison.Ordinal);
}
