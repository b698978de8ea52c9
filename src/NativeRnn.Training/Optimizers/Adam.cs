namespace NativeRnn.Training;

/// <summary>
/// Adam (Kingma and Ba, 2014) in the form of Keras: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2 and at step t
/// w -= l sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + epsilon).
/// </summary>
public sealed record Adam : Optimizer
{
    /// <summary>Creates the rule.</summary>
    /// <param name="learningRate">The learning rate.</param>
    public Adam(double learningRate = 0.001) : base(learningRate)
    {
    }

    /// <summary>The decay of the mean gradient, b1; at least 0 and below 1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The decay of the mean squared gradient, b2; at least 0 and below 1.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Keeps the divisor from zero.</summary>
    public double Epsilon { get; init; } = 1e-7;

    internal override int SlotCount => 2;

    internal override void Apply(
        long step, double learningRate, Span<float> weights, ReadOnlySpan<float> gradients, Span<float> slot1, Span<float> slot2)
    {
        float rate = (float)(learningRate * Math.Sqrt(1 - Math.Pow(Beta2, step)) / (1 - Math.Pow(Beta1, step)));
        float meanDecay = (float)Beta1;
        float meanRest = (float)(1 - Beta1);
        float squareDecay = (float)Beta2;
        float squareRest = (float)(1 - Beta2);
        float epsilon = (float)Epsilon;
        for (int i = 0; i < weights.Length; i++)
        {
            slot1[i] = meanDecay * slot1[i] + meanRest * gradients[i];
            slot2[i] = squareDecay * slot2[i] + squareRest * gradients[i] * gradients[i];
            weights[i] -= rate * slot1[i] / (float.Sqrt(slot2[i]) + epsilon);
        }
    }

    internal override void Validate()
    {
        base.Validate();
        RequireFraction(nameof(Beta1), Beta1);
        RequireFraction(nameof(Beta2), Beta2);
        Require(Epsilon > 0, nameof(Epsilon), Epsilon, "above 0");
    }
}
