namespace NativeRnn.Training;

/// <summary>
/// Stochastic gradient descent, as in Keras: without momentum w -= l g; with momentum m the velocity v = m v - l g is remembered and
/// w += v, or w += m v - l g with <see cref="Nesterov"/>.
/// </summary>
public sealed record Sgd : Optimizer
{
    /// <summary>Creates the rule.</summary>
    /// <param name="learningRate">The learning rate.</param>
    public Sgd(double learningRate = 0.01) : base(learningRate)
    {
    }

    /// <summary>m, at least 0 and below 1.</summary>
    public double Momentum { get; init; }

    /// <summary>True to look ahead along the velocity.</summary>
    public bool Nesterov { get; init; }

    internal override int SlotCount => Momentum > 0 ? 1 : 0;

    internal override void Apply(
        long step, double learningRate, Span<float> weights, ReadOnlySpan<float> gradients, Span<float> slot1, Span<float> slot2)
    {
        float rate = (float)learningRate;
        if (Momentum == 0)
        {
            for (int i = 0; i < weights.Length; i++)
                weights[i] -= rate * gradients[i];
            return;
        }

        float momentum = (float)Momentum;
        for (int i = 0; i < weights.Length; i++)
        {
            float descent = -rate * gradients[i];
            slot1[i] = momentum * slot1[i] + descent;
            weights[i] += Nesterov ? momentum * slot1[i] + descent : slot1[i];
        }
    }

    internal override void Validate()
    {
        base.Validate();
        RequireFraction(nameof(Momentum), Momentum);
    }
}
