using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using PureHDF;

namespace NativeRnn.Interop.Tests.Keras;

/// <summary>An array as Keras keeps it.</summary>
internal sealed record KerasArray(float[] Values, params int[] Shape);

/// <summary>A layer with its settings and weights by role, to be written as Keras writes it.</summary>
internal sealed record KerasTestLayer(string ClassName, string Name, JsonObject Config, Dictionary<string, KerasArray> Weights);

/// <summary>Writes models as Keras 2 and 3 do: archives and HDF5 files, sequential and functional.</summary>
internal static class KerasFile
{
    public static byte[] Archive(IReadOnlyList<KerasTestLayer> layers, string version = "3.6.0", bool functional = false, string container = "layers")
    {
        H5Group root = [];
        Dictionary<string, int> counts = [];
        foreach (KerasTestLayer layer in layers)
        {
            string name = layer.ClassName switch
            {
                "SimpleRNN" => "simple_rnn",
                "TimeDistributed" => "time_distributed",
                _ => layer.ClassName.ToLowerInvariant(),
            };
            int number = counts.GetValueOrDefault(name);
            counts[name] = number + 1;
            H5Group group = [];
            foreach ((string role, KerasArray array) in layer.Weights)
                Put(group, ArchivePath(layer.ClassName, role), array);
            root[number == 0 ? name : $"{name}_{number}"] = group;
        }

        byte[] weights = Bytes(new H5File { [container] = root });
        return Zip(
            ("metadata.json", JsonSerializer.SerializeToUtf8Bytes(new { keras_version = version })),
            ("config.json", JsonSerializer.SerializeToUtf8Bytes(Model(layers, functional, keras3: true))),
            ("model.weights.h5", weights));
    }

    public static byte[] Hdf5(IReadOnlyList<KerasTestLayer> layers, string? version = "2.10.0", bool functional = false)
        => Hdf5(layers, Model(layers, functional, keras3: false).ToJsonString(), version);

    public static byte[] Hdf5(IReadOnlyList<KerasTestLayer> layers, string? modelConfig, string? version)
    {
        H5Group root = [];
        foreach (KerasTestLayer layer in layers)
        {
            H5Group group = [];
            foreach ((string role, KerasArray array) in layer.Weights)
                Put(group, $"{layer.Name}/{LegacyPath(layer, role)}:0", array);
            root[layer.Name] = group;
        }

        H5File file = new() { ["model_weights"] = root };
        if (version is not null)
            file.Attributes["keras_version"] = version;
        if (modelConfig is not null)
            file.Attributes["model_config"] = modelConfig;
        return Bytes(file);
    }

    /// <summary>A Keras 2 model that has a link in the place of a layer's group.</summary>
    public static byte[] Hdf5WithLink(IReadOnlyList<KerasTestLayer> layers, string layer, string link)
    {
        H5File file = new() { ["model_weights"] = new H5Group { [layer] = new H5SoftLink(link) } };
        file.Attributes["keras_version"] = "2.10.0";
        file.Attributes["model_config"] = Model(layers, functional: false, keras3: false).ToJsonString();
        return Bytes(file);
    }

    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    public static JsonObject Model(IReadOnlyList<KerasTestLayer> layers, bool functional, bool keras3)
    {
        JsonArray list = [];
        string? before = null;
        foreach (KerasTestLayer layer in layers)
        {
            JsonObject entry = new() { ["class_name"] = layer.ClassName, ["config"] = layer.Config.DeepClone(), ["name"] = layer.Name };
            entry["config"]!["name"] = layer.Name;
            if (keras3)
                entry["module"] = "keras.layers";
            if (functional)
                entry["inbound_nodes"] = before is null ? [] : new JsonArray(Node(before, keras3));
            list.Add(entry);
            before = layer.Name;
        }

        JsonObject config = new() { ["name"] = "model", ["layers"] = list };
        if (functional)
        {
            config["input_layers"] = new JsonArray(History(layers[0].Name));
            config["output_layers"] = keras3 ? History(layers[^1].Name) : new JsonArray(History(layers[^1].Name));
        }

        return new JsonObject { ["class_name"] = functional ? "Functional" : "Sequential", ["config"] = config };
    }

    private static JsonNode Node(string before, bool keras3) => keras3
        ? new JsonObject
        {
            ["args"] = new JsonArray(new JsonObject
            {
                ["class_name"] = "__keras_tensor__",
                ["config"] = new JsonObject { ["dtype"] = "float32", ["keras_history"] = History(before) },
            }),
            ["kwargs"] = new JsonObject { ["training"] = false, ["mask"] = null },
        }
        : new JsonArray(new JsonArray(before, 0, 0, new JsonObject()));

    private static JsonArray History(string name) => new(name, 0, 0);

    private static string ArchivePath(string className, string role)
    {
        string[] parts = role.Split('.');
        string[] order = className switch
        {
            "Embedding" => ["embeddings"],
            "Dense" or "TimeDistributed" => ["kernel", "bias"],
            _ => ["kernel", "recurrent_kernel", "bias"],
        };
        int number = Array.IndexOf(order, parts[^1]);
        if (number < 0)
            return role;
        string path = className switch
        {
            "Dense" or "Embedding" => $"vars/{number}",
            "TimeDistributed" => $"layer/vars/{number}",
            _ => $"cell/vars/{number}",
        };
        return parts.Length == 2 ? $"{parts[0]}_layer/{path}" : path;
    }

    private static string LegacyPath(KerasTestLayer layer, string role)
    {
        string[] parts = role.Split('.');
        if (parts.Length == 1)
            return layer.ClassName is "Dense" or "TimeDistributed" or "Embedding" ? role : $"{layer.Name}_cell/{role}";
        string own = parts[0] == "backward" ? layer.Config["backward_layer"]?["config"]?["name"]?.GetValue<string>() ?? "" : "";
        return own.Length > 0 ? $"{own}/cell/{parts[1]}" : $"{parts[0]}_{layer.Config["layer"]!["config"]!["name"]}/cell/{parts[1]}";
    }

    private static void Put(H5Group group, string path, KerasArray array)
    {
        string[] parts = path.Split('/');
        foreach (string part in parts[..^1])
        {
            if (!group.ContainsKey(part))
                group[part] = new H5Group();
            group = (H5Group)group[part];
        }

        group[parts[^1]] = new H5Dataset(array.Values, fileDims: [.. array.Shape.Select(size => (ulong)size)]);
    }

    private static byte[] Bytes(H5File file)
    {
        MemoryStream stream = new();
        // As h5py writes arrays, however small.
        file.Write(stream, new H5WriteOptions(PreferCompactDatasetLayout: false));
        return stream.ToArray();
    }
}
