namespace NativeRnn.Trainer;

/// <summary>How far forecasts are off, in the target's unit.</summary>
/// <param name="MeanAbsolute">The mean of |forecast - actual|.</param>
/// <param name="RootMeanSquare">The root of the mean of (forecast - actual)^2.</param>
internal readonly record struct ForecastErrors(double MeanAbsolute, double RootMeanSquare)
{
    /// <summary>Measures forecasts against what came true; both of one length, not empty.</summary>
    public static ForecastErrors Measure(ReadOnlySpan<double> forecasts, ReadOnlySpan<double> actual)
    {
        double absolute = 0;
        double squares = 0;
        for (int i = 0; i < forecasts.Length; i++)
        {
            double error = forecasts[i] - actual[i];
            absolute += Math.Abs(error);
            squares += error * error;
        }

        return new ForecastErrors(absolute / forecasts.Length, Math.Sqrt(squares / forecasts.Length));
    }
}
