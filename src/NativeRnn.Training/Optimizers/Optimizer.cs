namespace NativeRnn.Training;

/// <summary>
/// A rule that turns gradients into weight changes; the records hold settings only. In the formulas w is a weight, g its gradient,
/// l the learning rate after the schedule.
/// </summary>
public abstract record Optimizer
{
    private protected Optimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>The learning rate before the schedule's factor; above zero.</summary>
    public double LearningRate { get; init; }

    /// <summary>Numbers the rule remembers for each weight.</summary>
    internal abstract int SlotCount { get; }

    /// <summary>Changes weights by one step.</summary>
    /// <param name="step">The number of this step, from 1.</param>
    /// <param name="learningRate">The learning rate after the schedule.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="slot1">The first number remembered for each weight, empty if there is none.</param>
    /// <param name="slot2">The second, empty if there is none.</param>
    internal abstract void Apply(
        long step, double learningRate, Span<float> weights, ReadOnlySpan<float> gradients, Span<float> slot1, Span<float> slot2);

    internal virtual void Validate()
        => Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "finite and above 0");

    private protected void Require(bool isMet, string setting, double value, string expected)
    {
        if (!isMet)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{GetType().Name}: {setting} must be {expected}, but is {value}."));
    }

    private protected void RequireFraction(string setting, double value)
        => Require(value is >= 0 and < 1, setting, value, "at least 0 and below 1");
}
