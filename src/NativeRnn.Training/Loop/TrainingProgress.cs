namespace NativeRnn.Training;

/// <summary>
/// Where training stands: reported after every step, and once more after an epoch's validation with <see cref="Completed"/> set. Reports
/// come on the thread that called <see cref="Trainer.Train"/>.
/// </summary>
/// <param name="Epoch">The epoch in progress, from 1.</param>
/// <param name="Epochs">Epochs at most.</param>
/// <param name="Step">The step just done in this epoch, from 1.</param>
/// <param name="StepsPerEpoch">Steps an epoch has.</param>
/// <param name="RunningLoss">The mean loss over this epoch's samples so far.</param>
/// <param name="LearningRate">The learning rate of the step.</param>
/// <param name="Completed">The epoch's result, or null after a mere step.</param>
public readonly record struct TrainingProgress(
    int Epoch,
    int Epochs,
    int Step,
    int StepsPerEpoch,
    double RunningLoss,
    double LearningRate,
    EpochRecord? Completed);
