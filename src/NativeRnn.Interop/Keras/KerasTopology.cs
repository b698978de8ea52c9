using System.Text.Json;

namespace NativeRnn.Interop.Keras;

/// <summary>One entry of a model's list of layers.</summary>
/// <param name="ClassName">Such as <c>GRU</c>.</param>
/// <param name="Name">Unique in the model, such as <c>gru_1</c>.</param>
/// <param name="Config">Its settings, a JSON object.</param>
/// <param name="Entry">The whole entry.</param>
internal sealed record KerasLayer(string ClassName, string Name, JsonElement Config, JsonElement Entry)
{
    /// <summary>How messages name the layer.</summary>
    public string Where => $"layer '{Name}' ({ClassName})";

    /// <summary>Reads a serialised layer, of a model's list or wrapped in another layer.</summary>
    public static KerasLayer Read(JsonElement entry, string where)
    {
        string className = Json.Text(entry, "class_name", where);
        JsonElement config = Json.Property(entry, "config", $"{where} ({className})");
        if (config.ValueKind != JsonValueKind.Object)
            throw new ModelImportException($"{where} ({className}): 'config' is {Json.Shorten(config)}; expected an object");
        string name = Json.FindText(config, "name", where) ?? Json.FindText(entry, "name", where)
            ?? throw new ModelImportException($"{where} ({className}) lacks 'name'");

        // Keras 3 says of classes of the user's own where they are from; one of them may be named GRU.
        string? registered = Json.FindText(entry, "registered_name", where);
        string module = Json.FindText(entry, "module", where) ?? "keras";
        if ((registered is not null && registered != className) || !IsOfKeras(module))
            throw new ModelImportException($"layer '{name}': {className} is a class of its own ({registered ?? module}), not one of Keras");
        return new KerasLayer(className, name, config, entry);
    }

    private static bool IsOfKeras(string module)
        => module.Split('.')[0] is "keras" or "tf_keras" || module.StartsWith("tensorflow.", StringComparison.Ordinal);
}

/// <summary>The layers of a sequential model, or of a functional one that is a single chain.</summary>
/// <param name="Stored">In the order of the file, which numbers the weights of a .keras file.</param>
/// <param name="Chain">From the input to the output.</param>
/// <param name="InputShape"><c>[batch, steps, features]</c> where the model says it apart from its layers, or null.</param>
internal sealed record KerasTopology(IReadOnlyList<KerasLayer> Stored, IReadOnlyList<KerasLayer> Chain, JsonElement? InputShape)
{
    /// <summary>Reads a model's configuration.</summary>
    /// <exception cref="ModelImportException">The model is not a single chain of layers.</exception>
    public static KerasTopology Read(JsonElement model)
    {
        string className = Json.Text(model, "class_name", "the model");
        JsonElement config = Json.Property(model, "config", "the model");
        switch (className)
        {
            case "Sequential":
                // Before Keras 2.2 the configuration was the list itself.
                IEnumerable<JsonElement> entries = config.ValueKind == JsonValueKind.Array ? config.EnumerateArray() : Json.Array(config, "layers", "the model");
                KerasLayer[] layers = Layers(entries);
                JsonElement? built = Json.Find(model, "build_config") is { } build ? Json.Find(build, "input_shape") : Json.Find(config, "build_input_shape");
                return new KerasTopology(layers, layers, built);
            case "Functional" or "Model":
                KerasLayer[] stored = Layers(Json.Array(config, "layers", "the model"));
                return new KerasTopology(stored, ReadChain(config, stored), InputShape: null);
            default:
                throw new ModelImportException($"the model is of class {className}; only Sequential and functional models say what they compute");
        }
    }

    private static KerasLayer[] Layers(IEnumerable<JsonElement> entries)
        => [.. entries.Select((entry, index) => KerasLayer.Read(entry, $"layer {index + 1}"))];

    private static KerasLayer[] ReadChain(JsonElement config, KerasLayer[] layers)
    {
        Dictionary<string, KerasLayer> byName = [];
        foreach (KerasLayer layer in layers)
            if (!byName.TryAdd(layer.Name, layer))
                throw new ModelImportException($"two layers are named '{layer.Name}'");

        string input = End(config, "input_layers");
        string? name = End(config, "output_layers");
        List<KerasLayer> chain = [];
        while (name is not null)
        {
            if (!byName.Remove(name, out KerasLayer? layer))
                throw new ModelImportException($"the layers are not a chain: '{name}' is missing or comes twice");
            chain.Add(layer);
            name = Predecessor(layer);
        }

        if (chain[^1].Name != input)
            throw new ModelImportException($"the layers are not a chain from '{input}': the output leads back to '{chain[^1].Name}'");
        if (byName.Count > 0)
            throw new ModelImportException($"{byName.Values.First().Where} is not on the one chain from input to output; branches are not supported");
        chain.Reverse();
        return [.. chain];
    }

    /// <summary>The one layer that input_layers or output_layers names: <c>["name", 0, 0]</c>, or a list of one such.</summary>
    private static string End(JsonElement config, string property)
    {
        JsonElement[] list = Json.Array(config, property, "the model");
        if (list is [{ ValueKind: JsonValueKind.Array } single])
            list = [.. single.EnumerateArray()];
        return HistoryName(list) ?? throw new ModelImportException($"the model has {property} {Json.Shorten(config.GetProperty(property))}; exactly one is supported");
    }

    /// <summary>The layer whose output a layer takes, null for an input layer.</summary>
    private static string? Predecessor(KerasLayer layer)
    {
        JsonElement[] nodes = Json.Array(layer.Entry, "inbound_nodes", layer.Where);
        if (nodes.Length == 0)
            return null;
        if (nodes.Length > 1)
            throw new ModelImportException($"{layer.Where} is applied {nodes.Length} times; sharing a layer is not supported");

        (JsonElement[] history, JsonElement? arguments) = nodes[0].ValueKind == JsonValueKind.Object ? ReadNode3(layer, nodes[0]) : ReadNode2(layer, nodes[0]);
        if (arguments is { ValueKind: JsonValueKind.Object } named)
        {
            foreach (JsonProperty argument in named.EnumerateObject())
                if (argument.Value.ValueKind != JsonValueKind.Null && !(argument.Name == "training" && argument.Value.ValueKind == JsonValueKind.False))
                    throw new ModelImportException($"{layer.Where} is called with {argument.Name} = {Json.Shorten(argument.Value)}, which is not supported");
        }

        return HistoryName(history)
            ?? throw new ModelImportException($"{layer.Where} takes {Json.Shorten(nodes[0])}; expected the one output of one layer");
    }

    /// <summary>Keras 2: <c>[["name", 0, 0, {...}]]</c>.</summary>
    private static (JsonElement[] History, JsonElement? Arguments) ReadNode2(KerasLayer layer, JsonElement node)
    {
        JsonElement[] inputs = node.ValueKind == JsonValueKind.Array ? [.. node.EnumerateArray()] : [];
        if (inputs is not [{ ValueKind: JsonValueKind.Array } only])
            throw new ModelImportException($"{layer.Where} has {inputs.Length} inputs; exactly one is supported");
        JsonElement[] parts = [.. only.EnumerateArray()];
        return parts.Length == 4 ? (parts[..3], parts[3]) : (parts, null);
    }

    /// <summary>Keras 3: <c>{"args": [a tensor with its keras_history], "kwargs": {...}}</c>.</summary>
    private static (JsonElement[] History, JsonElement? Arguments) ReadNode3(KerasLayer layer, JsonElement node)
    {
        JsonElement[] inputs = Json.Array(node, "args", layer.Where);
        if (inputs.Length != 1)
            throw new ModelImportException($"{layer.Where} has {inputs.Length} inputs; exactly one is supported");
        if (inputs[0].ValueKind != JsonValueKind.Object || Json.Text(inputs[0], "class_name", layer.Where) != "__keras_tensor__")
            throw new ModelImportException($"{layer.Where} takes {Json.Shorten(inputs[0])}; expected the output of one layer");
        return (Json.Array(Json.Property(inputs[0], "config", layer.Where), "keras_history", layer.Where), Json.Find(node, "kwargs"));
    }

    /// <summary>The name in <c>["name", 0, 0]</c>, null where it is anything else: a second use or a second output of a layer.</summary>
    private static string? HistoryName(JsonElement[] history)
        => history is [{ ValueKind: JsonValueKind.String } name, var node, var tensor] && IsZero(node) && IsZero(tensor) ? name.GetString() : null;

    private static bool IsZero(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number == 0;
}
