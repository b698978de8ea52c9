using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Format;

/// <summary>Models whose files the format's tests take apart.</summary>
internal static class SampleModels
{
    /// <summary>y = 2x - 0.5: the example of FORMAT.md.</summary>
    public static RnnModel Line { get; } = new(
        new Architecture(1, [new Dense(1)]),
        new Dictionary<string, float[]> { ["dense.kernel"] = [2], ["dense.bias"] = [-0.5f] });

    /// <summary>
    /// A GRU of one unit and a dense layer with recipe and self-test. Its file: table at 32, architecture at 200, recipe at 254,
    /// first tensor at 448.
    /// </summary>
    public static RnnModel Forecaster { get; } = WithRandomWeights(new Architecture(2, [new Gru(1), new Dense(1)]))
        .WithSelfTest(new SelfTest([0.25f, -1, 3, 0.5f], [0.125f]))
        .WithRecipe(new ForecastRecipe
        {
            TimeColumn = "date",
            Target = "temp",
            Unit = "°C",
            TargetMean = 11.5,
            TargetDeviation = 7.25,
            Window = 10,
            Horizon = 1,
            SamplingInterval = TimeSpan.FromDays(1),
            Inputs =
            [
                new RecipeInput("temp", "[temp]", 11.5, 7.25),
                new RecipeInput("season", "sin(2 * pi() * year_fraction())", 0, 0.7),
            ],
        });

    /// <summary>
    /// That forecaster, or one with finite weights in fewer bits. What a quantised file has less is in the padding: all three have one length
    /// and their tensors at the same places.
    /// </summary>
    public static RnnModel ForecasterOf(WeightType type) => type == WeightType.Float32
        ? Forecaster
        : new RandomModel(Forecaster.Architecture, seed: 4).Model.WithSelfTest(Forecaster.SelfTest).WithRecipe(Forecaster.Recipe).Quantize(type);

    /// <summary>Every layer kind and every variant, by a name for the test report.</summary>
    public static Dictionary<string, Architecture> Variants { get; } = new()
    {
        ["simple rnn"] = new(3, [new SimpleRnn(4)]),
        ["simple rnn, everything set"] = new(3,
        [
            new SimpleRnn(4) { ReturnSequences = true, Dropout = 0.1f, RecurrentDropout = 0.2f, Activation = Activation.Elu(0.7f) },
        ]),
        ["output-recurrent"] = new(3, [new OutputRecurrentRnn(4, 2)]),
        ["output-recurrent, everything set"] = new(3,
        [
            new OutputRecurrentRnn(4, 5)
            {
                ReturnSequences = true, Dropout = 0.1f, RecurrentDropout = 0.2f, Activation = Activation.LeakyRelu(0.01f),
            },
        ]),
        ["gru, reset before"] = new(3, [new Gru(4)]),
        ["gru, reset after"] = new(3, [new Gru(4) { ResetAfter = true }]),
        ["gru, everything set"] = new(3,
        [
            new Gru(4)
            {
                ResetAfter = true, ReturnSequences = true, Dropout = 0.3f, RecurrentDropout = 0.4f,
                Activation = Activation.Softsign, RecurrentActivation = Activation.HardSigmoidKeras2,
            },
        ]),
        ["lstm"] = new(3, [new Lstm(4)]),
        ["lstm, coupled gates"] = new(3, [new Lstm(4) { CoupledGates = true }]),
        ["lstm, peepholes"] = new(3, [new Lstm(4) { Peepholes = true }]),
        ["lstm, everything set"] = new(3,
        [
            new Lstm(4)
            {
                CoupledGates = true, Peepholes = true, ReturnSequences = true, Dropout = 0.5f, RecurrentDropout = 0.6f,
                Activation = Activation.Gelu, RecurrentActivation = Activation.HardSigmoidKeras3,
            },
        ]),
        ["simple rnn, initial state"] = new(3, [new SimpleRnn(4) { HasInitialState = true }]),
        ["output-recurrent, initial state"] = new(3, [new OutputRecurrentRnn(4, 2) { HasInitialState = true }]),
        ["gru, initial state"] = new(3, [new Gru(4) { ResetAfter = true, HasInitialState = true }]),
        ["bidirectional, initial state forward"] = new(3, [new Bidirectional(new Lstm(4) { HasInitialState = true }, new Gru(2))]),
        ["simple rnn, clip"] = new(3, [new SimpleRnn(4) { Clip = 3 }]),
        ["lstm, output activation"] = new(3, [new Lstm(4) { OutputActivation = Activation.Softsign }]),
        ["dense, hard sigmoid"] = new(3, [new Dense(4) { Activation = Activation.HardSigmoid(0.3f, 0.6f) }]),
        ["bidirectional, concat"] = new(3, [new Bidirectional(new Gru(4))]),
        ["bidirectional, sum"] = new(3, [new Bidirectional(new Lstm(4) { Peepholes = true }) { Merge = Merge.Sum }]),
        ["bidirectional, multiply"] = new(3,
        [
            new Bidirectional(new SimpleRnn(4) { ReturnSequences = true }) { Merge = Merge.Multiply },
        ]),
        ["bidirectional, average"] = new(3, [new Bidirectional(new OutputRecurrentRnn(4, 2)) { Merge = Merge.Average }]),
        ["bidirectional, unlike directions"] = new(3,
        [
            new Bidirectional(new Gru(4) { Dropout = 0.1f }, new Lstm(6) { Peepholes = true }),
        ]),
        ["dense, time-distributed"] = new(3, [new Dense(4) { Activation = Activation.Softmax }]),
        ["reverse and last step"] = new(3, [new Reverse(), new SimpleRnn(4) { ReturnSequences = true }, new LastStep()]),
        ["embedding"] = new(1, [new Embedding(7, 5), new Gru(4)]),
        ["encoder-decoder"] = new ModelBuilder(3).Gru(4).Decoder(2).Dense(3).Gru(4, returnSequences: true).Dense(2).Build(),
        ["dropout alone, no weights"] = new(3, [new Dropout(0.5f)]),
        ["stacked"] = new(3,
        [
            new Gru(4) { ReturnSequences = true },
            new Dropout(0.25f),
            new Bidirectional(new Lstm(2) { ReturnSequences = true }),
            new Gru(5),
            new Dense(4) { Activation = Activation.Relu },
            new Dense(2),
        ]),
    };

    /// <summary>A model with weights of every kind of bits, numbers that are none included.</summary>
    public static RnnModel WithRandomWeights(Architecture architecture, int seed = 1)
    {
        Random random = new(seed);
        Dictionary<string, float[]> weights = [];
        foreach (ParameterShape shape in architecture.Parameters)
        {
            var values = new float[shape.Count];
            for (int i = 0; i < values.Length; i++)
                values[i] = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            weights.Add(shape.Name, values);
        }

        return new RnnModel(architecture, weights);
    }
}
