namespace NativeRnn;

/// <summary>
/// The layers of a network in order, without weights. Immutable. Layers are named as in Keras: by their kind, numbered from the
/// second of a kind on (<c>gru</c>, <c>gru_1</c>, <c>dense</c>).
/// </summary>
public sealed class Architecture
{
    /// <summary>The largest size of a layer or of an input, 65,536.</summary>
    public const int MaxSize = 1 << 16;

    /// <summary>The largest number of layers, 256.</summary>
    public const int MaxLayers = 256;

    /// <summary>The largest number of weights, 2^28 (1 GiB of float32).</summary>
    public const long MaxParameters = 1L << 28;

    /// <summary>Creates an architecture and checks that its layers fit together.</summary>
    /// <param name="inputSize">Features a time step of the input has.</param>
    /// <param name="layers">The layers, first to last; at least one.</param>
    /// <exception cref="ArgumentException">A layer's settings are out of range, or it cannot follow the one before it.</exception>
    public Architecture(int inputSize, IEnumerable<Layer> layers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inputSize, MaxSize);
        ArgumentNullException.ThrowIfNull(layers);

        InputSize = inputSize;
        Dictionary<string, int> counts = [];
        List<NamedLayer> named = [];
        int size = inputSize;
        bool isSequence = true;
        long weights = 0;
        int stateSize = 0;
        foreach (Layer layer in layers)
        {
            ArgumentNullException.ThrowIfNull(layer, nameof(layers));
            if (named.Count == MaxLayers)
                throw new ArgumentException($"A network has at most {MaxLayers} layers.", nameof(layers));

            int number = counts.GetValueOrDefault(layer.Kind);
            counts[layer.Kind] = number + 1;
            string name = number == 0 ? layer.Kind : $"{layer.Kind}_{number}";

            layer.Validate(name);
            if (layer is Embedding && (named.Count > 0 || inputSize != 1))
                throw new ArgumentException($"{name} must be the first layer of a network with one input feature, the number of a symbol.", nameof(layers));
            if (!isSequence && layer.NeedsSequence)
                throw new ArgumentException($"{name} needs a sequence, but the recurrent layer before it returns its last state only; set {nameof(RecurrentLayer.ReturnSequences)} there.", nameof(layers));

            NamedLayer entry = new(name, layer, size, layer.OutputSize(size), isSequence && layer.KeepsSequence);
            if (entry.OutputSize > MaxSize)
                throw new ArgumentException($"{name}: an output of {entry.OutputSize} features is more than the {MaxSize} supported.", nameof(layers));

            weights += entry.ParameterCount;
            if (weights > MaxParameters)
                throw new ArgumentException($"The network has more than {MaxParameters} parameters at {name}.", nameof(layers));

            named.Add(entry);
            stateSize += layer.StateSize;
            size = entry.OutputSize;
            isSequence = entry.ReturnsSequence;
        }

        if (named.Count == 0)
            throw new ArgumentException("A network needs at least one layer.", nameof(layers));

        Layers = named;
        OutputSize = size;
        ReturnsSequence = isSequence;
        ParameterCount = weights;
        StateSize = stateSize;
        BackwardLayer = named.Find(layer => layer.Layer.NeedsWholeSequence);
    }

    /// <summary>Features a time step of the input has.</summary>
    public int InputSize { get; }

    /// <summary>Features a row of the output has.</summary>
    public int OutputSize { get; }

    /// <summary>True when there is one output row a time step (many-to-many), false when one a sequence (many-to-one).</summary>
    public bool ReturnsSequence { get; }

    /// <summary>The number of weights of all layers.</summary>
    public long ParameterCount { get; }

    /// <summary>The layers in order, with their names and sizes.</summary>
    public IReadOnlyList<NamedLayer> Layers { get; }

    /// <summary>The first layer that needs the whole sequence before its first output, or null when the network can stream.</summary>
    public NamedLayer? BackwardLayer { get; }

    /// <summary>All parameters in the order of the weight file, named <c>layer.parameter</c>, as in <c>gru.kernel</c>.</summary>
    public IEnumerable<ParameterShape> Parameters
    {
        get
        {
            foreach (NamedLayer layer in Layers)
            {
                foreach (ParameterShape shape in layer.Parameters)
                    yield return shape;
            }
        }
    }

    /// <summary>Floats a sequence carries from one time step to the next; see <see cref="RnnState"/>.</summary>
    public int StateSize { get; }

    /// <summary>Output rows for a sequence of a number of time steps.</summary>
    internal int OutputRows(int steps) => ReturnsSequence ? steps : 1;
}

/// <summary>A layer in its place in an architecture.</summary>
public sealed class NamedLayer
{
    internal NamedLayer(string name, Layer layer, int inputSize, int outputSize, bool returnsSequence)
    {
        Name = name;
        Layer = layer;
        InputSize = inputSize;
        OutputSize = outputSize;
        ReturnsSequence = returnsSequence;
        Parameters = ParameterShape.WithPrefix(name + ".", layer.Parameters(inputSize));
        foreach (ParameterShape shape in Parameters)
            ParameterCount += shape.Count;
    }

    /// <summary>The layer's name, unique in its architecture.</summary>
    public string Name { get; }

    /// <summary>What the layer computes.</summary>
    public Layer Layer { get; }

    /// <summary>Features a time step of the layer's input has.</summary>
    public int InputSize { get; }

    /// <summary>Features a row of the layer's output has.</summary>
    public int OutputSize { get; }

    /// <summary>Whether the layer's output has one row a time step.</summary>
    public bool ReturnsSequence { get; }

    /// <summary>The layer's parameters, their names prefixed with the layer's.</summary>
    public IReadOnlyList<ParameterShape> Parameters { get; }

    /// <summary>The number of the layer's weights.</summary>
    public long ParameterCount { get; }
}
