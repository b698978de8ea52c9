using NativeRnn.Kernels;

namespace NativeRnn;

/// <summary>
/// Draws a symbol i with probability e^(x_i / T) / sum_j e^(x_j / T). The exponential is the kernels' own and the sum runs over the symbols
/// in order, so that one seed draws the same symbols on every processor with fused multiply-add.
/// </summary>
internal sealed class SymbolSampler
{
    private readonly SamplingOptions _options;
    private readonly float[] _weights;
    private SplitMix64 _random;

    public SymbolSampler(int symbols, SamplingOptions options)
    {
        options.Validate();
        _options = options;
        _weights = new float[symbols];
        Restart();
    }

    /// <summary>Goes back to the seed.</summary>
    public void Restart() => _random = new SplitMix64(_options.Seed);

    /// <summary>Draws a symbol.</summary>
    /// <param name="logits">x, the inputs of the softmax.</param>
    public int Draw(ReadOnlySpan<float> logits)
    {
        int best = MostLikely(logits);
        if (_options.Temperature == 0)
            return best;

        float smallest = SmallestTaking(logits);
        double total = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            float scaled = (logits[i] - logits[best]) / _options.Temperature;
            _weights[i] = logits[i] >= smallest ? VectorMath<float, ScalarOps>.ExpOfNonPositive(scaled) : 0;
            total += _weights[i];
        }

        double left = _random.NextDouble() * total;
        for (int i = 0; i < logits.Length; i++)
        {
            left -= _weights[i];
            if (left < 0)
                return i;
        }

        // Rounding used up what was left, or a logit is not a number.
        return best;
    }

    /// <summary>The first of the symbols with the largest value.</summary>
    /// <param name="values">Logits or probabilities.</param>
    public static int MostLikely(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }

    /// <summary>The smallest logit of a symbol that takes part.</summary>
    private float SmallestTaking(ReadOnlySpan<float> logits)
    {
        if (_options.TopK is not int count || count >= logits.Length)
            return float.NegativeInfinity;
        logits.CopyTo(_weights);
        _weights.AsSpan().Sort();
        return _weights[^count];
    }
}
