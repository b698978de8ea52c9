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
    /// the next of. Where the operators' specification and ONNX Runtime understand a list that is too short, or has gaps, differently, it is
    /// refused: ONNX Runtime's RNN takes numbers by direction and has no defaults, its GRU and LSTM know the defaults of three functions.
    /// </summary>
    public static Activation[] OfRecurrent(OnnxNode node, string[] standard, int directions)
    {
        string[] names = node.TextList("activations") ?? [.. Enumerable.Repeat(standard, directions).SelectMany(each => each)];
        if (names.Length != standard.Length * directions)
            node.Refuse($"has {names.Length} activations, expected {standard.Length * directions}");
        bool isByDirection = standard.Length == 1;
        float[] alphas = node.NumberList("activation_alpha"), betas = node.NumberList("activation_beta");
        int nextAlpha = 0, nextBeta = 0;
        Activation[] activations = new Activation[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            string name = names[i];
            string known = name.ToLowerInvariant();
            (float Alpha, float Beta)? standards = known switch
            {
                "leakyrelu" => (0.01f, 0),
                "elu" => (1, 0),
                "hardsigmoid" => (0.2f, 0.5f),
                _ => null,
            };
            bool hasBeta = known is "affine" or "scaledtanh" or "hardsigmoid", hasAlpha = hasBeta || known is "leakyrelu" or "thresholdedrelu" or "elu";
            float alpha = hasAlpha ? Next(alphas, ref nextAlpha, standards?.Alpha, "activation_alpha", i) : 0;
            float beta = hasBeta ? Next(betas, ref nextBeta, standards?.Beta, "activation_beta", i) : 0;
            activations[i] = Create(node, name, alpha, beta);
        }

        return activations;

        float Next(float[] numbers, ref int next, float? otherwise, string attribute, int position)
        {
            if (next < numbers.Length && (!isByDirection || next == position))
                return numbers[next++];
            return next >= numbers.Length && !isByDirection && otherwise is float number
                ? number
                : throw node.Error($"has the activation {names[position]} without its own {attribute}, which tools understand differently: write it out for every direction");
        }
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
