using System.Text.Json;

namespace NativeRnn.Interop.Keras;

/// <summary>
/// A layer's configuration. It remembers what was asked of it, so that a setting nobody asked for, which may change what the layer
/// computes, is refused instead of dropped.
/// </summary>
/// <param name="element">The JSON object.</param>
/// <param name="where">How messages name the layer.</param>
internal sealed class KerasConfig(JsonElement element, string where)
{
    private static readonly string[] TrainingSuffixes = ["_initializer", "_regularizer", "_constraint"];

    /// <summary>Settings without influence on what a layer computes at inference, given the shapes of its weights.</summary>
    private static readonly HashSet<string> Harmless =
    [
        "name", "trainable", "seed", "unit_forget_bias", "implementation", "unroll", "use_cudnn", "enable_caching_device", "autocast",
        "zero_output_for_mask", "batch_shape", "batch_input_shape", "input_shape", "input_dim", "input_length", "noise_shape",
    ];

    private readonly HashSet<string> _asked = [];

    /// <summary>How messages name the layer.</summary>
    public string Where => where;

    /// <summary>A setting, or null where it is absent or null.</summary>
    public JsonElement? Find(string name)
    {
        _asked.Add(name);
        return element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>Whether a setting is there, even as null, which Keras 3 writes for Python's None.</summary>
    public bool Has(string name) => element.TryGetProperty(name, out _);

    /// <summary>A yes or no.</summary>
    public bool Flag(string name, bool otherwise) => Find(name) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        JsonElement value => throw Wrong(name, value, "true or false"),
    };

    /// <summary>A size between 1 and <see cref="Architecture.MaxSize"/>.</summary>
    public int Size(string name) => Find(name) switch
    {
        null => throw new ModelImportException($"{where} lacks '{name}'"),
        JsonElement value when IsSize(value, out int size) => size,
        JsonElement value => throw Wrong(name, value, $"a whole number between 1 and {Architecture.MaxSize}"),
    };

    /// <summary>A number.</summary>
    public float Number(string name, float otherwise) => Find(name) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.Number } value when value.TryGetSingle(out float number) && float.IsFinite(number) => number,
        JsonElement value => throw Wrong(name, value, "a finite number"),
    };

    /// <summary>A text.</summary>
    public string Text(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.String } value => value.GetString()!,
        null => throw new ModelImportException($"{where} lacks '{name}'"),
        JsonElement value => throw Wrong(name, value, "a text"),
    };

    /// <summary>Refuses a setting that is on.</summary>
    public void RefuseFlag(string name, string reason)
    {
        if (Flag(name, otherwise: false))
            throw new ModelImportException($"{where}: {name}=True is not supported: {reason}");
    }

    /// <summary>Refuses layers that compute in other than single or double precision; the weights are cast where that is exact.</summary>
    public void RefuseReducedPrecision()
    {
        JsonElement? dtype = Find("dtype");
        if (dtype is { ValueKind: JsonValueKind.Object } policy)
        {
            if (Json.Text(policy, "class_name", where) is not ("DTypePolicy" or "Policy"))
                throw new ModelImportException($"{where}: a dtype policy of class {Json.Text(policy, "class_name", where)} is not supported; expected float32 or float64");
            dtype = Json.Property(Json.Property(policy, "config", where), "name", where);
        }

        if (dtype is { ValueKind: JsonValueKind.String } name && name.GetString() is not ("float32" or "float64"))
        {
            throw new ModelImportException(
                $"{where} computes in '{name.GetString()}', which float32 would not reproduce; expected dtype float32 or float64 (set the policy and save again)");
        }

        if (dtype is { ValueKind: not JsonValueKind.String } other)
            throw Wrong("dtype", other, "a name or a policy");
    }

    /// <summary>Refuses what was not asked for and is neither absent, off, nor known to be without influence.</summary>
    public void RefuseRest()
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            bool known = _asked.Contains(property.Name) || Harmless.Contains(property.Name)
                || TrainingSuffixes.Any(suffix => property.Name.EndsWith(suffix, StringComparison.Ordinal));
            if (!known && property.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False))
                throw new ModelImportException($"{where}: the setting '{property.Name}' = {Json.Shorten(property.Value)} is not supported");
        }
    }

    private static bool IsSize(JsonElement value, out int size)
    {
        size = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out size) && size is >= 1 and <= Architecture.MaxSize;
    }

    private ModelImportException Wrong(string name, JsonElement value, string expected)
        => new($"{where}: '{name}' is {Json.Shorten(value)}; expected {expected}");
}
