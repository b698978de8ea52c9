namespace NativeRnn.Interop.Torch;

/// <summary>The nn.Linear modules of a file: <c>NAME.weight</c> [outputs, inputs] with <c>NAME.bias</c> [outputs].</summary>
internal static class TorchLinears
{
    private const string WeightSuffix = "weight";

    /// <summary>Linear modules; the order among more of them is looked for by trying all.</summary>
    private const int Most = 6;

    /// <summary>Takes all linear modules out of the tensors and puts them in the order in which their sizes fit together.</summary>
    /// <param name="tensors">The tensors left, by name.</param>
    /// <param name="inputSize">The size of what the first of them reads.</param>
    public static IReadOnlyList<(SafetensorsTensor Weight, SafetensorsTensor Bias)> Take(Dictionary<string, SafetensorsTensor> tensors, int inputSize)
    {
        List<(SafetensorsTensor Weight, SafetensorsTensor Bias)> linears = [];
        foreach (SafetensorsTensor weight in tensors.Values.Where(IsMatrix).ToList())
        {
            string prefix = weight.Name[..^WeightSuffix.Length];
            if (!tensors.TryGetValue(prefix + "bias", out SafetensorsTensor? bias) || !bias.Shape.SequenceEqual([weight.Shape[0]]))
                throw new ModelImportException($"{weight} has no bias '{prefix}bias' [{weight.Shape[0]}]: without one it may be an embedding as well as a linear layer, so it is not supported");
            tensors.Remove(weight.Name);
            tensors.Remove(bias.Name);
            linears.Add((weight, bias));
        }

        if (linears.Count > Most)
            throw new ModelImportException($"the file has {linears.Count} linear layers; at most {Most} are supported");
        List<(SafetensorsTensor, SafetensorsTensor)[]> orders = [];
        Search(linears, inputSize, [], orders);
        string names = string.Join(", ", linears.Select(linear => linear.Weight));
        return orders.Count switch
        {
            1 => orders[0],
            0 => throw new ModelImportException($"no order of the linear layers {names} fits behind the {inputSize} features of the recurrent layers"),
            _ => throw new ModelImportException($"the sizes of the linear layers {names} do not tell their order, which is not supported"),
        };
    }

    private static bool IsMatrix(SafetensorsTensor tensor)
        => tensor.Shape.Length == 2 && (tensor.Name == WeightSuffix || tensor.Name.EndsWith("." + WeightSuffix, StringComparison.Ordinal));

    private static void Search(
        List<(SafetensorsTensor Weight, SafetensorsTensor Bias)> left,
        long size,
        List<(SafetensorsTensor, SafetensorsTensor)> taken,
        List<(SafetensorsTensor, SafetensorsTensor)[]> found)
    {
        if (left.Count == 0)
            found.Add([.. taken]);
        foreach ((SafetensorsTensor Weight, SafetensorsTensor Bias) linear in left.Where(linear => linear.Weight.Shape[1] == size).ToList())
        {
            if (found.Count > 1)
                return;
            Search([.. left.Where(other => other != linear)], linear.Weight.Shape[0], [.. taken, linear], found);
        }
    }
}
