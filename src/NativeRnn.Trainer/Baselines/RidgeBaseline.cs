namespace NativeRnn.Trainer;

/// <summary>
/// Ridge regression of the target on all values of a window, normalised as for the network and fitted, like the network, to the
/// training part. The penalty is the one of <see cref="Penalties"/> with the least mean absolute error on the validation part.
/// Where the split has none, it is chosen on the last third of the training windows after a fit to the others.
/// </summary>
internal sealed class RidgeBaseline
{
    /// <summary>The values of a window at most; the matrix of products is then 128 MB.</summary>
    private const int MaxInputs = 4096;

    public static readonly double[] Penalties = [0.01, 0.1, 1, 10, 100, 1_000, 10_000];

    private readonly PreparedData _data;
    private readonly RidgeRegression _regression;

    private RidgeBaseline(PreparedData data, double penalty, RidgeRegression regression)
    {
        _data = data;
        _regression = regression;
        Penalty = penalty;
    }

    /// <summary>The penalty chosen.</summary>
    public double Penalty { get; }

    /// <exception cref="InputException">The window has too many values.</exception>
    public static RidgeBaseline Fit(PreparedData data)
    {
        int inputCount = data.Recipe.Window * data.Recipe.Inputs.Count;
        if (inputCount > MaxInputs)
            throw new InputException($"the window has {inputCount} values, but ridge regression takes {MaxInputs} at most");
        if (data.Validation is not null)
            return ChoosePenalty(data, Products(data, data.Training, inputCount), data.Validation);

        (WindowSet fitted, WindowSet heldOut) = HoldOut(data.Training);
        CrossProducts products = Products(data, fitted, inputCount);
        double penalty = ChoosePenalty(data, products, heldOut).Penalty;
        CrossProducts all = products.With(Products(data, heldOut, inputCount));
        return new RidgeBaseline(data, penalty, RidgeRegression.Fit(all, penalty));
    }

    /// <summary>The forecasts for some windows, in the target's unit.</summary>
    public double[] Forecast(WindowSet windows) =>
    [
        .. Samples(_data, windows)
            .Select(sample => _regression.Predict(sample.AsSpan()[..^2]))
            .Select(normalised => normalised * _data.Recipe.TargetDeviation + _data.Recipe.TargetMean),
    ];

    private static RidgeBaseline ChoosePenalty(PreparedData data, CrossProducts fitted, WindowSet heldOut)
    {
        double[] actual = data.Windows.ActualValues(heldOut);
        return Penalties
            .Select(penalty => new RidgeBaseline(data, penalty, RidgeRegression.Fit(fitted, penalty)))
            .MinBy(candidate => ForecastErrors.Measure(candidate.Forecast(heldOut), actual).MeanAbsolute)!;
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

    /// <summary>(x, y, 1) of each window; the array is the same every time.</summary>
    private static IEnumerable<double[]> Samples(PreparedData data, WindowSet windows)
    {
        FlatWindows source = new(data.Windows.ToSource(windows));
        float[] inputs = new float[source.InputSize];
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
