namespace NativeRnn.Training;

/// <summary>
/// An activation and its derivative over a span. The derivative is taken from the output y where y tells it, else from the input x; at
/// a kink (0 for the ReLU family, the two corners of a hard sigmoid) it is that of the flat side: of x below 0, or 0.
/// </summary>
/// <param name="activation">The function; any but softmax, which is not element-wise.</param>
internal sealed class ActivationFunction<T>(Activation activation) where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Klambauer et al. (2017), section 2.
    private const double SeluScale = 1.0507009873554805;
    private const double SeluAlpha = 1.6732632423543772;

    private readonly ActivationKind _kind = activation.Kind;
    private readonly T _alpha = T.CreateChecked(activation.Alpha);

    /// <summary>Whether the derivative needs x: of a gelu, and of slopes below zero, whose y does not tell the sign of x.</summary>
    public bool KeepsInput => _kind == ActivationKind.Gelu || T.IsNegative(_alpha);

    /// <summary>Replaces x by y.</summary>
    /// <param name="values">x, then y.</param>
    /// <param name="inputs">Receives x if <see cref="KeepsInput"/>.</param>
    public void Apply(Span<T> values, Span<T> inputs)
    {
        if (KeepsInput)
            values.CopyTo(inputs);
        switch (_kind)
        {
            case ActivationKind.Linear:
                break;
            case ActivationKind.Tanh:
                TensorPrimitives.Tanh(values, values);
                break;
            case ActivationKind.Sigmoid:
                TensorPrimitives.Sigmoid(values, values);
                break;
            case ActivationKind.Relu:
                TensorPrimitives.Max(values, T.Zero, values);
                break;
            case ActivationKind.HardSigmoidKeras2 or ActivationKind.HardSigmoidKeras3:
                TensorPrimitives.Multiply(values, HardSlope, values);
                TensorPrimitives.Add(values, T.CreateChecked(0.5), values);
                TensorPrimitives.Max(values, T.Zero, values);
                TensorPrimitives.Min(values, T.One, values);
                break;
            default:
                foreach (ref T value in values)
                    value = Value(value);
                break;
        }
    }

    /// <summary>Multiplies gradients by the derivative: the gradient by y becomes that by x.</summary>
    /// <param name="outputs">y.</param>
    /// <param name="inputs">x if <see cref="KeepsInput"/>.</param>
    /// <param name="gradients">The gradients.</param>
    /// <param name="scratch">At least as long as the gradients.</param>
    public void MultiplyDerivative(ReadOnlySpan<T> outputs, ReadOnlySpan<T> inputs, Span<T> gradients, Span<T> scratch)
    {
        scratch = scratch[..gradients.Length];
        switch (_kind)
        {
            case ActivationKind.Linear:
                break;
            case ActivationKind.Tanh:
                TensorPrimitives.Multiply(outputs, outputs, scratch);
                TensorPrimitives.Subtract(T.One, scratch, scratch);
                TensorPrimitives.Multiply(gradients, scratch, gradients);
                break;
            case ActivationKind.Sigmoid:
                TensorPrimitives.Subtract(T.One, outputs, scratch);
                TensorPrimitives.Multiply(outputs, scratch, scratch);
                TensorPrimitives.Multiply(gradients, scratch, gradients);
                break;
            default:
                for (int i = 0; i < gradients.Length; i++)
                    gradients[i] *= KeepsInput ? DerivativeFromInput(inputs[i]) : DerivativeFromOutput(outputs[i]);
                break;
        }
    }

    private T HardSlope => T.CreateChecked(_kind == ActivationKind.HardSigmoidKeras2 ? 0.2 : 1.0 / 6);

    private T Value(T x) => _kind switch
    {
        ActivationKind.LeakyRelu => x > T.Zero ? x : _alpha * x,
        ActivationKind.Elu => x > T.Zero ? x : _alpha * T.ExpM1(x),
        ActivationKind.Selu => T.CreateChecked(SeluScale) * (x > T.Zero ? x : T.CreateChecked(SeluAlpha) * T.ExpM1(x)),
        ActivationKind.Softplus => T.Max(x, T.Zero) + T.LogP1(T.Exp(-T.Abs(x))),
        ActivationKind.Softsign => x / (T.One + T.Abs(x)),
        ActivationKind.Gelu => x * NormalDistribution(x),
        _ => throw new UnreachableException($"Softmax or an unknown activation ({_kind}) as an element-wise one."),
    };

    private T DerivativeFromOutput(T y) => _kind switch
    {
        ActivationKind.Relu => y > T.Zero ? T.One : T.Zero,
        ActivationKind.LeakyRelu => y > T.Zero ? T.One : _alpha,
        ActivationKind.Elu => y > T.Zero ? T.One : y + _alpha,
        ActivationKind.Selu => y > T.Zero ? T.CreateChecked(SeluScale) : y + T.CreateChecked(SeluScale * SeluAlpha),
        ActivationKind.Softplus => -T.ExpM1(-y),
        ActivationKind.Softsign => (T.One - T.Abs(y)) * (T.One - T.Abs(y)),
        ActivationKind.HardSigmoidKeras2 or ActivationKind.HardSigmoidKeras3 => y > T.Zero && y < T.One ? HardSlope : T.Zero,
        _ => throw new UnreachableException($"The derivative of {_kind} cannot be told from its output."),
    };

    private T DerivativeFromInput(T x) => _kind switch
    {
        ActivationKind.LeakyRelu => x > T.Zero ? T.One : _alpha,
        ActivationKind.Elu => x > T.Zero ? T.One : _alpha * T.Exp(x),
        ActivationKind.Gelu => NormalDistribution(x) + x * T.Exp(-x * x / T.CreateChecked(2)) / T.Sqrt(T.Tau),
        _ => throw new UnreachableException($"The derivative of {_kind} is told from its output."),
    };

    /// <summary>
    /// The standard normal distribution function, (1 + erf(x / sqrt 2)) / 2, by the series of positive terms
    /// 1/2 + density(x) (x + x^3/3 + x^5/15 + ...), which loses no digits (Abramowitz and Stegun, 26.2.11).
    /// </summary>
    private static T NormalDistribution(T value)
    {
        double x = double.CreateChecked(value);
        if (double.Abs(x) > 8.5)
            return x > 0 ? T.One : T.Zero;
        double term = x;
        double sum = x;
        for (int odd = 3; double.Abs(term) > 1e-17 * double.Abs(sum); odd += 2)
        {
            term *= x * x / odd;
            sum += term;
        }

        return T.CreateChecked(0.5 + sum * double.Exp(-x * x / 2) / double.Sqrt(double.Tau));
    }
}
