namespace NativeRnn.Training;

/// <summary>The learning rate is multiplied by a factor once every so many epochs.</summary>
/// <param name="EveryEpochs">Epochs between two changes, at least 1.</param>
/// <param name="Multiplier">The factor of each change, above 0.</param>
public sealed record StepDecay(int EveryEpochs, double Multiplier = 0.5) : LearningRateSchedule
{
    internal override double Factor(double epoch, int epochs, IReadOnlyList<double> losses)
        => Math.Pow(Multiplier, Math.Floor(epoch / EveryEpochs));

    internal override void Validate()
    {
        Require(EveryEpochs >= 1, nameof(EveryEpochs), EveryEpochs, "at least 1");
        Require(Multiplier > 0 && double.IsFinite(Multiplier), nameof(Multiplier), Multiplier, "finite and above 0");
    }
}
