namespace NativeRnn.Interop.Onnx;

/// <summary>ONNX's activation functions and ours. Defaults of alpha and beta are those of the operators' specifications.</summary>
internal static class OnnxActivations
{
    // The single-precision numbers of the specification's Selu.
    private const float SeluAlpha = 1.67326319217681884765625f;
    private const float SeluGamma = 1.05070102214813232421875f;
    private const float Sixth = 1f / 6;

    /// <summary>The activation that a node applies, or null for an operator of another sort.</summary>
    public static Activation? OfOperator(OnnxNode node)
    {
        switch (node.Operator)
        {
            case "Tanh" or "Sigmoid" or "Relu" or "Softplus" or "Softsign":
                return Create(node, node.Operator, 0, 0);
            case "LeakyRelu":
                return Activation.LeakyRelu(node.Number("alpha", 0.01f));
            case "Elu":
                return Activation.Elu(node.Number("alpha", 1));
            case "ThresholdedRelu":
                return Activation.ThresholdedRelu(node.Number("alpha", 1));
            case "HardSigmoid":
                return Create(node, node.Operator, node.Number("alpha", 0.2f), node.Number("beta", 0.5f));
            case "Selu":
                return IsNear(node.Number("alpha", SeluAlpha), SeluAlpha) && IsNear(node.Number("gamma", SeluGamma), SeluGamma)
                    ? Activation.Selu
                    : throw node.Error("has another alpha or gamma than the usual ones");
            case "Gelu":
                return node.Text("approximate") is null or "none" ? Activation.Gelu : throw node.Error("has the attribute approximate, which is not supported");
            case "Softmax":
                return Activation.Softmax;
            default:
                return null;
        }
    }

    /// <summary>
    /// The activations of a recurrent node, in its order. Alphas and betas are lists of their own, which each function that has one takes
    /// the next of.
    /// </summary>
    public static Activation[] OfRecurrent(OnnxNode node, string[] standard, int directions)
    {
        string[] names = node.TextList("activations") ?? [.. Enumerable.Repeat(standard, directions).SelectMany(each => each)];
        if (names.Length != standard.Length * directions)
            node.Refuse($"has {names.Length} activations, expected {standard.Length * directions}");
        Queue<float> alphas = new(node.NumberList("activation_alpha")), betas = new(node.NumberList("activation_beta"));
        return Array.ConvertAll(names, name =>
        {
            (float? alpha, float? beta) = name.ToLowerInvariant() switch
            {
                "affine" or "scaledtanh" => (1f, 0f),
                "leakyrelu" => (0.01f, (float?)null),
                "thresholdedrelu" or "elu" => (1f, null),
                "hardsigmoid" => (0.2f, 0.5f),
                _ => ((float?)null, (float?)null),
            };
            if (alpha is not null && alphas.TryDequeue(out float givenAlpha))
                alpha = givenAlpha;
            if (beta is not null && betas.TryDequeue(out float givenBeta))
                beta = givenBeta;
            return Create(node, name, alpha ?? 0, beta ?? 0);
        });
    }

    /// <summary>How a recurrent node says an activation.</summary>
    /// <returns>Null for one that ONNX's recurrent operators do not have.</returns>
    public static (string Name, float? Alpha, float? Beta)? ToRecurrent(Activation activation) => activation.Kind switch
    {
        ActivationKind.Linear => ("Affine", 1, 0),
        ActivationKind.LeakyRelu => ("LeakyRelu", activation.Alpha, null),
        ActivationKind.Elu => ("Elu", activation.Alpha, null),
        ActivationKind.HardSigmoidKeras2 => ("HardSigmoid", 0.2f, 0.5f),
        ActivationKind.HardSigmoidKeras3 => ("HardSigmoid", Sixth, 0.5f),
        ActivationKind.HardSigmoid or ActivationKind.ScaledTanh or ActivationKind.Affine
            => (activation.Kind.ToString(), activation.Alpha, activation.Beta),
        ActivationKind.ThresholdedRelu => ("ThresholdedRelu", activation.Alpha, null),
        ActivationKind.Tanh or ActivationKind.Sigmoid or ActivationKind.Relu or ActivationKind.Softplus or ActivationKind.Softsign
            => (activation.Kind.ToString(), null, null),
        _ => null,
    };

    private static Activation Create(OnnxNode node, string name, float alpha, float beta) => name.ToLowerInvariant() switch
    {
        "tanh" => Activation.Tanh,
        "sigmoid" => Activation.Sigmoid,
        "relu" => Activation.Relu,
        "softplus" => Activation.Softplus,
        "softsign" => Activation.Softsign,
        "leakyrelu" => Activation.LeakyRelu(alpha),
        "elu" => Activation.Elu(alpha),
        "affine" when alpha == 1 && beta == 0 => Activation.Linear,
        "thresholdedrelu" when alpha == 0 => Activation.Relu,
        "scaledtanh" when alpha == 1 && beta == 1 => Activation.Tanh,
        "hardsigmoid" when IsNear(alpha, 0.2f) && beta == 0.5f => Activation.HardSigmoidKeras2,
        "hardsigmoid" when IsNear(alpha, Sixth) && beta == 0.5f => Activation.HardSigmoidKeras3,
        "hardsigmoid" => Activation.HardSigmoid(alpha, beta),
        "affine" => Activation.Affine(alpha, beta),
        "scaledtanh" => Activation.ScaledTanh(alpha, beta),
        "thresholdedrelu" => Activation.ThresholdedRelu(alpha),
        _ => throw node.Error(FormattableString.Invariant($"has the activation {name} with alpha {alpha} and beta {beta}, which is not supported")),
    };

    private static bool IsNear(float value, float expected) => Math.Abs(value - expected) <= 1e-6f * expected;
}
