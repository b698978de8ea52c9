namespace NativeRnn.Interop.Tests.Onnx;

/// <summary>Networks of every kind with random weights, and how their outputs compare with another runtime's.</summary>
internal static class RandomNetwork
{
    // Sums of up to some dozens of products in float32, in another order, through a few layers of functions that do not amplify.
    public const float Tolerance = 1e-5f;

    private static readonly Activation[] Recurrent =
    [
        Activation.Tanh, Activation.Sigmoid, Activation.Relu, Activation.LeakyRelu(0.05f), Activation.Elu(0.7f), Activation.Softsign,
        Activation.Softplus, Activation.HardSigmoidKeras2, Activation.HardSigmoidKeras3, Activation.Linear,
        Activation.HardSigmoid(0.3f, 0.4f), Activation.ThresholdedRelu(0.2f),
    ];

    private static readonly Activation[] Everywhere = [.. Recurrent, Activation.ScaledTanh(1.2f, 0.7f), Activation.Affine(0.8f, 0.1f)];

    private static readonly Activation[] Gates =
        [Activation.Sigmoid, Activation.Sigmoid, Activation.HardSigmoidKeras2, Activation.HardSigmoidKeras3, Activation.HardSigmoid(0.15f, 0.5f)];

    private static readonly Activation[] Dense = [.. Everywhere, Activation.Selu, Activation.Softmax, Activation.Gelu];

    /// <summary>A network of one to three recurrent layers and up to two dense ones.</summary>
    public static RnnModel Create(Random random)
    {
        List<Layer> layers = [];
        int count = random.Next(1, 4);
        bool returnsSequence = random.Next(2) == 0;
        int symbols = random.Next(6) == 0 ? random.Next(1, 20) : 0;
        if (symbols > 0)
            layers.Add(new Embedding(symbols, random.Next(1, 11)));
        if (random.Next(8) == 0)
            layers.Add(new Reverse());
        for (int i = 0; i < count; i++)
        {
            bool keeps = i < count - 1 || returnsSequence;
            layers.Add(random.Next(3) == 0 ? Bidirectional(random, keeps) : Cell(random, random.Next(1, 14), keeps));
            if (random.Next(4) == 0)
                layers.Add(new Dropout(0.25f));
        }

        for (int i = random.Next(3); i > 0; i--)
            layers.Add(new Dense(random.Next(1, 9)) { Activation = Pick(random, Dense) });
        return WithWeights(random, new Architecture(symbols > 0 ? 1 : random.Next(1, 11), layers));
    }

    public static RnnModel WithWeights(Random random, Architecture architecture) => new(
        architecture,
        architecture.Parameters.ToDictionary(
            shape => shape.Name,
            shape => Uniform(random, (int)shape.Count, shape.IsVector ? 0.5 : 1 / Math.Sqrt(shape.Columns))));

    public static RecurrentLayer Cell(Random random, int units, bool returnSequences)
    {
        bool coupled = random.Next(3) == 0;
        RecurrentLayer layer = random.Next(3) switch
        {
            0 => new SimpleRnn(units) { Activation = Candidate(random) },
            1 => new Gru(units) { ResetAfter = random.Next(2) == 0, Activation = Candidate(random), RecurrentActivation = Pick(random, Gates) },
            _ => new Lstm(units)
            {
                CoupledGates = coupled,
                Peepholes = random.Next(3) == 0,
                Activation = Candidate(random),
                RecurrentActivation = Pick(random, Gates),
            },
        };
        if (layer is Lstm lstm && random.Next(3) == 0 && Candidate(random) is var output && output != lstm.Activation)
            layer = lstm with { OutputActivation = output };
        return layer with
        {
            ReturnSequences = returnSequences,
            HasInitialState = random.Next(4) == 0,
            Clip = random.Next(4) == 0 ? 0.3f : 0,
        };
    }

    public static float[] Uniform(Random random, int count, double bound)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (float)((2 * random.NextDouble() - 1) * bound);
        return values;
    }

    /// <summary>Random inputs that a network takes: numbers, or where it begins with an embedding numbers of symbols.</summary>
    public static float[] Inputs(Random random, RnnModel model, int rows) => model.Architecture.Layers[0].Layer is Embedding embedding
        ? [.. Enumerable.Range(0, rows).Select(_ => (float)random.Next(embedding.Symbols))]
        : Uniform(random, rows * model.Architecture.InputSize, 1.5);

    /// <summary>Runs sequences [batch, steps, features], giving [batch, rows, outputs].</summary>
    public static float[] Run(RnnModel model, float[] input, int batch, int steps)
    {
        using RnnSession session = model.CreateSession(new SessionOptions { MaxBatch = batch, MaxSteps = steps });
        float[] output = new float[batch * (model.Architecture.ReturnsSequence ? steps : 1) * model.Architecture.OutputSize];
        session.RunBatch(input, batch, output);
        return output;
    }

    /// <summary>[first, second, size] as [second, first, size].</summary>
    public static float[] SwapOuter(float[] values, int first, int second, int size)
    {
        float[] swapped = new float[values.Length];
        for (int i = 0; i < first; i++)
        {
            for (int j = 0; j < second; j++)
                values.AsSpan((i * second + j) * size, size).CopyTo(swapped.AsSpan((j * first + i) * size));
        }

        return swapped;
    }

    public static void AssertClose(float[] expected, float[] actual, string what)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {expected.Length} values expected, {actual.Length} found");
        for (int i = 0; i < expected.Length; i++)
        {
            float bound = Tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(Math.Abs(expected[i] - actual[i]) <= bound, $"{what}: value {i} is {actual[i]}, expected {expected[i]}");
        }
    }

    private static Bidirectional Bidirectional(Random random, bool returnSequences)
    {
        var merge = (Merge)random.Next(4);
        int units = random.Next(1, 14);
        RecurrentLayer forward = Cell(random, units, returnSequences);
        RecurrentLayer backward = random.Next(2) == 0 ? forward : Cell(random, merge == Merge.Concat ? random.Next(1, 14) : units, returnSequences);
        return new Bidirectional(forward, backward) { Merge = merge };
    }

    /// <summary>Unbounded ones too, but not within gates that then multiply without bound.</summary>
    private static Activation Candidate(Random random) => Pick(random, Everywhere);

    private static Activation Pick(Random random, Activation[] activations) => activations[random.Next(activations.Length)];
}
