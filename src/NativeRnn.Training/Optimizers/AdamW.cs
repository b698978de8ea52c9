namespace NativeRnn.Training;

/// <summary>
/// <see cref="Adam"/> with decoupled weight decay (Loshchilov and Hutter, 2019): first w -= l d w for every weight, biases included
/// as in Keras and PyTorch, then Adam's step.
/// </summary>
public sealed record AdamW : Optimizer
{
    private readonly Adam _adam = new();

    /// <summary>Creates the rule.</summary>
    /// <param name="learningRate">The learning rate.</param>
    public AdamW(double learningRate = 0.001) : base(learningRate)
    {
    }

    /// <inheritdoc cref="Adam.Beta1"/>
    public double Beta1
    {
        get => _adam.Beta1;
        init => _adam = _adam with { Beta1 = value };
    }

    /// <inheritdoc cref="Adam.Beta2"/>
    public double Beta2
    {
        get => _adam.Beta2;
        init => _adam = _adam with { Beta2 = value };
    }

    /// <inheritdoc cref="Adam.Epsilon"/>
    public double Epsilon
    {
        get => _adam.Epsilon;
        init => _adam = _adam with { Epsilon = value };
    }

    /// <summary>d, at least 0.</summary>
    public double WeightDecay { get; init; } = 0.004;

    internal override int SlotCount => 2;

    internal override void Apply(
        long step, double learningRate, Span<float> weights, ReadOnlySpan<float> gradients, Span<float> slot1, Span<float> slot2)
    {
        float keep = (float)(1 - learningRate * WeightDecay);
        foreach (ref float weight in weights)
            weight *= keep;
        _adam.Apply(step, learningRate, weights, gradients, slot1, slot2);
    }

    internal override void Validate()
    {
        base.Validate();
        _adam.Validate();
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "finite and at least 0");
    }
}
