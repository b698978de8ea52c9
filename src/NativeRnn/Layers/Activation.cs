namespace NativeRnn;

/// <summary>The activation functions a layer can apply. The numbers are part of the weight-file format.</summary>
public enum ActivationKind : ushort
{
    /// <summary>f(x) = x.</summary>
    Linear = 0,

    /// <summary>f(x) = tanh(x).</summary>
    Tanh = 1,

    /// <summary>f(x) = 1 / (1 + e^-x).</summary>
    Sigmoid = 2,

    /// <summary>f(x) = max(0, x).</summary>
    Relu = 3,

    /// <summary>f(x) = x for x &gt; 0, alpha * x otherwise.</summary>
    LeakyRelu = 4,

    /// <summary>f(x) = x for x &gt; 0, alpha * (e^x - 1) otherwise.</summary>
    Elu = 5,

    /// <summary>ELU with the fixed scale and alpha of Klambauer et al. (2017), "Self-Normalizing Neural Networks".</summary>
    Selu = 6,

    /// <summary>f(x) = ln(1 + e^x).</summary>
    Softplus = 7,

    /// <summary>f(x) = x / (1 + |x|).</summary>
    Softsign = 8,

    /// <summary>f(x)_i = e^x_i / sum_j e^x_j over the units of a step. Dense layers only.</summary>
    Softmax = 9,

    /// <summary>f(x) = x/2 * (1 + erf(x / sqrt 2)), the exact form (not the tanh approximation).</summary>
    Gelu = 10,

    /// <summary>clip(0.2 x + 0.5, 0, 1): what Keras 1 and 2, and ONNX by default, call hard sigmoid.</summary>
    HardSigmoidKeras2 = 11,

    /// <summary>clip(x / 6 + 0.5, 0, 1): what Keras 3 and PyTorch call hard sigmoid.</summary>
    HardSigmoidKeras3 = 12,

    /// <summary>clip(alpha * x + beta, 0, 1): ONNX's hard sigmoid.</summary>
    HardSigmoid = 13,

    /// <summary>f(x) = alpha * tanh(beta * x).</summary>
    ScaledTanh = 14,

    /// <summary>f(x) = alpha * x + beta.</summary>
    Affine = 15,

    /// <summary>f(x) = x for x &gt; alpha, 0 otherwise.</summary>
    ThresholdedRelu = 16,
}

/// <summary>An activation function with its parameters, where it has any.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Alpha">The alpha of a function that has one, such as the slope of a leaky ReLU below zero; 0 for every other.</param>
/// <param name="Beta">The beta of a hard sigmoid, scaled tanh or affine function; 0 for every other.</param>
public readonly record struct Activation(ActivationKind Kind, float Alpha = 0, float Beta = 0)
{
    /// <inheritdoc cref="ActivationKind.Linear"/>
    public static Activation Linear => new(ActivationKind.Linear);

    /// <inheritdoc cref="ActivationKind.Tanh"/>
    public static Activation Tanh => new(ActivationKind.Tanh);

    /// <inheritdoc cref="ActivationKind.Sigmoid"/>
    public static Activation Sigmoid => new(ActivationKind.Sigmoid);

    /// <inheritdoc cref="ActivationKind.Relu"/>
    public static Activation Relu => new(ActivationKind.Relu);

    /// <inheritdoc cref="ActivationKind.Selu"/>
    public static Activation Selu => new(ActivationKind.Selu);

    /// <inheritdoc cref="ActivationKind.Softplus"/>
    public static Activation Softplus => new(ActivationKind.Softplus);

    /// <inheritdoc cref="ActivationKind.Softsign"/>
    public static Activation Softsign => new(ActivationKind.Softsign);

    /// <inheritdoc cref="ActivationKind.Softmax"/>
    public static Activation Softmax => new(ActivationKind.Softmax);

    /// <inheritdoc cref="ActivationKind.Gelu"/>
    public static Activation Gelu => new(ActivationKind.Gelu);

    /// <inheritdoc cref="ActivationKind.HardSigmoidKeras2"/>
    public static Activation HardSigmoidKeras2 => new(ActivationKind.HardSigmoidKeras2);

    /// <inheritdoc cref="ActivationKind.HardSigmoidKeras3"/>
    public static Activation HardSigmoidKeras3 => new(ActivationKind.HardSigmoidKeras3);

    /// <inheritdoc cref="ActivationKind.LeakyRelu"/>
    /// <param name="slope">The slope below zero. Keras 3 takes 0.2 unless told, Keras 2's layer 0.3, PyTorch and ONNX 0.01.</param>
    public static Activation LeakyRelu(float slope = 0.2f) => new(ActivationKind.LeakyRelu, slope);

    /// <inheritdoc cref="ActivationKind.Elu"/>
    /// <param name="alpha">The scale below zero.</param>
    public static Activation Elu(float alpha = 1f) => new(ActivationKind.Elu, alpha);

    /// <inheritdoc cref="ActivationKind.HardSigmoid"/>
    /// <param name="alpha">The slope.</param>
    /// <param name="beta">The value at 0.</param>
    public static Activation HardSigmoid(float alpha, float beta) => new(ActivationKind.HardSigmoid, alpha, beta);

    /// <inheritdoc cref="ActivationKind.ScaledTanh"/>
    /// <param name="alpha">The factor of the output.</param>
    /// <param name="beta">The factor of the input.</param>
    public static Activation ScaledTanh(float alpha, float beta) => new(ActivationKind.ScaledTanh, alpha, beta);

    /// <inheritdoc cref="ActivationKind.Affine"/>
    /// <param name="alpha">The slope.</param>
    /// <param name="beta">The value at 0.</param>
    public static Activation Affine(float alpha, float beta) => new(ActivationKind.Affine, alpha, beta);

    /// <inheritdoc cref="ActivationKind.ThresholdedRelu"/>
    /// <param name="threshold">The largest argument that gives 0.</param>
    public static Activation ThresholdedRelu(float threshold) => new(ActivationKind.ThresholdedRelu, threshold);

    /// <summary>The name specs and summaries use, such as <c>tanh</c>, <c>leaky_relu(0.2)</c> or <c>affine(2,0.5)</c>.</summary>
    public override string ToString()
    {
        string name = ActivationNames.NameOf(Kind);
        return ActivationNames.ParameterCount(Kind) switch
        {
            0 => name,
            1 => string.Create(CultureInfo.InvariantCulture, $"{name}({Alpha:R})"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{name}({Alpha:R},{Beta:R})"),
        };
    }

    /// <summary>Reads a name written by <see cref="ToString"/>.</summary>
    /// <param name="text">For example <c>tanh</c>, <c>hard_sigmoid_keras3</c>, <c>elu</c> (alpha 1) or <c>leaky_relu(0.01)</c>.</param>
    /// <exception cref="FormatException">The name is unknown; the message lists the known ones.</exception>
    public static Activation Parse(string text) => ActivationNames.Parse(text);

    internal bool IsDefined
    {
        get
        {
            int count = ActivationNames.ParameterCount(Kind);
            return Enum.IsDefined(Kind) && float.IsFinite(Alpha) && float.IsFinite(Beta) && (count > 0 || Alpha == 0) && (count > 1 || Beta == 0);
        }
    }
}
