namespace NativeRnn.Training;

/// <summary>How the learning rate changes while training: a factor on the optimizer's <see cref="Optimizer.LearningRate"/>.</summary>
public abstract record LearningRateSchedule
{
    private protected LearningRateSchedule()
    {
    }

    /// <summary>The factor at a point of the training.</summary>
    /// <param name="epoch">Epochs done, with the fraction of the one in progress.</param>
    /// <param name="epochs">Epochs the training takes when nothing stops it.</param>
    /// <param name="losses">The monitored loss (validation, else training) of each epoch done.</param>
    internal abstract double Factor(double epoch, int epochs, IReadOnlyList<double> losses);

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    internal virtual void Validate()
    {
    }

    private protected void Require(bool isMet, string setting, double value, string expected)
    {
        if (!isMet)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{GetType().Name}: {setting} must be {expected}, but is {value}."));
    }
}
