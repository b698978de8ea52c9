namespace NativeRnn.Training.Tests;

/// <summary>Every layer's gradients against central differences, in double precision and by the code that trains in float.</summary>
public sealed class GradientTests
{
    /// <summary>
    /// A central difference with step h errs by h^2 f'''/6 + eps |f| / h. With losses near 1 and h = 1e-5 both are about 2e-11; third
    /// derivatives of the networks here reach about 100. So gradients of order 1 must agree to 1e-8 and small ones to about that much
    /// absolutely.
    /// </summary>
    private const double Step = 1e-5;
    private const double Tolerance = 1e-8;

    private static readonly Activation[] Elementwise =
    [
        Activation.Linear, Activation.Tanh, Activation.Sigmoid, Activation.Relu, Activation.LeakyRelu(), Activation.LeakyRelu(-0.3f),
        Activation.Elu(), Activation.Elu(0.7f), Activation.Elu(-0.4f), Activation.Selu, Activation.Softplus, Activation.Softsign,
        Activation.Gelu, Activation.HardSigmoidKeras2, Activation.HardSigmoidKeras3,
        Activation.HardSigmoid(-0.3f, 0.4f), Activation.ScaledTanh(-1.2f, 0.7f), Activation.Affine(-0.8f, 0.1f),
        Activation.ThresholdedRelu(-0.15f), Activation.ThresholdedRelu(0.15f),
    ];

    /// <summary>Units, batch and steps that are odd, single, and span a vector of doubles or not.</summary>
    private static readonly (int Units, int Batch, int Steps)[] Sizes = [(1, 1, 1), (3, 2, 4), (5, 3, 7), (9, 1, 3)];

    public static TheoryData<string, Layer[], int, int> Cells()
    {
        TheoryData<string, Layer[], int, int> rows = new();
        foreach ((int units, int batch, int steps) in Sizes)
        {
            foreach (RecurrentLayer cell in Variants(units))
            {
                rows.Add($"{Title(cell)} {units} to one", [cell, new Dense(2)], batch, steps);
                rows.Add($"{Title(cell)} {units} to many", [cell with { ReturnSequences = true }, new Dense(2)], batch, steps);
            }
        }

        return rows;
    }

    public static TheoryData<string, Layer[], int, int> Activations()
    {
        TheoryData<string, Layer[], int, int> rows = new();
        foreach (Activation activation in Elementwise)
        {
            rows.Add($"simple {activation}", [new SimpleRnn(3) { Activation = activation }], 2, 4);
            rows.Add($"output recurrent {activation}", [new OutputRecurrentRnn(3, 2) { Activation = activation }], 2, 4);
            rows.Add($"gru {activation}", [new Gru(3) { Activation = activation }], 2, 4);
            rows.Add($"gru gates {activation}", [new Gru(3) { RecurrentActivation = activation }], 2, 3);
            rows.Add($"gru reset after {activation}", [new Gru(3) { ResetAfter = true, Activation = activation }], 2, 4);
            rows.Add($"gru reset after gates {activation}", [new Gru(3) { ResetAfter = true, RecurrentActivation = activation }], 2, 3);
            rows.Add($"lstm {activation}", [new Lstm(3) { Peepholes = true, Activation = activation }], 2, 3);
            rows.Add($"lstm gates {activation}", [new Lstm(3) { Peepholes = true, RecurrentActivation = activation }], 2, 3);
            rows.Add($"lstm coupled {activation}", [new Lstm(3) { CoupledGates = true, Activation = activation }], 2, 3);
            rows.Add($"dense {activation}", [new SimpleRnn(4), new Dense(3) { Activation = activation }], 2, 3);
        }

        rows.Add("dense softmax", [new SimpleRnn(4), new Dense(3) { Activation = Activation.Softmax }], 2, 3);
        rows.Add("dense softmax below", [new Dense(3) { Activation = Activation.Softmax }, new SimpleRnn(4), new Dense(2)], 2, 3);
        return rows;
    }

    public static TheoryData<string, Layer[], int, int> Networks()
    {
        TheoryData<string, Layer[], int, int> rows = new();
        foreach (Merge merge in Enum.GetValues<Merge>())
        {
            foreach (bool sequence in new[] { false, true })
            {
                foreach (RecurrentLayer cell in Variants(3))
                {
                    Bidirectional layer = new(cell with { ReturnSequences = sequence }) { Merge = merge };
                    rows.Add($"bidirectional {Title(cell)} {merge} {sequence}", [layer, new Dense(2)], 2, 5);
                }
            }
        }

        rows.Add("bidirectional of two kinds", [new Bidirectional(new Gru(3), new Lstm(5)), new Dense(2)], 2, 4);
        rows.Add("stack", [new Gru(3) { ReturnSequences = true }, new Lstm(4) { ReturnSequences = true }, new SimpleRnn(2)], 3, 5);
        rows.Add(
            "tall stack",
            [
                new Dense(4) { Activation = Activation.Tanh },
                new Bidirectional(new Gru(3) { ReturnSequences = true, ResetAfter = true }),
                new Dropout(0.3f),
                new OutputRecurrentRnn(5, 3) { ReturnSequences = true },
                new Lstm(3) { Peepholes = true, CoupledGates = true },
                new Dense(5) { Activation = Activation.Gelu },
                new Dense(2),
            ],
            2,
            4);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    [MemberData(nameof(Activations))]
    [MemberData(nameof(Networks))]
    public void Compute_AnyNetwork_AgreesWithCentralDifferences(string name, Layer[] layers, int batch, int steps)
        => Check(new Architecture(3, layers), batch, steps, Loss.MeanSquaredError, targetRows: null, dropoutSeed: null, name);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Compute_EveryLoss_AgreesWithCentralDifferences(int outputs)
    {
        foreach (bool sequence in new[] { false, true })
        {
            RecurrentLayer cell = new Gru(4) { ReturnSequences = sequence };
            Architecture linear = new(3, [cell, new Dense(outputs)]);
            foreach (Loss loss in new[] { Loss.MeanAbsoluteError, Loss.MeanSquaredError, Loss.Huber(), Loss.Huber(0.2) })
                Check(linear, 3, 4, loss, targetRows: null, dropoutSeed: null, $"{loss} {sequence}");
            Architecture sigmoid = new(3, [cell, new Dense(outputs) { Activation = Activation.Sigmoid }]);
            Check(sigmoid, 3, 4, Loss.BinaryCrossEntropy, targetRows: null, dropoutSeed: null, $"binary {sequence}");
            if (outputs > 1)
            {
                Architecture softmax = new(3, [cell, new Dense(outputs) { Activation = Activation.Softmax }]);
                Check(softmax, 3, 4, Loss.CategoricalCrossEntropy, targetRows: null, dropoutSeed: null, $"categorical {sequence}");
            }
        }
    }

    [Fact]
    public void Compute_LossAtTheLastStepOfManyToMany_AgreesWithCentralDifferences()
        => Check(
            new Architecture(3, [new Gru(4) { ReturnSequences = true }, new Dense(2)]), 3, 5, Loss.MeanSquaredError, targetRows: 1,
            dropoutSeed: null, "last step");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Compute_WithFixedDropoutMasks_AgreesWithCentralDifferences(bool sequence)
    {
        foreach (RecurrentLayer cell in Variants(5))
        {
            RecurrentLayer dropping = cell with { Dropout = 0.3f, RecurrentDropout = 0.4f, ReturnSequences = sequence };
            Check(
                new Architecture(3, [new Dropout(0.2f), dropping, new Dropout(0.5f), new Dense(2)]), 3, 6, Loss.MeanSquaredError,
                targetRows: null, dropoutSeed: 5, Title(cell));
            Check(
                new Architecture(3, [new Bidirectional(dropping), new Dense(2)]), 2, 4, Loss.MeanSquaredError, targetRows: null,
                dropoutSeed: 6, "bidirectional " + Title(cell));
        }
    }

    [Fact]
    public void Compute_InFloat_AgreesWithDouble()
    {
        foreach (RecurrentLayer cell in Variants(7))
        {
            Architecture architecture = new(4, [cell with { ReturnSequences = true }, cell, new Dense(3)]);
            TestProblem problem = new(architecture, batch: 5, steps: 9, targetRows: 1, seed: 3);
            LossGradient<double> exact = problem.Compute<double>(Loss.MeanSquaredError);
            LossGradient<float> rounded = problem.Compute<float>(Loss.MeanSquaredError);

            // Sums of some hundred products, each rounded to 6e-8.
            Assert.Equal(exact.Loss, rounded.Loss, 1e-6);
            foreach ((string name, double[] gradient) in exact.Parameters)
            {
                double scale = gradient.Max(Math.Abs);
                for (int i = 0; i < gradient.Length; i++)
                    Assert.True(Math.Abs(gradient[i] - rounded.Parameters[name][i]) <= 5e-6 * scale, $"{Title(cell)} {name}[{i}]");
            }
        }
    }

    /// <summary>Inputs are numbers of symbols, so the weights alone are differentiated; rows that no input names have no gradient.</summary>
    [Fact]
    public void Compute_Embedding_AgreesWithCentralDifferencesAndTouchesTheRowsUsedOnly()
    {
        Architecture architecture = new(
            1, [new Embedding(6, 3), new Gru(4) { ReturnSequences = true }, new Dense(6) { Activation = Activation.Softmax }]);
        TestProblem problem = new(architecture, batch: 2, steps: 4, targetRows: 4, seed: 1);
        double[] symbols = [0, 4, 4, 1, 1, 0, 4, 0];
        symbols.CopyTo(problem.Inputs, 0);
        LossGradient<double> gradient = problem.Compute<double>(Loss.CategoricalCrossEntropy);
        foreach ((string parameter, double[] weights) in problem.Weights)
            Compare(problem, Loss.CategoricalCrossEntropy, null, weights, gradient.Parameters[parameter], parameter);

        double[] table = gradient.Parameters["embedding.embeddings"];
        for (int symbol = 0; symbol < 6; symbol++)
            Assert.Equal(symbols.Contains(symbol), table[(3 * symbol)..(3 * symbol + 3)].Any(value => value != 0));
    }

    /// <summary>With teacher forcing the targets are inputs too, but not of what is differentiated.</summary>
    [Fact]
    public void Compute_EncoderDecoder_AgreesWithCentralDifferences()
    {
        foreach (RecurrentLayer cell in Variants(3))
        {
            RecurrentLayer sequence = cell with { ReturnSequences = true };
            Architecture single = new(3, [cell], new Architecture(2, [sequence, new Dense(2)]));
            Check(single, 2, 4, Loss.MeanSquaredError, targetRows: 3, dropoutSeed: null, $"encoder-decoder {Title(cell)}");
            Architecture stacked = new(
                3, [sequence, new Dropout(0.3f), cell with { RecurrentDropout = 0.2f }],
                new Architecture(1, [sequence, sequence with { Dropout = 0.3f }, new Dense(1) { Activation = Activation.Sigmoid }]));
            Check(stacked, 2, 3, Loss.BinaryCrossEntropy, targetRows: 5, dropoutSeed: 4, $"stacked encoder-decoder {Title(cell)}");
        }
    }

    private static IEnumerable<RecurrentLayer> Variants(int units) =>
    [
        new SimpleRnn(units),
        new OutputRecurrentRnn(units, units + 1),
        new Gru(units),
        new Gru(units) { ResetAfter = true },
        new Lstm(units),
        new Lstm(units) { CoupledGates = true },
        new Lstm(units) { Peepholes = true },
        new Lstm(units) { CoupledGates = true, Peepholes = true },
    ];

    private static string Title(RecurrentLayer cell) => cell switch
    {
        Gru gru => $"gru(after {gru.ResetAfter})",
        Lstm lstm => $"lstm(coupled {lstm.CoupledGates}, peepholes {lstm.Peepholes})",
        _ => cell.Kind,
    };

    private static void Check(Architecture architecture, int batch, int steps, Loss loss, int? targetRows, ulong? dropoutSeed, string name)
    {
        TestProblem problem = new(architecture, batch, steps, targetRows ?? (architecture.ReturnsSequence ? steps : 1), seed: 1);
        LossGradient<double> gradient = problem.Compute<double>(loss, dropoutSeed);
        foreach ((string parameter, double[] weights) in problem.Weights)
            Compare(problem, loss, dropoutSeed, weights, gradient.Parameters[parameter], $"{name}: {parameter}");
        Compare(problem, loss, dropoutSeed, problem.Inputs, [.. gradient.Inputs], $"{name}: inputs");
    }

    private static void Compare(TestProblem problem, Loss loss, ulong? dropoutSeed, double[] values, double[] analytic, string what)
    {
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i];
            values[i] = value + Step;
            double above = problem.Compute<double>(loss, dropoutSeed).Loss;
            values[i] = value - Step;
            double below = problem.Compute<double>(loss, dropoutSeed).Loss;
            values[i] = value;
            double numeric = (above - below) / (2 * Step);
            double allowed = Tolerance * Math.Max(1, Math.Abs(numeric));
            Assert.True(Math.Abs(numeric - analytic[i]) <= allowed, $"{what}[{i}]: {analytic[i]:R}, but differences say {numeric:R}");
        }
    }
}
