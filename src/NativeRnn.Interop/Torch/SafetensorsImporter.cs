namespace NativeRnn.Interop.Torch;

/// <summary>
/// Reads the weights of a PyTorch network from a safetensors file: one nn.RNN, nn.GRU or nn.LSTM of any number of layers and
/// directions, then nn.Linear. Names and shapes tell the architecture; what they do not tell is in the options.
/// </summary>
public static class SafetensorsImporter
{
    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the weights do not say.</param>
    /// <exception cref="ModelImportException">The file is damaged, or says something that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RnnModel Import(string path, TorchImportOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        using FileStream stream = File.OpenRead(path);
        try
        {
            return Read(SafetensorsFile.Open(stream), options);
        }
        catch (Exception exception) when (exception is ModelImportException or InvalidOperationException)
        {
            // The JSON reader's second one: a text that is not Unicode.
            throw new ModelImportException($"{path}: {exception.Message}", exception);
        }
    }

    private static RnnModel Read(SafetensorsFile file, TorchImportOptions options)
    {
        var tensors = file.Tensors.ToDictionary(tensor => tensor.Name);
        ImportedLayers layers = new();
        (int inputSize, int size) = new TorchRecurrent(file, tensors, options).AddTo(layers);
        AddLinears(layers, file, TorchLinears.Take(tensors, size), options.Activations);
        return tensors.Count == 0
            ? layers.Build(inputSize)
            : throw new ModelImportException($"the file has tensors of modules that are not supported: {string.Join(", ", tensors.Values.Take(5))}");
    }

    private static void AddLinears(
        ImportedLayers layers,
        SafetensorsFile file,
        IReadOnlyList<(SafetensorsTensor Weight, SafetensorsTensor Bias)> linears,
        IReadOnlyList<Activation> activations)
    {
        bool fits = activations.Count == linears.Count || activations.Count == linears.Count - 1;
        if (linears.Count == 0 ? activations.Count > 0 : !fits)
        {
            throw new ModelImportException(
                $"the file has {linears.Count} linear layers and {activations.Count} activations were given; expected one behind each"
                + (linears.Count > 1 ? ", or one between each two" : ""));
        }

        for (int i = 0; i < linears.Count; i++)
        {
            (SafetensorsTensor weight, SafetensorsTensor bias) = linears[i];
            if (weight.Shape[0] is < 1 or > Architecture.MaxSize)
                throw new ModelImportException($"{weight} has {weight.Shape[0]} outputs; expected between 1 and {Architecture.MaxSize}");
            Activation activation = i < activations.Count ? activations[i] : Activation.Linear;
            layers.Add(
                new Dense((int)weight.Shape[0]) { Activation = activation },
                new() { ["kernel"] = file.Read(weight), ["bias"] = file.Read(bias) });
        }
    }
}
