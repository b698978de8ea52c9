namespace NativeRnn.Trainer.Tests;

public sealed class LayerSpecTests
{
    public static TheoryData<string, Layer> Layers => new()
    {
        { """{ "simple_rnn": { "units": 3 } }""", new SimpleRnn(3) },
        {
            """{ "simple_rnn": { "units": 3, "activation": "leaky_relu(0.3)", "dropout": 0.25, "recurrent_dropout": 0.5 } }""",
            new SimpleRnn(3) { Activation = Activation.LeakyRelu(0.3f), Dropout = 0.25f, RecurrentDropout = 0.5f }
        },
        { """{ "output_recurrent_rnn": { "units": 3, "outputs": 2 } }""", new OutputRecurrentRnn(3, 2) },
        {
            """{ "output_recurrent_rnn": { "units": 3, "outputs": 2, "activation": "relu", "dropout": 0.5 } }""",
            new OutputRecurrentRnn(3, 2) { Activation = Activation.Relu, Dropout = 0.5f }
        },
        { """{ "gru": { "units": 3 } }""", new Gru(3) },
        {
            """{ "gru": { "units": 3, "reset_after": true, "activation": "softsign", "recurrent_activation": "hard_sigmoid_keras2" } }""",
            new Gru(3) { ResetAfter = true, Activation = Activation.Softsign, RecurrentActivation = Activation.HardSigmoidKeras2 }
        },
        { """{ "lstm": { "units": 3 } }""", new Lstm(3) },
        { """{ "lstm": { "units": 3, "coupled_gates": true } }""", new Lstm(3) { CoupledGates = true } },
        { """{ "lstm": { "units": 3, "peepholes": true } }""", new Lstm(3) { Peepholes = true } },
        {
            """{ "lstm": { "units": 3, "activation": "elu(0.5)", "recurrent_activation": "hard_sigmoid_keras3" } }""",
            new Lstm(3) { Activation = Activation.Elu(0.5f), RecurrentActivation = Activation.HardSigmoidKeras3 }
        },
        { """{ "bidirectional": { "layer": { "gru": { "units": 3 } } } }""", new Bidirectional(new Gru(3)) },
        { """{ "bidirectional": { "layer": { "gru": { "units": 3 } }, "merge": "concat" } }""", new Bidirectional(new Gru(3)) },
        { """{ "bidirectional": { "layer": { "lstm": { "units": 3 } }, "merge": "sum" } }""", new Bidirectional(new Lstm(3)) { Merge = Merge.Sum } },
        {
            """{ "bidirectional": { "layer": { "simple_rnn": { "units": 3 } }, "merge": "multiply" } }""",
            new Bidirectional(new SimpleRnn(3)) { Merge = Merge.Multiply }
        },
        {
            """{ "bidirectional": { "forward": { "gru": { "units": 3 } }, "backward": { "lstm": { "units": 3 } }, "merge": "average" } }""",
            new Bidirectional(new Gru(3), new Lstm(3)) { Merge = Merge.Average }
        },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void ReadNetwork_RecurrentLayer_IsAsWritten(string json, Layer expected)
    {
        Architecture architecture = TrainingSpec.Parse("spec.json", SpecText.Daily.With("layers", $$"""[{{json}}, { "dense": { "units": 1 } }]""")).Architecture;

        Assert.Equal(expected, architecture.Layers[0].Layer);
        Assert.Equal(new Dense(1), architecture.Layers[1].Layer);
        Assert.Equal(2, architecture.Layers.Count);
        Assert.Equal(1, architecture.InputSize);
    }

    [Fact]
    public void ReadNetwork_StackWithEveryKind_IsAsWritten()
    {
        const string Stack = """
            [
              { "gru": { "units": 4, "return_sequences": true } },
              { "dropout": { "rate": 0.5 } },
              { "dense": { "units": 3, "activation": "softmax" } },
              { "bidirectional": { "layer": { "lstm": { "units": 2, "return_sequences": true } } } },
              { "simple_rnn": { "units": 2 } },
              { "dense": { "units": 1, "activation": "sigmoid" } }
            ]
            """;

        Architecture architecture = TrainingSpec.Parse("spec.json", SpecText.Daily.With("layers", Stack)).Architecture;

        Layer[] expected =
        [
            new Gru(4) { ReturnSequences = true },
            new Dropout(0.5f),
            new Dense(3) { Activation = Activation.Softmax },
            new Bidirectional(new Lstm(2) { ReturnSequences = true }),
            new SimpleRnn(2),
            new Dense(1) { Activation = Activation.Sigmoid },
        ];
        Assert.Equal(expected, architecture.Layers.Select(layer => layer.Layer));
    }

    [Theory]
    [InlineData("""[]""", "$.layers: found an empty list, expected a list in brackets with at least one entry")]
    [InlineData("""[{ "gruu": { "units": 1 } }]""", "$.layers[0]: found 'gruu', expected one of simple_rnn, output_recurrent_rnn, gru, lstm, bidirectional, dense, dropout")]
    [InlineData("""[{ "gru": { "units": 1 }, "dense": { "units": 1 } }]""", "$.layers[0]: found an object, expected one of simple_rnn")]
    [InlineData("""[{ "gru": { "unit": 1 } }]""", "$.layers[0].gru: there is no property 'unit' here; there are units, activation,")]
    [InlineData("""[{ "simple_rnn": { "units": 1, "reset_after": true } }]""", "$.layers[0].simple_rnn: there is no property 'reset_after' here")]
    [InlineData("""["gru"]""", "$.layers[0].gru.units: this property is missing")]
    [InlineData("""[{ "gru": { "units": 0 } }]""", "$.layers[0].gru.units: found 0, expected a whole number from 1 to 65536")]
    [InlineData("""[{ "gru": { "units": 1.5 } }]""", "$.layers[0].gru.units: found 1.5, expected")]
    [InlineData("""[{ "gru": { "units": "8" } }]""", "$.layers[0].gru.units: found '8', expected")]
    [InlineData("""[{ "gru": { "units": 1, "dropout": 1 } }]""", "$.layers[0].gru.dropout: found 1, expected a number of at least 0 and below 1")]
    [InlineData("""[{ "gru": { "units": 1, "reset_after": 1 } }]""", "$.layers[0].gru.reset_after: found 1, expected true or false")]
    [InlineData("""[{ "gru": { "units": 1, "recurrent_activation": "hard_sigmoid" } }]""", "$.layers[0].gru.recurrent_activation: 'hard_sigmoid' means several functions")]
    [InlineData("""[{ "gru": { "units": 1, "activation": "softmax" } }]""", "$.layers[0].gru.activation: softmax is for dense layers only")]
    [InlineData("""[{ "output_recurrent_rnn": { "units": 1 } }]""", "$.layers[0].output_recurrent_rnn.outputs: this property is missing")]
    [InlineData("""[{ "bidirectional": {} }]""", "$.layers[0].bidirectional: layer is missing")]
    [InlineData("""[{ "bidirectional": { "layer": { "dense": { "units": 1 } } } }]""", "$.layers[0].bidirectional.layer: found 'dense', expected one of simple_rnn, output_recurrent_rnn, gru, lstm")]
    [InlineData("""[{ "bidirectional": { "layer": { "gru": { "units": 1 } }, "merge": "add" } }]""", "$.layers[0].bidirectional.merge: found 'add', expected one of concat, sum, multiply, average")]
    [InlineData("""[{ "bidirectional": { "layer": { "gru": { "units": 1 } }, "forward": { "gru": { "units": 1 } } } }]""", "$.layers[0].bidirectional: give either layer")]
    [InlineData("""[{ "bidirectional": { "forward": { "gru": { "units": 1 } } } }]""", "$.layers[0].bidirectional.backward: this property is missing")]
    [InlineData("""[{ "gru": { "units": 1 } }, { "gru": { "units": 1 } }]""", "$.layers[1]: a recurrent layer needs a sequence")]
    [InlineData("""[{ "gru": { "units": 1, "return_sequences": true } }]""", "$.layers: the network gives an output for every step")]
    [InlineData("""[{ "gru": { "units": 3 } }]""", "$.layers: the network gives 3 outputs, but a forecast is 1, or 2 for every step of the horizon")]
    [InlineData("""[{ "dropout": { "rate": -0.1 } }]""", "$.layers[0].dropout.rate: found -0.1, expected")]
    public void ReadNetwork_Error_NamesPathAndExpectation(string layers, string expected)
    {
        SpecException exception = Assert.Throws<SpecException>(() => TrainingSpec.Parse("spec.json", SpecText.Daily.With("layers", layers)));

        Assert.StartsWith("spec.json, " + expected, exception.Message);
    }
}
