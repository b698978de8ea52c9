namespace NativeRnn.Interop.Torch;

/// <summary>
/// Reads the weights of a PyTorch network from a safetensors file: nn.RNN, nn.GRU and nn.LSTM of any number of layers and directions,
/// nn.Linear, and nn.Embedding at the beginning. Names and shapes tell the architecture; what they do not tell is in the options.
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
        return Import(stream, path, options);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="stream">The file, seekable.</param>
    /// <param name="path">What messages call it.</param>
    /// <param name="options">What the weights do not say.</param>
    internal static RnnModel Import(Stream stream, string path, TorchImportOptions options)
    {
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
        IReadOnlyList<TorchModule> modules = TorchModules.InOrder(file, options.Modules);
        if (options.Nonlinearity != TorchNonlinearity.Tanh && modules.OfType<TorchRecurrent>().FirstOrDefault(module => !module.IsSimple) is { } gated)
            throw new ModelImportException($"{gated} is no nn.RNN, so it has no nonlinearity to choose");
        RequireActivations(modules, options.Activations.Count);
        ImportedLayers layers = new();
        TorchModule? last = modules.LastOrDefault(module => module is TorchRecurrent);
        int linears = 0;
        foreach (TorchModule module in modules)
        {
            switch (module)
            {
                case TorchRecurrent recurrent:
                    recurrent.AddTo(layers, file, recurrent == last ? options.Head : TorchHead.Sequence, options.Nonlinearity);
                    break;
                case TorchLinear linear:
                    linear.AddTo(layers, file, linears < options.Activations.Count ? options.Activations[linears] : Activation.Linear);
                    linears++;
                    break;
                case TorchEmbedding embedding:
                    embedding.AddTo(layers, file);
                    break;
            }
        }

        return layers.Build(modules[0].InputSize is > 0 and <= Architecture.MaxSize and long size
            ? (int)size
            : throw new ModelImportException($"{modules[0]} takes {modules[0].InputSize} features; expected between 1 and {Architecture.MaxSize}"));
    }

    /// <summary>An activation behind each linear layer, or behind each but the last; none where no two of them are neighbours.</summary>
    private static void RequireActivations(IReadOnlyList<TorchModule> modules, int activations)
    {
        int linears = modules.Count(module => module is TorchLinear);
        bool hasNeighbours = modules.Zip(modules.Skip(1)).Any(pair => pair is (TorchLinear, TorchLinear));
        bool fits = activations == linears || (activations > 0 && activations == linears - 1) || (activations == 0 && !hasNeighbours);
        if (!fits)
        {
            throw new ModelImportException(
                $"the file has {linears} linear layers and {activations} activations were given (--activation); expected one behind each"
                + (linears > 1 ? ", or one between each two" : ""));
        }
    }
}
