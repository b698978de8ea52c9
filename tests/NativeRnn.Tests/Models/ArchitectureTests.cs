namespace NativeRnn.Tests.Models;

public sealed class ArchitectureTests
{
    private static readonly string[] KerasNames = ["gru", "dense", "gru_1", "dropout", "gru_2", "dense_1", "bidirectional"];

    [Fact]
    public void Layers_SeveralOfAKind_AreNumberedFromTheSecond()
    {
        Architecture architecture = new ModelBuilder(3)
            .Gru(4, returnSequences: true)
            .Dense(5)
            .Gru(4, returnSequences: true)
            .Dropout(0.1f)
            .Gru(4, returnSequences: true)
            .Dense(2)
            .Bidirectional(new Gru(4))
            .Build();
        Assert.Equal(KerasNames, architecture.Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void Layers_OfAStack_PassTheirSizesOn()
    {
        Architecture architecture = new ModelBuilder(3)
            .Bidirectional(new Lstm(4) { ReturnSequences = true })
            .OutputRecurrentRnn(9, 2, returnSequences: true)
            .SimpleRnn(7)
            .Dense(5)
            .Build();
        Assert.Equal([(3, 8, true), (8, 2, true), (2, 7, false), (7, 5, false)], architecture.Layers.Select(layer => (layer.InputSize, layer.OutputSize, layer.ReturnsSequence)));
        Assert.Equal((3, 5, false), (architecture.InputSize, architecture.OutputSize, architecture.ReturnsSequence));
        Assert.Equal(2 * 4 * 2 + 2 + 7, architecture.StateSize);
    }

    [Fact]
    public void Parameters_OfAStack_AreNamedByLayerInFileOrder()
    {
        Architecture architecture = new ModelBuilder(2)
            .Bidirectional(new SimpleRnn(3) { ReturnSequences = true })
            .Add(new Gru(2) { ResetAfter = true, ReturnSequences = true })
            .Add(new Lstm(2) { Peepholes = true, ReturnSequences = true })
            .OutputRecurrentRnn(4, 1)
            .Build();
        string[] expected =
        [
            "bidirectional.forward.kernel [3, 2]", "bidirectional.forward.recurrent_kernel [3, 3]", "bidirectional.forward.bias [3]",
            "bidirectional.backward.kernel [3, 2]", "bidirectional.backward.recurrent_kernel [3, 3]", "bidirectional.backward.bias [3]",
            "gru.kernel [6, 6]", "gru.recurrent_kernel [6, 2]", "gru.bias [6]", "gru.recurrent_bias [6]",
            "lstm.kernel [8, 2]", "lstm.recurrent_kernel [8, 2]", "lstm.bias [8]", "lstm.peephole [6]",
            "output_recurrent_rnn.kernel [4, 2]", "output_recurrent_rnn.recurrent_kernel [4, 1]", "output_recurrent_rnn.bias [4]",
            "output_recurrent_rnn.output_kernel [1, 4]", "output_recurrent_rnn.output_bias [1]",
        ];
        Assert.Equal(expected, architecture.Parameters.Select(shape => shape.ToString()));
    }

    [Fact]
    public void Build_ModelBuilder_SetsWhatItsArgumentsSay()
    {
        Architecture architecture = new ModelBuilder(2)
            .SimpleRnn(3, Activation.Relu, returnSequences: true)
            .Gru(4, Activation.Softsign, returnSequences: true, resetAfter: true)
            .Lstm(5, Activation.Elu(), returnSequences: true)
            .OutputRecurrentRnn(6, 2, Activation.Sigmoid)
            .Dense(1, Activation.Gelu)
            .Build();
        Layer[] expected =
        [
            new SimpleRnn(3) { Activation = Activation.Relu, ReturnSequences = true },
            new Gru(4) { Activation = Activation.Softsign, ReturnSequences = true, ResetAfter = true },
            new Lstm(5) { Activation = Activation.Elu(), ReturnSequences = true },
            new OutputRecurrentRnn(6, 2) { Activation = Activation.Sigmoid },
            new Dense(1) { Activation = Activation.Gelu },
        ];
        Assert.Equal(expected, architecture.Layers.Select(layer => layer.Layer));
    }

    [Fact]
    public void Constructor_RecurrentAfterManyToOne_NamesTheLayer()
        => AssertRefused("gru_1", new Gru(3), new Gru(3));

    [Fact]
    public void Constructor_BidirectionalAfterManyToOneAndDense_NamesTheLayer()
        => AssertRefused("bidirectional", new Lstm(3), new Dense(2), new Bidirectional(new Gru(3)));

    public static TheoryData<Layer, string> SoftmaxInside => new()
    {
        { new SimpleRnn(3) { Activation = Activation.Softmax }, "simple_rnn" },
        { new OutputRecurrentRnn(3, 1) { Activation = Activation.Softmax }, "output_recurrent_rnn" },
        { new Gru(3) { Activation = Activation.Softmax }, "gru" },
        { new Gru(3) { RecurrentActivation = Activation.Softmax }, "RecurrentActivation" },
        { new Lstm(3) { Activation = Activation.Softmax }, "lstm" },
        { new Lstm(3) { RecurrentActivation = Activation.Softmax }, "RecurrentActivation" },
        { new Bidirectional(new Gru(3), new Gru(3) { Activation = Activation.Softmax }), "bidirectional.backward" },
    };

    [Theory]
    [MemberData(nameof(SoftmaxInside))]
    public void Constructor_SoftmaxInARecurrentLayer_IsRefused(Layer layer, string named) => AssertRefused(named, layer);

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1f)]
    [InlineData(1.5f)]
    [InlineData(float.NaN)]
    public void Constructor_RateOutOfRange_NamesLayerAndSetting(float rate)
    {
        AssertRefused("Rate", new Dropout(rate));
        AssertRefused("Dropout", new Gru(3) { Dropout = rate });
        AssertRefused("RecurrentDropout", new Lstm(3) { RecurrentDropout = rate });
        AssertRefused("bidirectional.forward: RecurrentDropout", new Bidirectional(new Gru(3) { RecurrentDropout = rate }));
    }

    [Theory]
    [InlineData(Merge.Sum)]
    [InlineData(Merge.Multiply)]
    [InlineData(Merge.Average)]
    public void Constructor_MergeOfDifferentSizes_NamesBoth(Merge merge)
    {
        ArgumentException error = AssertRefused("bidirectional", new Bidirectional(new Gru(3), new Gru(4)) { Merge = merge });
        Assert.Contains("3", error.Message, StringComparison.Ordinal);
        Assert.Contains("4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_ConcatOfDifferentSizes_IsAccepted()
        => Assert.Equal(7, new Architecture(2, [new Bidirectional(new Gru(3), new Lstm(4))]).OutputSize);

    [Fact]
    public void Constructor_DirectionsDisagreeOnSequences_IsRefused()
        => AssertRefused("ReturnSequences", new Bidirectional(new Gru(3) { ReturnSequences = true }, new Gru(3)));

    [Fact]
    public void Constructor_UnknownMerge_IsRefused()
        => AssertRefused("Merge", new Bidirectional(new Gru(3)) { Merge = (Merge)7 });

    [Fact]
    public void Constructor_UnknownOrInfiniteActivation_IsRefused()
    {
        AssertRefused("dense", new Dense(3) { Activation = new Activation((ActivationKind)99) });
        AssertRefused("dense", new Dense(3) { Activation = Activation.LeakyRelu(float.PositiveInfinity) });
        AssertRefused("dense", new Dense(3) { Activation = new Activation(ActivationKind.Tanh, 2) });
    }

    [Fact]
    public void Constructor_NoLayers_IsRefused() => Assert.Throws<ArgumentException>(() => new Architecture(3, []));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(Architecture.MaxSize + 1)]
    public void Constructor_SizeOutOfRange_IsRefused(int size)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Architecture(size, [new Dense(1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Gru(size));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lstm(size));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SimpleRnn(size));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dense(size));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OutputRecurrentRnn(3, size));
    }

    [Fact]
    public void Constructor_TooManyParameters_NamesTheLimit()
        => Assert.Contains("268435456", AssertRefused("dense", new Dense(Architecture.MaxSize), new Dense(Architecture.MaxSize)).Message, StringComparison.Ordinal);

    [Fact]
    public void Constructor_TooManyLayers_NamesTheLimit()
        => AssertRefused("256", [.. Enumerable.Repeat(new Dropout(0), Architecture.MaxLayers + 1)]);

    private static ArgumentException AssertRefused(string named, params Layer[] layers)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => new Architecture(2, layers));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        return error;
    }
}
