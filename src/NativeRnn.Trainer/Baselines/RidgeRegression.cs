namespace NativeRnn.Trainer;

/// <summary>
/// Linear regression y = b + w x that minimises the squared error plus penalty * |w|^2 (Hoerl and Kennard, 1970). On centred
/// samples w solves (X'X + penalty I) w = X'y, by Cholesky's factorisation in double precision; b is not penalised.
/// </summary>
internal sealed class RidgeRegression
{
    private readonly double[] _weights;
    private readonly double _intercept;

    private RidgeRegression(double[] weights, double intercept)
    {
        _weights = weights;
        _intercept = intercept;
    }

    /// <summary>Fits to samples.</summary>
    /// <param name="samples">The samples' products.</param>
    /// <param name="penalty">Above zero.</param>
    public static RidgeRegression Fit(CrossProducts samples, double penalty)
    {
        int size = samples.InputCount;
        double[] weights = new double[size];
        double[][] lower = new double[size][];
        for (int i = 0; i < size; i++)
        {
            lower[i] = new double[i + 1];
            for (int j = 0; j < i; j++)
                lower[i][j] = (samples.Covariation(j, i) - Dot(lower[i], lower[j], j)) / lower[j][j];

            double pivot = samples.Covariation(i, i) + penalty - Dot(lower[i], lower[i], i);
            // In exact arithmetic no pivot is below the penalty; rounding must not make the root of it NaN.
            lower[i][i] = Math.Sqrt(Math.Max(pivot, penalty));
            weights[i] = (samples.TargetCovariation(i) - Dot(lower[i], weights, i)) / lower[i][i];
        }

        for (int i = size - 1; i >= 0; i--)
        {
            for (int j = i + 1; j < size; j++)
                weights[i] -= lower[j][i] * weights[j];
            weights[i] /= lower[i][i];
        }

        double intercept = samples.TargetMean;
        for (int i = 0; i < size; i++)
            intercept -= weights[i] * samples.InputMean(i);
        return new RidgeRegression(weights, intercept);
    }

    /// <summary>b + w x.</summary>
    public double Predict(ReadOnlySpan<double> inputs) => _intercept + Dot(_weights, inputs, _weights.Length);

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right, int length)
        => System.Numerics.Tensors.TensorPrimitives.Dot(left[..length], right[..length]);
}
