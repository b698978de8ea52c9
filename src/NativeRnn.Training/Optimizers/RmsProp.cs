namespace NativeRnn.Training;

/// <summary>
/// RMSprop (Hinton, 2012) in the form of Keras: v = rho v + (1 - rho) g^2, w -= l g / sqrt(v + epsilon).
/// </summary>
public sealed record RmsProp : Optimizer
{
    /// <summary>Creates the rule.</summary>
    /// <param name="learningRate">The learning rate.</param>
    public RmsProp(double learningRate = 0.001) : base(learningRate)
    {
    }

    /// <summary>The decay of the mean square, at least 0 and below 1.</summary>
    public double Rho { get; init; } = 0.9;

    /// <summary>Keeps the divisor from zero; stands under the root.</summary>
    public double Epsilon { get; init; } = 1e-7;

    internal override int SlotCount => 1;

    internal override void Apply(
        long step, double learningRate, Span<float> weights, ReadOnlySpan<float> gradients, Span<float> slot1, Span<float> slot2)
    {
        float rho = (float)Rho;
        float rest = (float)(1 - Rho);
        float epsilon = (float)Epsilon;
        float rate = (float)learningRate;
        for (int i = 0; i < weights.Length; i++)
        {
            slot1[i] = rho * slot1[i] + rest * gradients[i] * gradients[i];
            weights[i] -= rate * gradients[i] / float.Sqrt(slot1[i] + epsilon);
        }
    }

    internal override void Validate()
    {
        base.Validate();
        RequireFraction(nameof(Rho), Rho);
        Require(Epsilon > 0, nameof(Epsilon), Epsilon, "above 0");
    }
}
