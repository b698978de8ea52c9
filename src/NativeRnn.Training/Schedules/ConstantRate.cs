namespace NativeRnn.Training;

/// <summary>The learning rate stays as it is.</summary>
public sealed record ConstantRate : LearningRateSchedule
{
    internal override double Factor(double epoch, int epochs, IReadOnlyList<double> losses) => 1;
}
