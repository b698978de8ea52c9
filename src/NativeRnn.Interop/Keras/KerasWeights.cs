using System.Text.RegularExpressions;
using PureHDF;

namespace NativeRnn.Interop.Keras;

/// <summary>Where a file keeps the weights of each layer.</summary>
internal abstract class KerasWeights(Hdf5File file)
{
    /// <summary>The weights of a layer of the model, by role.</summary>
    public KerasTensors Of(KerasLayer layer)
    {
        Dictionary<string, IH5Dataset> byRole = [];
        foreach ((string path, IH5Dataset array) in file.Arrays(Group(layer)))
        {
            // The state of the random numbers of dropout.
            if (path.Contains("seed_generator", StringComparison.Ordinal))
                continue;
            string role = Role(layer, path);
            if (!byRole.TryAdd(role, array))
                throw new ModelImportException($"{layer.Where}: the file has its {role} twice, the second time as '{path}'");
        }

        return new KerasTensors(file, byRole, layer.Where);
    }

    protected abstract string Group(KerasLayer layer);

    /// <summary>The role of an array by its path below the layer's group, or the path itself where it has none.</summary>
    protected abstract string Role(KerasLayer layer, string path);
}

/// <summary>
/// model.weights.h5 of a .keras file: <c>layers/gru_1/cell/vars/0</c>, where gru_1 is the second layer of its class whatever its name,
/// and the number is the order in which the layer made its variables.
/// </summary>
internal sealed partial class ArchiveWeights : KerasWeights
{
    private static readonly string[] CellRoles = ["kernel", "recurrent_kernel", "bias"];
    private static readonly string[] DenseRoles = ["kernel", "bias"];
    private static readonly string[] EmbeddingRoles = ["embeddings"];

    private readonly string _container;
    private readonly Dictionary<string, string> _groups = [];

    public ArchiveWeights(Hdf5File file, KerasTopology topology) : base(file)
    {
        // Keras 2.13 had another name for it.
        _container = file.Contains("layers") ? "layers" : "_layer_checkpoint_dependencies";
        Dictionary<string, int> counts = [];
        foreach (KerasLayer layer in topology.Stored)
        {
            string name = SnakeCase(layer.ClassName);
            int number = counts.GetValueOrDefault(name);
            counts[name] = number + 1;
            _groups[layer.Name] = number == 0 ? name : $"{name}_{number}";
        }
    }

    protected override string Group(KerasLayer layer) => $"{_container}/{_groups[layer.Name]}";

    protected override string Role(KerasLayer layer, string path)
    {
        Match match = VariablePath().Match(path);
        if (!match.Success)
            return path;
        string[] roles = layer.ClassName switch
        {
            "Embedding" => EmbeddingRoles,
            "Dense" or "TimeDistributed" => DenseRoles,
            _ => CellRoles,
        };
        if ((roles == CellRoles) != match.Groups["cell"].Success)
            return path;
        int number = match.Groups["number"].Value[0] - '0';
        return number < roles.Length ? match.Groups["wrapped"].Value.Replace("_layer/", ".", StringComparison.Ordinal).Replace("layer/", "", StringComparison.Ordinal) + roles[number] : path;
    }

    /// <summary>The names of Keras's classes that have weights: words by capitals, runs of capitals are one word.</summary>
    private static string SnakeCase(string className)
        => WordStart().Replace(className, "_").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex WordStart();

    [GeneratedRegex("^(?<wrapped>(forward_|backward_)?layer/)?(?<cell>cell/)?vars/(?<number>[0-9])$")]
    private static partial Regex VariablePath();
}

/// <summary>An HDF5 model: <c>model_weights/NAME/NAME/gru_cell/kernel:0</c>, where the first NAME is the layer's.</summary>
internal sealed class LegacyWeights(Hdf5File file) : KerasWeights(file)
{
    protected override string Group(KerasLayer layer) => "model_weights/" + layer.Name;

    protected override string Role(KerasLayer layer, string path)
    {
        string[] parts = path.Split('/');
        string role = parts[^1].Split(':')[0];
        if (role is not ("kernel" or "recurrent_kernel" or "bias" or "embeddings"))
            return path;
        if (layer.ClassName != "Bidirectional")
            return role;

        KerasLayer inner = KerasLayer.Read(Json.Property(layer.Config, "layer", layer.Where), layer.Where);
        bool isForward = parts.Contains(WithPrefix("forward_", inner.Name));
        bool isBackward = parts.Contains(WithPrefix("backward_", inner.Name));
        // A backward layer of the user's own keeps the name it was given.
        if (!isBackward && Json.Find(layer.Config, "backward_layer") is { } own)
            isBackward = parts.Contains(KerasLayer.Read(own, layer.Where).Name);
        return (isForward, isBackward) switch
        {
            (true, false) => "forward." + role,
            (false, true) => "backward." + role,
            _ => throw new ModelImportException($"{layer.Where}: the weights '{path}' do not tell which direction they belong to"),
        };
    }

    private static string WithPrefix(string prefix, string name) => name.StartsWith(prefix, StringComparison.Ordinal) ? name : prefix + name;
}
