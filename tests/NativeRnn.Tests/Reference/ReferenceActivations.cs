namespace NativeRnn.Tests.Reference;

/// <summary>
/// The activations in double precision, relative error about 1e-15 everywhere (so also near zero and in the tails), with the
/// limits at plus and minus infinity.
/// </summary>
internal static class ReferenceActivations
{
    // Klambauer et al. (2017), equation 14, to double precision.
    private const double SeluScale = 1.0507009873554804934;
    private const double SeluAlpha = 1.6732632423543772848;

    public static double Apply(Activation activation, double x) => activation.Kind switch
    {
        ActivationKind.Linear => x,
        ActivationKind.Tanh => Math.Tanh(x),
        ActivationKind.Sigmoid => Sigmoid(x),
        ActivationKind.Relu => Math.Max(0, x),
        ActivationKind.LeakyRelu => x > 0 ? x : activation.Alpha * x,
        ActivationKind.Elu => x > 0 ? x : activation.Alpha * ExpMinus1(x),
        ActivationKind.Selu => SeluScale * (x > 0 ? x : SeluAlpha * ExpMinus1(x)),
        ActivationKind.Softplus => Softplus(x),
        ActivationKind.Softsign => double.IsInfinity(x) ? Math.Sign(x) : x / (1 + Math.Abs(x)),
        ActivationKind.Gelu => Gelu(x),
        ActivationKind.HardSigmoidKeras2 => Math.Clamp(0.2 * x + 0.5, 0, 1),
        ActivationKind.HardSigmoidKeras3 => Math.Clamp(x / 6 + 0.5, 0, 1),
        ActivationKind.HardSigmoid => Math.Clamp(activation.Alpha * x + activation.Beta, 0, 1),
        ActivationKind.ScaledTanh => activation.Alpha * Math.Tanh(activation.Beta * x),
        ActivationKind.Affine => activation.Alpha * x + activation.Beta,
        ActivationKind.ThresholdedRelu => x > activation.Alpha ? x : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not a function of one number."),
    };

    /// <summary>e^x_i / sum_j e^x_j, shifted by the largest x so that nothing overflows.</summary>
    public static double[] Softmax(double[] x)
    {
        double largest = x.Max();
        double sum = 0;
        foreach (double value in x)
            sum += Math.Exp(value - largest);
        return [.. x.Select(value => Math.Exp(value - largest) / sum)];
    }

    public static double Sigmoid(double x)
    {
        // Two forms of one function, each without overflow on its side.
        if (x >= 0)
            return 1 / (1 + Math.Exp(-x));
        double exponential = Math.Exp(x);
        return exponential / (1 + exponential);
    }

    /// <summary>erf(x) = 2/sqrt(pi) e^(-x^2) sum_n 2^n x^(2n+1) / (2n+1)!!: terms of one sign, so nothing cancels.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (Math.Abs(x) > 2)
            return Math.Sign(x) * (1 - Erfc(Math.Abs(x)));

        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>
    /// erfc(x) = 1 - erf(x); from 2 on by the continued fraction e^(-x^2)/sqrt(pi) / (x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))),
    /// evaluated from its far end, which keeps the relative error where 1 - erf(x) would have lost every digit.
    /// </summary>
    public static double Erfc(double x)
    {
        if (!(x > 2))
            return 1 - Erf(x);
        if (x > 27)
            return 0;

        double fraction = x;
        for (int n = 200; n >= 1; n--)
            fraction = x + n / 2.0 / fraction;

        // e^(-x^2) with the rounding error of x^2 put back: at x = 20 it is worth 100 units in the last place.
        double square = x * x;
        double lost = Math.FusedMultiplyAdd(x, x, -square);
        return Math.Exp(-square) * (1 - lost) / Math.Sqrt(Math.PI) / fraction;
    }

    private static double Gelu(double x)
        => double.IsNegativeInfinity(x) ? 0 : x / 2 * Erfc(-x / Math.Sqrt(2));

    private static double Softplus(double x)
    {
        if (double.IsNaN(x))
            return x;

        // ln(1 + e^x) = max(x, 0) + ln(1 + y) with y = e^-|x|; ln(1 + y) = 2 artanh(y / (2 + y)).
        double y = Math.Exp(-Math.Abs(x));
        double z = y / (2 + y);
        double power = z;
        double sum = 0;
        for (int n = 1; n < 60; n += 2)
        {
            sum += power / n;
            power *= z * z;
        }

        return Math.Max(x, 0) + 2 * sum;
    }

    /// <summary>e^x - 1; near zero by its series, because the difference would cancel.</summary>
    private static double ExpMinus1(double x)
    {
        if (!(Math.Abs(x) < 0.5))
            return Math.Exp(x) - 1;

        double term = x;
        double sum = x;
        for (int n = 2; n < 25; n++)
        {
            term *= x / n;
            sum += term;
        }

        return sum;
    }
}
