namespace NativeRnn;

/// <summary>The one list of activation names, shared by summaries and training specs.</summary>
internal static class ActivationNames
{
    private const string Ambiguous = "hard_sigmoid";

    private static readonly string[] Names =
    [
        "linear", "tanh", "sigmoid", "relu", "leaky_relu", "elu", "selu", "softplus", "softsign", "softmax", "gelu",
        "hard_sigmoid_keras2", "hard_sigmoid_keras3", "hard_sigmoid", "scaled_tanh", "affine", "thresholded_relu",
    ];

    public static string NameOf(ActivationKind kind) => (int)kind < Names.Length ? Names[(int)kind] : kind.ToString();

    /// <summary>Whether a function has no parameter, alpha, or alpha and beta.</summary>
    public static int ParameterCount(ActivationKind kind) => kind switch
    {
        ActivationKind.LeakyRelu or ActivationKind.Elu or ActivationKind.ThresholdedRelu => 1,
        ActivationKind.HardSigmoid or ActivationKind.ScaledTanh or ActivationKind.Affine => 2,
        _ => 0,
    };

    public static Activation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int open = text.IndexOf('(', StringComparison.Ordinal);
        string name = open < 0 ? text : text[..open];
        int index = Array.IndexOf(Names, name);
        if (index < 0 || text == Ambiguous)
            throw new FormatException(Unknown(name));

        var kind = (ActivationKind)index;
        if (open < 0 && kind == ActivationKind.LeakyRelu)
            return Activation.LeakyRelu();
        if (open < 0 && kind == ActivationKind.Elu)
            return Activation.Elu();

        int count = ParameterCount(kind);
        string[] numbers = open < 0 ? [] : text.EndsWith(')') ? text[(open + 1)..^1].Split(',') : [""];
        float[] values = new float[2];
        bool isRight = numbers.Length == count;
        for (int i = 0; i < count && isRight; i++)
            isRight = float.TryParse(numbers[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]) && float.IsFinite(values[i]);
        if (!isRight)
            throw new FormatException($"'{text}' is not an activation: {name} takes {(count == 0 ? "no" : count)} finite number{(count == 1 ? "" : "s")} in brackets.");
        return new Activation(kind, values[0], values[1]);
    }

    private static string Unknown(string name)
        => name == Ambiguous
            ? "'hard_sigmoid' means several functions: say hard_sigmoid_keras2 for clip(0.2x+0.5, 0, 1), hard_sigmoid_keras3 for clip(x/6+0.5, 0, 1) or hard_sigmoid(a,b) for clip(ax+b, 0, 1)."
            : $"Unknown activation '{name}'; known are {string.Join(", ", Names)}.";
}
