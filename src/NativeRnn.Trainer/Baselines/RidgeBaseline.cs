using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary>
/// Ridge regression of the target on all values of a window, normalised as for the network. The penalty is the one of
/// <see cref="Penalties"/> with the least mean absolute error on the validation part after a fit to the training part; the
/// forecasts come from a fit with that penalty to both parts. Where the split has no validation part, the last third of the
/// training windows takes its place.
/// </summary>
/// <param name="Forecasts">The forecasts of the test part, in the target's unit.</param>
/// <param name="Penalty">The penalty chosen.</param>
internal sealed record RidgeBaseline(double[] Forecasts, double Penalty)
{
    /// <summary>The values of a window at most; the matrix of products is then 128 MB.</summary>
    private const int MaxInputs = 4096;

    public static readonly double[] Penalties = [0.01, 0.1, 1, 10, 100, 1_000, 10_000];

    /// <exception cref="InputException">The window has too many values.</exception>
    public static RidgeBaseline Compute(PreparedData data)
    {
        int inputCount = data.Recipe.Window * data.Recipe.Inputs.Count;
        if (inputCount > MaxInputs)
            throw new InputException($"the window has {inputCount} values, but ridge regression takes {MaxInputs} at most");

        (WindowSet fitted, WindowSet heldOut) = data.Validation is null ? HoldOut(data.Training) : (data.Training, data.Validation);
        CrossProducts training = Products(data, fitted, inputCount);
        double[] actual = data.Windows.ActualValues(heldOut);
        double penalty = Penalties.MinBy(candidate =>
            ForecastErrors.Measure(Forecast(data, heldOut, RidgeRegression.Fit(training, candidate)), actual).MeanAbsolute);

        RidgeRegression regression = RidgeRegression.Fit(training.With(Products(data, heldOut, inputCount)), penalty);
        return new RidgeBaseline(Forecast(data, data.Test, regression), penalty);
    }

    private static (WindowSet Fitted, WindowSet HeldOut) HoldOut(WindowSet windows)
    {
        int heldOut = windows.LastRows.Count / 3;
        if (heldOut == 0)
            throw new InputException($"{windows.LastRows.Count} training windows are too few to choose the penalty of a ridge regression");
        return (
            windows with { LastRows = [.. windows.LastRows.SkipLast(heldOut)] },
            windows with { LastRows = [.. windows.LastRows.TakeLast(heldOut)] });
    }

    private static CrossProducts Products(PreparedData data, WindowSet windows, int inputCount)
    {
        CrossProducts products = new(inputCount);
        foreach (double[] sample in Samples(data, windows))
            products.Add(sample);
        return products;
    }

    private static double[] Forecast(PreparedData data, WindowSet windows, RidgeRegression regression) =>
    [
        .. Samples(data, windows).Select(sample => regression.Predict(sample.AsSpan()[..^2]) * data.Recipe.TargetDeviation + data.Recipe.TargetMean),
    ];

    /// <summary>(x, y, 1) of each window; the array is the same every time.</summary>
    private static IEnumerable<double[]> Samples(PreparedData data, WindowSet windows)
    {
        WindowSource source = data.Windows.ToSource(windows);
        float[] inputs = new float[source.Steps * source.InputSize];
        float[] target = new float[1];
        double[] sample = new double[inputs.Length + 2];
        sample[^1] = 1;
        for (int i = 0; i < source.Count; i++)
        {
            source.Read([i], inputs, target);
            for (int j = 0; j < inputs.Length; j++)
                sample[j] = inputs[j];
            sample[^2] = target[0];
            yield return sample;
        }
    }
}
