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
