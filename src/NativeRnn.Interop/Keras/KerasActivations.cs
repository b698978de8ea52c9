using System.Text.Json;

namespace NativeRnn.Interop.Keras;

/// <summary>Keras's activations as ours: the same function, or a refusal.</summary>
internal static class KerasActivations
{
    // The slope of the function, which is not that of the layer.
    private const float LeakyReluFunctionSlope = 0.2f;
    private const float LeakyReluLayerSlope = 0.3f;

    /// <summary>Reads an activation setting: a name, or one of the activation layers.</summary>
    /// <param name="config">The layer's settings.</param>
    /// <param name="setting">The setting, such as <c>recurrent_activation</c>.</param>
    /// <param name="version">What wrote the file.</param>
    /// <param name="otherwise">What an absent setting means.</param>
    public static Activation Read(KerasConfig config, string setting, KerasVersion version, Activation otherwise)
    {
        if (!config.Has(setting))
            return otherwise;
        string where = $"{config.Where}: {setting}";
        switch (config.Find(setting))
        {
            case null:
                return Activation.Linear;
            case { ValueKind: JsonValueKind.String } name:
                return FromName(name.GetString()!, version, where);
            case { ValueKind: JsonValueKind.Object } entry:
                KerasLayer layer = KerasLayer.Read(entry, where);
                KerasConfig inner = new(layer.Config, where);
                Activation activation = FromLayer(layer.ClassName, inner, version)
                    ?? throw new ModelImportException($"{where}: {layer.ClassName} is not an activation that is supported");
                inner.RefuseReducedPrecision();
                inner.RefuseRest();
                return activation;
            case JsonElement other:
                throw new ModelImportException($"{where} is {Json.Shorten(other)}; expected an activation");
        }
    }

    /// <summary>The function of an activation layer, null where the class is none of those.</summary>
    public static Activation? FromLayer(string className, KerasConfig config, KerasVersion version)
    {
        switch (className)
        {
            case "Activation":
                return Read(config, "activation", version, Activation.Linear);
            case "ReLU":
                if (config.Find("max_value") is not null || config.Number("threshold", 0) != 0)
                    throw new ModelImportException($"{config.Where}: a ReLU with max_value or threshold is not supported");
                float slope = config.Number("negative_slope", 0);
                return slope == 0 ? Activation.Relu : Activation.LeakyRelu(slope);
            case "LeakyReLU":
                // Keras 2 calls the slope alpha.
                return Activation.LeakyRelu(config.Number("negative_slope", config.Number("alpha", LeakyReluLayerSlope)));
            case "ELU":
                return Activation.Elu(config.Number("alpha", 1));
            case "Softmax":
                if (config.Find("axis") is { } axis && axis.GetRawText() != "-1")
                    throw new ModelImportException($"{config.Where}: a softmax over axis {Json.Shorten(axis)} is not supported; expected -1, the features");
                return Activation.Softmax;
            default:
                return null;
        }
    }

    private static Activation FromName(string name, KerasVersion version, string where) => name switch
    {
        "linear" => Activation.Linear,
        "tanh" => Activation.Tanh,
        "sigmoid" => Activation.Sigmoid,
        "hard_sigmoid" => version.Major == 2 ? Activation.HardSigmoidKeras2 : Activation.HardSigmoidKeras3,
        "relu" => Activation.Relu,
        "elu" => Activation.Elu(),
        "selu" => Activation.Selu,
        "softplus" => Activation.Softplus,
        "softsign" => Activation.Softsign,
        "softmax" => Activation.Softmax,
        "gelu" => Activation.Gelu,
        "leaky_relu" when version.Major >= 3 => Activation.LeakyRelu(LeakyReluFunctionSlope),
        _ => throw new ModelImportException(
            $"{where}: the activation '{name}' is not supported; supported are linear, tanh, sigmoid, hard_sigmoid, relu, elu, selu, softplus, softsign, softmax, gelu and, from Keras 3, leaky_relu"),
    };
}
