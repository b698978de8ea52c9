namespace NativeRnn;

/// <summary>The one list of activation names, shared by summaries and training specs.</summary>
internal static class ActivationNames
{
    private static readonly string[] Names =
    [
        "linear", "tanh", "sigmoid", "relu", "leaky_relu", "elu", "selu", "softplus", "softsign", "softmax", "gelu",
        "hard_sigmoid_keras2", "hard_sigmoid_keras3",
    ];

    public static string NameOf(ActivationKind kind) => (int)kind < Names.Length ? Names[(int)kind] : kind.ToString();

    public static bool TakesAlpha(ActivationKind kind) => kind is ActivationKind.LeakyRelu or ActivationKind.Elu;

    public static Activation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int open = text.IndexOf('(', StringComparison.Ordinal);
        string name = open < 0 ? text : text[..open];
        int index = Array.IndexOf(Names, name);
        if (index < 0)
            throw new FormatException(Unknown(name));

        var kind = (ActivationKind)index;
        if (open < 0)
            return kind switch
            {
                ActivationKind.LeakyRelu => Activation.LeakyRelu(),
                ActivationKind.Elu => Activation.Elu(),
                _ => new Activation(kind),
            };

        if (!TakesAlpha(kind) || !text.EndsWith(')')
            || !float.TryParse(text.AsSpan(open + 1, text.Length - open - 2), NumberStyles.Float, CultureInfo.InvariantCulture, out float alpha)
            || !float.IsFinite(alpha))
        {
            throw new FormatException($"'{text}' is not an activation: only leaky_relu and elu take one finite number in brackets.");
        }

        return new Activation(kind, alpha);
    }

    private static string Unknown(string name)
        => name == "hard_sigmoid"
            ? "'hard_sigmoid' means two functions: say hard_sigmoid_keras2 for clip(0.2x+0.5, 0, 1) or hard_sigmoid_keras3 for clip(x/6+0.5, 0, 1)."
            : $"Unknown activation '{name}'; known are {string.Join(", ", Names)}.";
}
