using NativeRnn.Tests.Reference;

namespace NativeRnn.Tests.Samples;

/// <summary>A network with random weights, its input, and what the reference says of it.</summary>
internal sealed class RandomModel
{
    private readonly Random _random;

    /// <summary>
    /// Draws the weights: matrices uniform in +-scale / sqrt(columns), vectors uniform in +-scale / 2. What <paramref name="change"/> does to
    /// them comes after that.
    /// </summary>
    public RandomModel(Architecture architecture, int seed = 1, double scale = 1, Action<Dictionary<string, float[]>>? change = null)
    {
        _random = new Random(seed);
        Architecture = architecture;
        Weights = architecture.Parameters.ToDictionary(
            shape => shape.Name,
            shape => Uniform((int)shape.Count, shape.IsVector ? scale / 2 : scale / Math.Sqrt(shape.Columns)));
        change?.Invoke(Weights);
        Model = new RnnModel(architecture, Weights);
    }

    public RandomModel(int inputSize, params Layer[] layers) : this(new Architecture(inputSize, layers))
    {
    }

    private RandomModel(RandomModel other, RnnModel model)
    {
        _random = other._random;
        Architecture = other.Architecture;
        Weights = Architecture.Parameters.ToDictionary(shape => shape.Name, shape => model.Weights(shape.Name).ToArray());
        Model = model;
    }

    public Architecture Architecture { get; }

    /// <summary>A one-way layer with biases of +-88 in every pattern of gates: sums that leave a gate open or shut as far as a float32 can tell.</summary>
    public static IEnumerable<(int Pattern, RandomModel Model)> WithGatesOpenOrShut(string variant, int inputSize, int units)
    {
        const float FarOut = 88;
        Layer layer = LayerVariants.Create(variant, units, returnSequences: true);
        Architecture architecture = new(inputSize, [layer]);
        string biasName = $"{layer.Kind}.bias";
        int gates = (int)architecture.Parameters.Single(parameter => parameter.Name == biasName).Count / units;
        for (int pattern = 0; pattern < 1 << gates; pattern++)
        {
            yield return (pattern, new RandomModel(architecture, change: weights =>
            {
                for (int gate = 0; gate < gates; gate++)
                    weights[biasName].AsSpan(gate * units, units).Fill((pattern >> gate & 1) != 0 ? FarOut : -FarOut);
            }));
        }
    }

    /// <summary>What the model's weights stand for.</summary>
    public Dictionary<string, float[]> Weights { get; }

    public RnnModel Model { get; }

    /// <summary>The same network with its matrices in fewer bits.</summary>
    public RandomModel Quantize(WeightType type) => new(this, Model.Quantize(type));

    /// <summary>Sequences [batch, steps, features], uniform with deviation 1.</summary>
    public float[] Inputs(int steps, int batch = 1) => Uniform(batch * steps * Architecture.InputSize, Math.Sqrt(3));

    /// <summary>Values a sequence's output has.</summary>
    public int OutputLength(int steps) => (Architecture.ReturnsSequence ? steps : 1) * Architecture.OutputSize;

    public RnnSession CreateSession(VectorWidth width = VectorWidth.Auto, int maxBatch = 1, int maxSteps = 1024, int threads = 1)
        => Model.CreateSession(new SessionOptions { VectorWidth = width, MaxBatch = maxBatch, MaxSteps = maxSteps, Threads = threads });

    /// <summary>Runs one sequence in a session of its own.</summary>
    public float[] Run(ReadOnlySpan<float> input, VectorWidth width = VectorWidth.Auto)
    {
        using RnnSession session = CreateSession(width);
        float[] output = new float[OutputLength(input.Length / Architecture.InputSize)];
        session.Run(input, output);
        return output;
    }

    public ReferenceRun RunReference(ReadOnlySpan<float> input, ReadOnlySpan<float> initialState = default)
        => ReferenceNetwork.Run(
            Architecture,
            Weights,
            [.. Widen(input).Chunk(Architecture.InputSize)],
            initialState.IsEmpty ? null : Widen(initialState));

    public float[] Uniform(int count, double bound)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (float)((2 * _random.NextDouble() - 1) * bound);
        return values;
    }

    private static double[] Widen(ReadOnlySpan<float> values)
    {
        double[] result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = values[i];
        return result;
    }
}
