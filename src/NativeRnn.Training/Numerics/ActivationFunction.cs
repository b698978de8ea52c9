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
    private readonly T _alpha = activation.Kind switch
    {
        ActivationKind.HardSigmoidKeras2 => T.CreateChecked(0.2),
        ActivationKind.HardSigmoidKeras3 => T.CreateChecked(1.0 / 6),
        _ => T.CreateChecked(activation.Alpha),
    };

    private readonly T _beta = T.CreateChecked(
        activation.Kind is ActivationKind.HardSigmoidKeras2 or ActivationKind.HardSigmoidKeras3 ? 0.5 : activation.Beta);

    /// <summary>
    /// Whether the derivative needs x: of a gelu, of a scaled tanh and a thresholded ReLU, whose y may be 0 anywhere, and of slopes below zero,
    /// whose y does not tell the sign of x.
    /// </summary>
    public bool KeepsInput
        => _kind is ActivationKind.Gelu or ActivationKind.ScaledTanh or ActivationKind.ThresholdedRelu
            || (_kind is ActivationKind.LeakyRelu or ActivationKind.Elu && T.IsNegative(_alpha));

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
            case ActivationKind.HardSigmoidKeras2 or ActivationKind.HardSigmoidKeras3 or ActivationKind.HardSigmoid:
                TensorPrimitives.Multiply(values, _alpha, values);
                TensorPrimitives.Add(values, _beta, values);
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

    private T Value(T x) => _kind switch
    {
        ActivationKind.LeakyRelu => x > T.Zero ? x : _alpha * x,
        ActivationKind.Elu => x > T.Zero ? x : _alpha * T.ExpM1(x),
        ActivationKind.Selu => T.CreateChecked(SeluScale) * (x > T.Zero ? x : T.CreateChecked(SeluAlpha) * T.ExpM1(x)),
        ActivationKind.Softplus => T.Max(x, T.Zero) + T.LogP1(T.Exp(-T.Abs(x))),
        ActivationKind.Softsign => x / (T.One + T.Abs(x)),
        ActivationKind.Gelu => x * NormalDistribution(x),
        ActivationKind.ScaledTanh => _alpha * T.Tanh(_beta * x),
        ActivationKind.Affine => _alpha * x + _beta,
        ActivationKind.ThresholdedRelu => x > _alpha ? x : T.Zero,
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
        ActivationKind.HardSigmoidKeras2 or ActivationKind.HardSigmoidKeras3 or ActivationKind.HardSigmoid => y > T.Zero && y < T.One ? _alpha : T.Zero,
        ActivationKind.Affine => _alpha,
        _ => throw new UnreachableException($"The derivative of {_kind} cannot be told from its output."),
    };

    private T DerivativeFromInput(T x) => _kind switch
    {
        ActivationKind.LeakyRelu => x > T.Zero ? T.One : _alpha,
        ActivationKind.Elu => x > T.Zero ? T.One : _alpha * T.Exp(x),
        ActivationKind.ScaledTanh => _alpha * _beta * (T.One - T.Tanh(_beta * x) * T.Tanh(_beta * x)),
        ActivationKind.ThresholdedRelu => x > _alpha ? T.One : T.Zero,
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
