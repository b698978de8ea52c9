namespace NativeRnn.Training.Tests;

/// <summary>What the trainer computes on the way forward is what the runtime computes.</summary>
public sealed class RuntimeAgreementTests
{
    public static TheoryData<Layer[]> Networks()
    {
        TheoryData<Layer[]> rows = new();
        RecurrentLayer[] cells =
        [
            new SimpleRnn(5), new OutputRecurrentRnn(5, 3), new Gru(5), new Gru(5) { ResetAfter = true },
            new Lstm(5), new Lstm(5) { CoupledGates = true }, new Lstm(5) { Peepholes = true },
            new Lstm(5) { CoupledGates = true, Peepholes = true },
            new Gru(5) { Activation = Activation.Gelu, RecurrentActivation = Activation.HardSigmoidKeras3 },
            new Lstm(5) { Activation = Activation.Softsign, RecurrentActivation = Activation.HardSigmoidKeras2 },
        ];
        foreach (RecurrentLayer cell in cells)
        {
            RecurrentLayer sequence = cell with { ReturnSequences = true };
            rows.Add([cell, new Dense(2)]);
            rows.Add([sequence, new Dropout(0.5f), cell, new Dense(3) { Activation = Activation.Softmax }]);
            foreach (Merge merge in Enum.GetValues<Merge>())
            {
                rows.Add([new Bidirectional(cell) { Merge = merge }]);
                rows.Add([new Bidirectional(sequence) { Merge = merge }, new Dense(2) { Activation = Activation.Elu() }]);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Outputs_OfTrainerAndRuntime_Agree(Layer[] layers)
    {
        const int batch = 3, steps = 6;
        Architecture architecture = new(4, layers);
        int rows = architecture.ReturnsSequence ? steps : 1;
        TestProblem problem = new(architecture, batch, steps, rows, seed: 8);
        IReadOnlyList<float> trained = problem.Compute<float>(Loss.MeanSquaredError).Outputs;

        RnnModel model = new(architecture, problem.Weights.ToDictionary(
            entry => entry.Key, entry => Array.ConvertAll(entry.Value, value => (float)value)));
        using RnnSession session = model.CreateSession(new SessionOptions { MaxBatch = batch, MaxSteps = steps });
        float[] run = new float[batch * rows * architecture.OutputSize];
        session.RunBatch(Array.ConvertAll(problem.Inputs, value => (float)value), batch, run);

        // Some ten roundings of numbers up to a few units on either side.
        Assert.All(run.Zip(trained), pair => Assert.Equal(pair.First, pair.Second, 3e-6f * Math.Max(1, Math.Abs(pair.First))));
    }
}
