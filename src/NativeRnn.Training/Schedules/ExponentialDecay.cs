namespace NativeRnn.Training;

/// <summary>The learning rate falls smoothly, step by step, by a factor an epoch.</summary>
/// <param name="PerEpoch">The factor of a whole epoch, above 0.</param>
public sealed record ExponentialDecay(double PerEpoch) : LearningRateSchedule
{
    internal override double Factor(double epoch, int epochs, IReadOnlyList<double> losses) => Math.Pow(PerEpoch, epoch);

    internal override void Validate()
        => Require(PerEpoch > 0 && double.IsFinite(PerEpoch), nameof(PerEpoch), PerEpoch, "finite and above 0");
}
