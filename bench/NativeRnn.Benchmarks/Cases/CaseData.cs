namespace NativeRnn.Benchmarks.Cases;

/// <summary>The weights and inputs of a case, drawn once and given to every contender.</summary>
internal sealed class CaseData
{
    /// <summary>Time steps that streaming walks over, again and again; even, so that states in two buffers change places.</summary>
    public const int StreamedRows = 16;

    private readonly Dictionary<(int Direction, string Name), float[]> _weights = [];

    public CaseData(BenchmarkCase benchmarkCase, int seed = 1)
    {
        Case = benchmarkCase;
        Random random = new(seed);
        int rows = benchmarkCase.Gates * benchmarkCase.Units;

        // PyTorch's initialiser, +-1/sqrt(q): states neither vanish nor saturate.
        double bound = 1 / Math.Sqrt(benchmarkCase.Units);
        for (int direction = 0; direction < benchmarkCase.Directions; direction++)
        {
            _weights[(direction, "kernel")] = Uniform(random, rows * benchmarkCase.InputSize, bound);
            _weights[(direction, "recurrent_kernel")] = Uniform(random, rows * benchmarkCase.Units, bound);
            _weights[(direction, "bias")] = Uniform(random, rows, bound);
            _weights[(direction, "recurrent_bias")] = Uniform(random, rows, bound);
        }

        InputRows = benchmarkCase.IsStreaming ? StreamedRows : benchmarkCase.Steps;
        Inputs = Uniform(random, benchmarkCase.Batch * InputRows * benchmarkCase.InputSize, Math.Sqrt(3));
    }

    public BenchmarkCase Case { get; }

    /// <summary>Time steps of each sequence of <see cref="Inputs"/>.</summary>
    public int InputRows { get; }

    /// <summary>Sequences one behind the other, [batch, rows, features], with deviation 1.</summary>
    public float[] Inputs { get; }

    /// <summary>The inputs as PyTorch and ONNX have them by default, [rows, batch, features].</summary>
    public float[] TimeMajorInputs()
    {
        int features = Case.InputSize;
        float[] result = new float[Inputs.Length];
        for (int sequence = 0; sequence < Case.Batch; sequence++)
        {
            for (int t = 0; t < InputRows; t++)
            {
                ReadOnlySpan<float> row = Inputs.AsSpan((sequence * InputRows + t) * features, features);
                row.CopyTo(result.AsSpan((t * Case.Batch + sequence) * features));
            }
        }

        return result;
    }

    /// <summary>A weight in NativeRnn's layout, gate-major rows: GRU z, r, n; LSTM i, f, g, o.</summary>
    public float[] Weights(int direction, string name) => _weights[(direction, name)];

    /// <summary>The same with the gates in another order.</summary>
    public float[] Weights(int direction, string name, ReadOnlySpan<int> gates)
    {
        float[] source = Weights(direction, name);
        float[] result = new float[source.Length];
        int gate = source.Length / Case.Gates;
        for (int i = 0; i < gates.Length; i++)
            source.AsSpan(gates[i] * gate, gate).CopyTo(result.AsSpan(i * gate));
        return result;
    }

    private static float[] Uniform(Random random, int count, double bound)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (float)((2 * random.NextDouble() - 1) * bound);
        return values;
    }
}
