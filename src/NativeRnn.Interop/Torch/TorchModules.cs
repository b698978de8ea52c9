using System.Text.RegularExpressions;

namespace NativeRnn.Interop.Torch;

/// <summary>Finds the modules in a file's tensors, and the order in which the network applies them.</summary>
internal static partial class TorchModules
{
    private const string WeightSuffix = "weight";

    /// <summary>The order among more modules is looked for by trying all.</summary>
    private const int Most = 12;

    /// <summary>
    /// The modules of a file in the order in which they are applied: as told, or else as their sizes fit together, linear layers behind the
    /// recurrent modules where that is possible.
    /// </summary>
    /// <param name="file">The file, every tensor of which must belong to one of them.</param>
    /// <param name="names">The modules' names in order; empty where their sizes must tell.</param>
    /// <exception cref="ModelImportException">A module is not supported, or there is not one order.</exception>
    public static IReadOnlyList<TorchModule> InOrder(SafetensorsFile file, IReadOnlyList<string> names)
    {
        var left = file.Tensors.ToDictionary(tensor => tensor.Name);
        List<TorchModule> modules = [.. RecurrentPrefixes(left).Select(prefix => new TorchRecurrent(prefix, left))];
        if (modules.Count == 0)
            throw new ModelImportException("the file has no weights of an nn.RNN, nn.GRU or nn.LSTM (weight_ih_l0, ...)");
        modules.AddRange(TakeLinears(left));
        if (left.Count > 0)
            throw new ModelImportException($"the file has tensors of modules that are not supported: {string.Join(", ", left.Values.Take(5))}");
        if (modules.Count > Most)
            throw new ModelImportException($"the file has {modules.Count} modules; at most {Most} are supported");
        List<TorchModule[]> orders = names.Count > 0 ? Orders(Named(modules, names), Order.Given) : Orders(modules, Order.LinearBehind);
        if (names.Count == 0 && orders.Count == 0)
            orders = Orders(modules, Order.Any);
        string all = string.Join(", ", modules);
        return orders.Count switch
        {
            1 => orders[0],
            0 when names.Count > 0 => throw new ModelImportException($"the modules {all} do not fit together in the order {string.Join(",", names)}"),
            0 => throw new ModelImportException($"no order of the modules {all} fits together"),
            _ => throw new ModelImportException(
                $"the sizes of the modules {all} do not tell their order{(names.Count > 0 ? ", nor whether the first is an embedding or a linear layer, which is not supported" : $": say --modules {string.Join(",", modules.Select(module => module.Name))}, in the order in which the network applies them")}"),
        };
    }

    private static IEnumerable<string> RecurrentPrefixes(Dictionary<string, SafetensorsTensor> tensors)
    {
        SortedSet<string> prefixes = new(StringComparer.Ordinal);
        foreach (SafetensorsTensor tensor in tensors.Values)
        {
            Match match = RecurrentName().Match(tensor.Name);
            if (!match.Success)
                continue;
            if (match.Groups["parameter"].Value == "weight_hr")
                throw new ModelImportException($"{tensor} is the projection of an nn.LSTM with proj_size, which is not supported");
            prefixes.Add(match.Groups["prefix"].Value);
        }

        return [.. prefixes];
    }

    private static List<TorchLinear> TakeLinears(Dictionary<string, SafetensorsTensor> tensors)
    {
        List<TorchLinear> linears = [];
        foreach (SafetensorsTensor weight in tensors.Values.Where(IsMatrix).ToList())
        {
            string prefix = weight.Name[..^WeightSuffix.Length];
            tensors.Remove(weight.Name);
            if (tensors.Remove(prefix + "bias", out SafetensorsTensor? bias) && !bias.Shape.SequenceEqual([weight.Shape[0]]))
                throw new ModelImportException($"{bias} does not fit {weight}; expected [{weight.Shape[0]}]");
            linears.Add(new TorchLinear(prefix.TrimEnd('.'), weight, bias));
        }

        return linears;
    }

    private static bool IsMatrix(SafetensorsTensor tensor)
        => tensor.Shape is [> 0, > 0] && (tensor.Name == WeightSuffix || tensor.Name.EndsWith("." + WeightSuffix, StringComparison.Ordinal));

    private static List<TorchModule> Named(List<TorchModule> modules, IReadOnlyList<string> names)
    {
        List<TorchModule> ordered = [.. names.Select(name => modules.Find(module => module.Name == name)
            ?? throw new ModelImportException($"the file has no module '{name}', but {string.Join(", ", modules.Select(module => $"'{module.Name}'"))}"))];
        return ordered.Distinct().Count() == modules.Count && ordered.Count == modules.Count
            ? ordered
            : throw new ModelImportException($"the modules {string.Join(",", names)} were named, but the file has {string.Join(", ", modules.Select(module => $"'{module.Name}'"))}: each must be named once");
    }

    private static List<TorchModule[]> Orders(List<TorchModule> modules, Order order)
    {
        List<TorchModule[]> found = [];
        Search(modules, order, [], found);
        return found;
    }

    /// <summary>Goes on from the modules taken with every module that fits; a matrix without bias may be an embedding at the beginning.</summary>
    private static void Search(List<TorchModule> left, Order order, TorchModule[] taken, List<TorchModule[]> found)
    {
        if (left.Count == 0)
            found.Add(taken);
        foreach (TorchModule module in order == Order.Given ? left.Take(1) : left)
        {
            if (found.Count > 1)
                return;
            List<TorchModule> rest = [.. left.Where(other => other != module)];
            if (taken.Length == 0 && module is TorchLinear { HasBias: false } matrix)
                Search(rest, order, [new TorchEmbedding(matrix.Name, matrix.Weight)], found);
            bool isTooEarly = order == Order.LinearBehind && module is TorchLinear && rest.Exists(other => other is TorchRecurrent);
            if (!isTooEarly && (taken.Length == 0 || taken[^1].OutputSize == module.InputSize))
                Search(rest, order, [.. taken, module], found);
        }
    }

    /// <summary>Which orders come into question.</summary>
    private enum Order
    {
        Any = 0,

        /// <summary>Linear layers behind all recurrent modules.</summary>
        LinearBehind = 1,

        /// <summary>As the modules stand.</summary>
        Given = 2,
    }

    /// <summary>The names of nn.RNN, nn.GRU and nn.LSTM, and without a layer's number those of their cells.</summary>
    [GeneratedRegex(@"^(?<prefix>.*?)(?<parameter>weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(_l[0-9]+(_reverse)?)?$")]
    private static partial Regex RecurrentName();
}
