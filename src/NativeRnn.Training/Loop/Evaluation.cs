namespace NativeRnn.Training;

/// <summary>How well a network does on a set of samples.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="MeanAbsoluteError">The mean absolute difference between outputs and targets, over samples, rows and outputs.</param>
/// <param name="RootMeanSquareError">The root of the mean squared difference.</param>
public readonly record struct Evaluation(double Loss, double MeanAbsoluteError, double RootMeanSquareError);
