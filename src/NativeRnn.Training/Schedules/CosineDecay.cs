namespace NativeRnn.Training;

/// <summary>
/// The learning rate rises linearly from zero over the warm-up, then falls along half a cosine to a final fraction at the last
/// epoch (Loshchilov and Hutter, 2017, without restarts).
/// </summary>
/// <param name="WarmUpEpochs">Epochs of the rise, at least 0; fractions are allowed.</param>
/// <param name="FinalFraction">The factor at the end, from 0 to 1.</param>
public sealed record CosineDecay(double WarmUpEpochs = 0, double FinalFraction = 0) : LearningRateSchedule
{
    internal override double Factor(double epoch, int epochs, IReadOnlyList<double> losses)
    {
        if (epoch < WarmUpEpochs)
            return epoch / WarmUpEpochs;
        double length = epochs - WarmUpEpochs;
        double progress = length > 0 ? Math.Min(1, (epoch - WarmUpEpochs) / length) : 1;
        return FinalFraction + (1 - FinalFraction) * 0.5 * (1 + Math.Cos(Math.PI * progress));
    }

    internal override void Validate()
    {
        Require(WarmUpEpochs >= 0 && double.IsFinite(WarmUpEpochs), nameof(WarmUpEpochs), WarmUpEpochs, "finite and at least 0");
        Require(FinalFraction is >= 0 and <= 1, nameof(FinalFraction), FinalFraction, "from 0 to 1");
    }
}
