namespace NativeRnn.Interop;

/// <summary>The layers of a model that is being read, first to last, each with its weights in this library's layout.</summary>
internal sealed class ImportedLayers
{
    /// <summary>The largest unit matrix that stands for an activation of its own: 64 MiB.</summary>
    private const int LargestUnitMatrix = 4096;

    private readonly List<(Layer Layer, Dictionary<string, float[]> Weights)> _layers = [];
    private long _weightCount;

    /// <summary>The last layer added, or null.</summary>
    public Layer? Last => _layers.Count == 0 ? null : _layers[^1].Layer;

    /// <summary>Adds a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its weights by the names of <see cref="Layer.Parameters"/>.</param>
    /// <exception cref="ModelImportException">The layers have more weights than a model can, or are too many.</exception>
    public void Add(Layer layer, Dictionary<string, float[]> weights)
    {
        // Counted on the way, because a small file can name one large tensor many times.
        _weightCount += weights.Values.Sum(values => (long)values.Length);
        if (_weightCount > Architecture.MaxParameters || _layers.Count == Architecture.MaxLayers)
            throw new ModelImportException($"the network has more than {Architecture.MaxParameters} weights or {Architecture.MaxLayers} layers");
        _layers.Add((layer, weights));
    }

    /// <summary>Puts another layer in the place of the last one, which keeps its weights.</summary>
    public void ReplaceLast(Layer layer) => _layers[^1] = (layer, _layers[^1].Weights);

    /// <summary>Adds an element-wise function or a softmax: to the layer before it where that is linear, else as a layer of its own.</summary>
    /// <param name="activation">The function.</param>
    /// <param name="size">Features it is applied to.</param>
    public void AddActivation(Activation activation, int size)
    {
        if (activation == Activation.Linear)
            return;
        if (Last is Dense { Activation.Kind: ActivationKind.Linear } dense)
        {
            ReplaceLast(dense with { Activation = activation });
            return;
        }

        if (size > LargestUnitMatrix)
            throw new ModelImportException($"{activation} over {size} features that is not behind a dense layer is not supported above {LargestUnitMatrix} features");

        // x times the unit matrix, plus zero, is x exactly.
        float[] unit = new float[size * size];
        for (int i = 0; i < size; i++)
            unit[i * size + i] = 1;
        Add(new Dense(size) { Activation = activation }, new() { ["kernel"] = unit, ["bias"] = new float[size] });
    }

    /// <summary>The model.</summary>
    /// <param name="inputSize">Features a time step of the input has.</param>
    /// <exception cref="ModelImportException">The layers do not fit together.</exception>
    public RnnModel Build(int inputSize)
    {
        try
        {
            Architecture architecture = new(inputSize, _layers.Select(entry => entry.Layer));
            Dictionary<string, WeightTensor> weights = [];
            foreach ((NamedLayer named, (_, Dictionary<string, float[]> values)) in architecture.Layers.Zip(_layers))
                foreach ((string name, float[] array) in values)
                    weights.Add($"{named.Name}.{name}", WeightTensor.Float32(array));
            return RnnModel.Adopt(architecture, weights);
        }
        catch (ArgumentException exception)
        {
            throw new ModelImportException($"the layers do not make a network: {exception.Message}", exception);
        }
    }
}
