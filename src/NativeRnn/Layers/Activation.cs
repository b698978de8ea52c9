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
}

/// <summary>An activation function with its parameter, where it has one.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Alpha">The slope of a leaky ReLU or the scale of an ELU below zero; 0 for every other function.</param>
public readonly record struct Activation(ActivationKind Kind, float Alpha = 0)
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

    /// <summary>The name specs and summaries use, such as <c>tanh</c> or <c>leaky_relu(0.2)</c>.</summary>
    public override string ToString()
    {
        string name = ActivationNames.NameOf(Kind);
        return ActivationNames.TakesAlpha(Kind) ? string.Create(CultureInfo.InvariantCulture, $"{name}({Alpha:R})") : name;
    }

    /// <summary>Reads a name written by <see cref="ToString"/>.</summary>
    /// <param name="text">For example <c>tanh</c>, <c>hard_sigmoid_keras3</c>, <c>elu</c> (alpha 1) or <c>leaky_relu(0.01)</c>.</param>
    /// <exception cref="FormatException">The name is unknown; the message lists the known ones.</exception>
    public static Activation Parse(string text) => ActivationNames.Parse(text);

    internal bool IsDefined => Enum.IsDefined(Kind) && float.IsFinite(Alpha) && (ActivationNames.TakesAlpha(Kind) || Alpha == 0);
}
