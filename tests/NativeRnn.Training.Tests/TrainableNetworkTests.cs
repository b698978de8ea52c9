namespace NativeRnn.Training.Tests;

public sealed class TrainableNetworkTests
{
    public static TheoryData<Layer[]> Networks()
    {
        TheoryData<Layer[]> rows = new();
        rows.Add([new SimpleRnn(5) { ReturnSequences = true, Activation = Activation.Gelu }, new OutputRecurrentRnn(4, 3)]);
        rows.Add([new Gru(5) { ReturnSequences = true, Dropout = 0.3f, RecurrentDropout = 0.3f }, new Gru(4) { ResetAfter = true }, new Dense(2)]);
        rows.Add([new Lstm(5) { ReturnSequences = true, Peepholes = true }, new Lstm(4) { CoupledGates = true, RecurrentDropout = 0.3f }]);
        rows.Add([new Bidirectional(new Gru(4) { ReturnSequences = true }) { Merge = Merge.Multiply }, new Dropout(0.4f), new Dense(3)]);
        rows.Add([new Bidirectional(new Lstm(4)), new Dense(3) { Activation = Activation.Softmax }]);
        rows.Add([new Gru(4) { ReturnSequences = true }]);
        return rows;
    }

    /// <summary>Buffers are as large as the largest batch and are used again and again; nothing of an earlier batch may show.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void Backward_AfterALargerBatch_GivesTheBitsOfAFreshNetwork(Layer[] layers)
    {
        Architecture architecture = new(3, layers);
        TestProblem large = new(architecture, batch: 5, steps: 7, architecture.ReturnsSequence ? 7 : 1, seed: 1);
        TestProblem small = new(architecture, batch: 3, steps: 4, targetRows: 1, seed: 2);
        Weights<double> weights = new(architecture, large.Weights);
        TrainableNetwork<double> used = new(weights, Loss.MeanSquaredError, new Extent(7, 5), wantsInputGradient: true);
        TrainableNetwork<double> fresh = new(weights, Loss.MeanSquaredError, new Extent(7, 5), wantsInputGradient: true);

        Run(used, large, new Extent(7, 5), seed: 1);
        (double loss, double[] gradient) = Run(used, small, new Extent(4, 3), seed: null);
        (double expectedLoss, double[] expected) = Run(fresh, small, new Extent(4, 3), seed: null);

        Assert.Equal(expectedLoss, loss);
        Assert.Equal(expected, gradient);
        Assert.Equal(fresh.InputGradient.ToArray(), used.InputGradient.ToArray());
    }

    [Fact]
    public void Create_SettingsThatCannotBeTrained_AreRefusedByName()
    {
        (Layer Layer, string Message)[] refused =
        [
            (new Gru(2) { HasInitialState = true }, "gru: an initial state among the weights cannot be trained."),
            (new SimpleRnn(2) { Clip = 3 }, "simple_rnn: a layer with Clip cannot be trained."),
            (new Bidirectional(new Lstm(2) { OutputActivation = Activation.Relu }), "bidirectional.forward: an LSTM with an OutputActivation of its own cannot be trained."),
        ];
        foreach ((Layer layer, string message) in refused)
        {
            Architecture architecture = new(3, [layer]);
            TestProblem problem = new(architecture, batch: 2, steps: 3, targetRows: 1, seed: 1);
            Weights<double> weights = new(architecture, problem.Weights);

            var error = Assert.Throws<NotSupportedException>(() => new TrainableNetwork<double>(weights, Loss.MeanSquaredError, new Extent(3, 2)));

            Assert.Equal(message, error.Message);
        }
    }

    private static (double Loss, double[] Gradient) Run(TrainableNetwork<double> network, TestProblem problem, Extent extent, ulong? seed)
    {
        double[] gradient = new double[problem.Weights.Values.Sum(values => values.Length)];
        network.Forward(problem.Inputs, extent, seed is { } value ? new RandomStream(value, 0) : null);
        double loss = network.Loss(problem.Targets, 1);
        network.Backward(gradient);
        return (loss, gradient);
    }
}
