namespace NativeRnn.Training;

/// <summary>What an epoch came to.</summary>
/// <param name="Epoch">The epoch's number, from 1.</param>
/// <param name="TrainingLoss">The mean loss over its samples, each measured before its step's change and with dropout.</param>
/// <param name="ValidationLoss">The loss over the validation samples after the epoch, or null without validation.</param>
/// <param name="ValidationMeanAbsoluteError">The mean absolute error over validation samples and outputs, or null without.</param>
/// <param name="LearningRate">The learning rate of its last step.</param>
/// <param name="IsBest">Whether no earlier epoch had as low a monitored loss.</param>
/// <param name="Elapsed">The time since training began.</param>
public readonly record struct EpochRecord(
    int Epoch,
    double TrainingLoss,
    double? ValidationLoss,
    double? ValidationMeanAbsoluteError,
    double LearningRate,
    bool IsBest,
    TimeSpan Elapsed);
