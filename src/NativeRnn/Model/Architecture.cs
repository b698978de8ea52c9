namespace NativeRnn;

/// <summary>
/// The layers of a network in order, without weights. Immutable. Layers are named as in Keras: by their kind, numbered from the
/// second of a kind on (<c>gru</c>, <c>gru_1</c>, <c>dense</c>). With a <see cref="Decoder"/> the network is an encoder-decoder: these
/// layers read a sequence, and the decoder's write another from the state in which they end.
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
    /// <param name="decoder">For an encoder-decoder, the layers that write; null for a single chain. See <see cref="Decoder"/>.</param>
    /// <exception cref="ArgumentException">A layer's settings are out of range, or it cannot follow the one before it.</exception>
    public Architecture(int inputSize, IEnumerable<Layer> layers, Architecture? decoder = null) : this(inputSize, layers, namePrefix: "")
    {
        if (decoder is null)
            return;
        RequireDecoder(decoder);
        Decoder = new Architecture(decoder.InputSize, decoder.UnnamedLayers(), namePrefix: "decoder.");
        OutputSize = decoder.OutputSize;
        ParameterCount += decoder.ParameterCount;
        if (ParameterCount > MaxParameters)
            throw new ArgumentException($"The network has more than {MaxParameters} parameters with its decoder.", nameof(decoder));
    }

    private Architecture(int inputSize, IEnumerable<Layer> layers, string namePrefix)
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
            string name = namePrefix + (number == 0 ? layer.Kind : $"{layer.Kind}_{number}");

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

    /// <summary>
    /// True when there is one output row a time step (many-to-many); false when one a sequence (many-to-one), or when a
    /// <see cref="Decoder"/> writes as many as are asked for (delayed many-to-many).
    /// </summary>
    public bool ReturnsSequence { get; }

    /// <summary>The number of weights of all layers, the decoder's included.</summary>
    public long ParameterCount { get; }

    /// <summary>The layers in order, with their names and sizes; of an encoder-decoder, the encoder's.</summary>
    public IReadOnlyList<NamedLayer> Layers { get; }

    /// <summary>
    /// The second chain of an encoder-decoder, or null. Each of its recurrent layers starts from the final state of the encoder's recurrent layer
    /// of the same rank; the encoder's outputs are not used otherwise. At each step it reads what it wrote at the step before, and at the
    /// first step zeros: its input size is its output size. If it begins with an embedding, it reads the number of the symbol whose output
    /// was the largest, and at the first step symbol 0. Its layers' names begin with <c>decoder.</c>
    /// </summary>
    public Architecture? Decoder { get; }

    /// <summary>The first layer that needs the whole sequence before its first output, or null when the network can stream.</summary>
    public NamedLayer? BackwardLayer { get; }

    /// <summary>All parameters in the order of the weight file, named <c>layer.parameter</c>, as in <c>gru.kernel</c>.</summary>
    public IEnumerable<ParameterShape> Parameters
    {
        get
        {
            foreach (NamedLayer layer in AllLayers)
            {
                foreach (ParameterShape shape in layer.Parameters)
                    yield return shape;
            }
        }
    }

    /// <summary>Floats a sequence carries from one time step to the next; see <see cref="RnnState"/>.</summary>
    public int StateSize { get; }

    /// <summary>The layers, then the decoder's.</summary>
    internal IReadOnlyList<NamedLayer> AllLayers => Decoder is null ? Layers : [.. Layers, .. Decoder.Layers];

    /// <summary>The layers as they were given, without the decoder's.</summary>
    internal Layer[] UnnamedLayers()
    {
        Layer[] layers = new Layer[Layers.Count];
        for (int i = 0; i < layers.Length; i++)
            layers[i] = Layers[i].Layer;
        return layers;
    }

    /// <summary>Output rows for a sequence of a number of time steps; a <see cref="Decoder"/> writes any number.</summary>
    internal int OutputRows(int steps) => ReturnsSequence ? steps : 1;

    /// <exception cref="ArgumentException">The decoder cannot go on where this chain ends.</exception>
    private void RequireDecoder(Architecture decoder)
    {
        if (Layers[^1].Layer is not RecurrentLayer { ReturnSequences: false })
            throw Misfit($"An encoder ends with a recurrent layer that gives its last state only, but {Layers[^1].Name} is none.");
        if (decoder.Decoder is not null)
            throw Misfit("A decoder has no decoder of its own.");
        if (decoder.BackwardLayer is { } backward)
            throw Misfit($"A decoder writes one step at a time, but its {backward.Name} needs the whole sequence.");
        if (!decoder.ReturnsSequence)
            throw Misfit($"A decoder gives an output at every step; set {nameof(RecurrentLayer.ReturnSequences)} in its recurrent layers.");
        int read = decoder.Layers[0].Layer is Embedding embedding ? embedding.Symbols : decoder.InputSize;
        if (read != decoder.OutputSize)
            throw Misfit($"A decoder reads what it wrote, but it takes {read} {(decoder.Layers[0].Layer is Embedding ? "symbols" : "features")} and gives {decoder.OutputSize} outputs.");

        List<NamedLayer> from = [.. Layers];
        List<NamedLayer> to = [.. decoder.Layers];
        from.RemoveAll(layer => layer.Layer.StateSize == 0);
        to.RemoveAll(layer => layer.Layer.StateSize == 0);
        if (from.Count != to.Count)
            throw Misfit($"Each recurrent layer of a decoder goes on from one of the encoder, but there are {to.Count} and {from.Count}.");
        for (int i = 0; i < from.Count; i++)
        {
            // A bidirectional layer's two states are none that a decoder's layer has.
            if (from[i].Layer is not RecurrentLayer source || to[i].Layer is not RecurrentLayer target || !source.StateShapes.AsSpan().SequenceEqual(target.StateShapes))
                throw Misfit($"The decoder's {to[i].Name} cannot go on from the state of the encoder's {from[i].Name}: kind or units differ.");
            if (target.HasInitialState)
                throw Misfit($"The decoder's {to[i].Name} starts from the encoder's state and has no initial state of its own.");
        }

        static ArgumentException Misfit(string message) => new(message, nameof(decoder));
    }
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
