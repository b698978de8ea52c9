namespace NativeRnn.Training;

/// <summary>The loss or the gradient became infinite or not a number.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step in the epoch, from 1.</param>
    /// <param name="what">What is not finite, such as <c>loss</c>.</param>
    /// <param name="value">Its value.</param>
    public TrainingDivergedException(int epoch, int step, string what, double value)
        : base(string.Create(CultureInfo.InvariantCulture, $"Training diverged: the {what} of epoch {epoch}, step {step}, is {value}. ")
            + "A lower learning rate or a limit to the gradient norm often helps; so does looking for data that are not finite or not normalised.")
    {
        Epoch = epoch;
        Step = step;
    }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The step in the epoch, from 1.</summary>
    public int Step { get; }
}
