using NativeRnn.Interop.Onnx;

namespace NativeRnn.Interop.Tests.Onnx;

public sealed class OnnxExportTests
{
    private const int ModelsPerSeed = 25;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public void Export_RandomModel_OnnxRuntimeGivesOurNumbers(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < ModelsPerSeed; i++)
        {
            RnnModel model = RandomNetwork.Create(random);
            byte[] onnx = OnnxExporter.ToBytes(model);
            int steps = random.Next(1, 9), batch = random.Next(1, 4), features = model.Architecture.InputSize;
            float[] input = RandomNetwork.Inputs(random, model, steps * batch);

            float[] expected = OnnxRuntimeRun.Of(onnx, input, steps, batch, features);

            float[] actual = RandomNetwork.Run(model, RandomNetwork.SwapOuter(input, steps, batch, features), batch, steps);
            if (model.Architecture.ReturnsSequence)
                actual = RandomNetwork.SwapOuter(actual, batch, steps, model.Architecture.OutputSize);
            RandomNetwork.AssertClose(expected, actual, $"model {i} of seed {seed}\n{model.Summary()}");
        }
    }

    [Fact]
    public void Export_ThenImport_GivesTheSameModel()
    {
        Random random = new(77);
        for (int i = 0; i < 200; i++)
        {
            RnnModel model = RandomNetwork.Create(random);

            RnnModel back = OnnxImporter.Parse(OnnxExporter.ToBytes(model));

            Assert.Equal(model.Architecture.Layers.Select(layer => layer.Layer), back.Architecture.Layers.Select(layer => layer.Layer));
            foreach (ParameterShape shape in model.Architecture.Parameters)
                Assert.Equal(model.Weights(shape.Name), back.Weights(shape.Name));
        }
    }

    /// <summary>The output that is fed back, which ONNX has as a simple RNN of a unit or two more with an output layer.</summary>
    [Fact]
    public void Export_OutputRecurrent_OnnxRuntimeGivesOurNumbers()
    {
        Random random = new(9);
        Activation[] activations =
        [
            Activation.Tanh, Activation.Sigmoid, Activation.Relu, Activation.Linear, Activation.Softsign, Activation.Softplus, Activation.Elu(0.7f),
            Activation.HardSigmoidKeras2, Activation.ScaledTanh(1.2f, 0.7f), Activation.Affine(0.8f, 0.1f), Activation.ThresholdedRelu(0.2f),
        ];
        for (int i = 0; i < 8 * activations.Length; i++)
        {
            RecurrentLayer layer = new OutputRecurrentRnn(random.Next(1, 9), random.Next(1, 5)) { Activation = activations[i % activations.Length] };
            layer = layer with { ReturnSequences = random.Next(2) == 0, HasInitialState = random.Next(2) == 0, Clip = random.Next(3) == 0 ? 0.4f : 0 };
            RnnModel model = RandomNetwork.WithWeights(random, new Architecture(3, [i % 3 == 0 ? new Bidirectional(layer) : layer, new Dense(2)]));
            float[] input = RandomNetwork.Uniform(random, 7 * 3, 1);

            float[] expected = OnnxRuntimeRun.Of(OnnxExporter.ToBytes(model), input, 7, 1, 3);

            RandomNetwork.AssertClose(expected, RandomNetwork.Run(model, input, 1, 7), $"model {i}\n{model.Summary()}");
        }
    }

    [Fact]
    public void Export_LastStepOfBothDirections_ComesBack()
    {
        Architecture architecture = new(3, [new Bidirectional(new Gru(4) { ReturnSequences = true }), new LastStep(), new Dense(2)]);
        RnnModel model = RandomNetwork.WithWeights(new Random(5), architecture);
        float[] input = RandomNetwork.Uniform(new Random(6), 5 * 3, 1);

        byte[] onnx = OnnxExporter.ToBytes(model);

        RandomNetwork.AssertClose(OnnxRuntimeRun.Of(onnx, input, 5, 1, 3), RandomNetwork.Run(model, input, 1, 5), "last step");
        Assert.Equal(architecture.Layers.Select(layer => layer.Layer), OnnxImporter.Parse(onnx).Architecture.Layers.Select(layer => layer.Layer));
    }

    public static TheoryData<string, string> Refused => new()
    {
        { "output-recurrent of zeros", "output_recurrent_rnn: ONNX cannot say an output that is fed back through the activation affine(0,0)." },
        { "output-recurrent selu", "output_recurrent_rnn: ONNX cannot say the activation selu within a recurrent layer." },
        { "selu", "simple_rnn: ONNX cannot say the activation selu within a recurrent layer." },
        { "gelu gate", "bidirectional.backward: ONNX cannot say the activation gelu within a recurrent layer." },
        { "coupled tanh", "lstm: ONNX cannot say coupled gates with the gate activation tanh, whose input gate is no function of the same kind." },
    };

    [Fact]
    public void Export_EncoderDecoder_IsRefused()
    {
        Architecture architecture = new(2, [new Gru(3)], decoder: new Architecture(1, [new Gru(3) { ReturnSequences = true }, new Dense(1)]));
        Dictionary<string, float[]> weights = architecture.Parameters.ToDictionary(shape => shape.Name, shape => new float[shape.Count]);

        Assert.StartsWith("An encoder-decoder cannot be exported", Assert.Throws<NotSupportedException>(() => OnnxExporter.ToBytes(new RnnModel(architecture, weights))).Message);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Export_WhatOnnxCannotSay_IsRefusedByName(string what, string message)
    {
        Layer layer = what switch
        {
            "output-recurrent of zeros" => new OutputRecurrentRnn(3, 2) { Activation = Activation.Affine(0, 0) },
            "output-recurrent selu" => new OutputRecurrentRnn(3, 2) { Activation = Activation.Selu },
            "selu" => new SimpleRnn(3) { Activation = Activation.Selu },
            "gelu gate" => new Bidirectional(new Gru(3), new Gru(3) { RecurrentActivation = Activation.Gelu }),
            _ => new Lstm(3) { CoupledGates = true, RecurrentActivation = Activation.Tanh },
        };
        RnnModel model = RandomNetwork.WithWeights(new Random(1), new Architecture(2, [layer]));

        Assert.Equal(message, Assert.Throws<NotSupportedException>(() => OnnxExporter.ToBytes(model)).Message);
    }
}
