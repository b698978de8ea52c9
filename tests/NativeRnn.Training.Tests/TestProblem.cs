using System.Numerics;

namespace NativeRnn.Training.Tests;

/// <summary>A network with random weights, every one of them used, and a random batch.</summary>
internal sealed class TestProblem
{
    private readonly Architecture _architecture;
    private readonly int _batch;

    public TestProblem(Architecture architecture, int batch, int steps, int targetRows, int seed)
    {
        _architecture = architecture;
        _batch = batch;
        Random random = new(seed);
        Weights = architecture.Parameters.ToDictionary(shape => shape.Name, shape => Draw((int)shape.Count, 0.6));
        Inputs = Draw(batch * steps * architecture.InputSize, 1);
        Targets = Draw(batch * targetRows * architecture.OutputSize, 0.45);
        for (int i = 0; i < Targets.Length; i++)
            Targets[i] += 0.5;

        double[] Draw(int count, double range) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextDouble() - 1) * range)];
    }

    public Dictionary<string, double[]> Weights { get; }

    /// <summary><c>[batch, steps, features]</c>.</summary>
    public double[] Inputs { get; }

    /// <summary><c>[batch, rows, outputs]</c>, from 0.05 to 0.95 so that they serve cross-entropies too.</summary>
    public double[] Targets { get; }

    public LossGradient<T> Compute<T>(Loss loss, ulong? dropoutSeed = null) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => LossGradient<T>.Compute(
            _architecture, ConvertWeights<T>(), Convert<T>(Inputs), Convert<T>(Targets), _batch, loss, dropoutSeed);

    public Dictionary<string, T[]> ConvertWeights<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Weights.ToDictionary(entry => entry.Key, entry => Convert<T>(entry.Value));

    private static T[] Convert<T>(double[] values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. values.Select(T.CreateTruncating)];
}
