namespace NativeRnn.Training;

/// <summary>The learning rate is multiplied by a factor whenever the monitored loss has not improved for so many epochs.</summary>
/// <param name="Patience">Epochs without improvement before a change, at least 1.</param>
/// <param name="Multiplier">The factor of each change, above 0 and below 1.</param>
/// <param name="Smallest">The least the product of all changes becomes, from 0 to 1.</param>
public sealed record ReduceOnPlateau(int Patience, double Multiplier = 0.5, double Smallest = 0) : LearningRateSchedule
{
    internal override double Factor(double epoch, int epochs, IReadOnlyList<double> losses)
    {
        double best = double.PositiveInfinity;
        double factor = 1;
        int waited = 0;
        for (int i = 0; i < losses.Count; i++)
        {
            if (losses[i] < best)
            {
                best = losses[i];
                waited = 0;
            }
            else if (++waited == Patience)
            {
                factor *= Multiplier;
                waited = 0;
            }
        }

        return Math.Max(factor, Smallest);
    }

    internal override void Validate()
    {
        Require(Patience >= 1, nameof(Patience), Patience, "at least 1");
        Require(Multiplier is > 0 and < 1, nameof(Multiplier), Multiplier, "above 0 and below 1");
        Require(Smallest is >= 0 and <= 1, nameof(Smallest), Smallest, "from 0 to 1");
    }
}
