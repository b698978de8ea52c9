namespace NativeRnn;

/// <summary>
/// An architecture with its weights: immutable, and safe to share between threads. Running it takes an
/// <see cref="RnnSession"/>, one for each thread, from <see cref="CreateSession"/>.
/// </summary>
public sealed class RnnModel
{
    private readonly Dictionary<string, WeightTensor> _weights;
    private readonly Network?[] _networks = new Network?[(int)VectorWidth.Vector512 + 1];
    private long _checksum = -1;

    /// <summary>Creates a model from weights, which are copied.</summary>
    /// <param name="architecture">The layers.</param>
    /// <param name="weights">A row-major array for each of <see cref="Architecture.Parameters"/>, by name.</param>
    /// <exception cref="ArgumentException">A parameter is missing, unknown or of the wrong length.</exception>
    public RnnModel(Architecture architecture, IReadOnlyDictionary<string, float[]> weights) : this(architecture, Copy(weights))
    {
    }

    private RnnModel(Architecture architecture, Dictionary<string, WeightTensor> weights)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        foreach (ParameterShape shape in architecture.Parameters)
        {
            if (!weights.TryGetValue(shape.Name, out WeightTensor? tensor))
                throw new ArgumentException($"The weights lack {shape}.", nameof(weights));
            if (tensor.Count != shape.Count)
                throw new ArgumentException($"{shape} takes {shape.Count} weights, but {tensor.Count} were given.", nameof(weights));
        }

        HashSet<string> known = [];
        foreach (ParameterShape shape in architecture.Parameters)
            known.Add(shape.Name);
        foreach (string name in weights.Keys)
        {
            if (!known.Contains(name))
                throw new ArgumentException($"The weights hold '{name}', which the architecture does not have.", nameof(weights));
        }

        Architecture = architecture;
        _weights = weights;
    }

    private RnnModel(RnnModel other, ForecastRecipe? recipe, SelfTest? selfTest, Vocabulary? vocabulary)
    {
        Architecture = other.Architecture;
        _weights = other._weights;
        _networks = other._networks;
        Recipe = recipe;
        SelfTest = selfTest;
        Vocabulary = vocabulary;
    }

    /// <summary>The layers, without weights.</summary>
    public Architecture Architecture { get; }

    /// <summary>How raw measurements become a forecast in the target's unit, or null for a model of plain numbers.</summary>
    public ForecastRecipe? Recipe { get; }

    /// <summary>An input with the output it must give, or null.</summary>
    public SelfTest? SelfTest { get; }

    /// <summary>The symbols that the network reads, or null for a model of numbers.</summary>
    public Vocabulary? Vocabulary { get; }

    /// <summary>The CRC-32C at the end of the model's file: a saved state names the model it belongs to by it.</summary>
    /// <exception cref="InvalidOperationException">The recipe or the self-test is beyond the format's limits.</exception>
    public uint Checksum
    {
        get
        {
            if (_checksum < 0)
                _checksum = ModelWriter.ChecksumOf(ToBytes());
            return (uint)_checksum;
        }
    }

    /// <summary>Bytes of all weights as they are stored, scales of int8 rows included.</summary>
    public long WeightBytes
    {
        get
        {
            long bytes = 0;
            foreach (WeightTensor tensor in _weights.Values)
                bytes += tensor.ByteCount;
            return bytes;
        }
    }

    /// <summary>
    /// One parameter's weights, row-major. Of a quantised parameter the values that its weights stand for, exact, in an array made by each call.
    /// </summary>
    /// <param name="name">The name in <see cref="Architecture.Parameters"/>, such as <c>gru.recurrent_kernel</c>.</param>
    /// <exception cref="ArgumentException">The architecture has no such parameter.</exception>
    public ReadOnlySpan<float> Weights(string name) => Tensor(name).Values;

    /// <summary>How one parameter's weights are stored.</summary>
    /// <param name="name">The name in <see cref="Architecture.Parameters"/>, such as <c>gru.recurrent_kernel</c>.</param>
    /// <exception cref="ArgumentException">The architecture has no such parameter.</exception>
    public WeightType WeightTypeOf(string name) => Tensor(name).Type;

    /// <summary>
    /// The same model with the matrices of every layer in fewer bits; vectors (biases, peepholes, initial states) stay float32. Each weight
    /// becomes the nearest value of the type, ties to even; an int8 row's scale is its largest magnitude / 127, rounded to 17 bits. A self-test
    /// keeps its input and gets the output that the new weights give.
    /// </summary>
    /// <param name="type">The type of the matrices.</param>
    /// <exception cref="ArgumentException">The model is quantised already, a weight is not finite or above 2^127, or the type is none.</exception>
    public RnnModel Quantize(WeightType type)
    {
        if (!type.IsDefined())
            throw new ArgumentException($"{type} is no type of weights.", nameof(type));
        Dictionary<string, WeightTensor> quantized = [];
        foreach (ParameterShape shape in Architecture.Parameters)
        {
            WeightTensor tensor = _weights[shape.Name];
            if (tensor.Type != WeightType.Float32)
                throw new ArgumentException($"{shape} is {tensor.Type.Name()} already; quantise the float32 model it was made from.");
            quantized.Add(shape.Name, shape.IsVector || type == WeightType.Float32 ? tensor : Quantization.Quantize(tensor.Values, shape, type));
        }

        RnnModel model = Adopt(Architecture, quantized);
        return new RnnModel(model, Recipe, SelfTest?.For(model), Vocabulary);
    }

    /// <summary>The same model with a forecast recipe, or without.</summary>
    /// <param name="recipe">The recipe, or null to remove it.</param>
    /// <exception cref="ArgumentException">The recipe does not fit the architecture.</exception>
    public RnnModel WithRecipe(ForecastRecipe? recipe)
    {
        recipe?.ValidateFor(Architecture);
        if (recipe is not null && Architecture.Layers[0].Layer is Embedding)
            throw new ArgumentException("A network that reads symbols takes no forecast recipe.", nameof(recipe));
        return new RnnModel(this, recipe, SelfTest, Vocabulary);
    }

    /// <summary>The same model with a self-test sample, or without.</summary>
    /// <param name="selfTest">The sample, or null to remove it.</param>
    /// <exception cref="ArgumentException">The sample does not fit the architecture.</exception>
    public RnnModel WithSelfTest(SelfTest? selfTest)
    {
        selfTest?.ValidateFor(Architecture);
        return new RnnModel(this, Recipe, selfTest, Vocabulary);
    }

    /// <summary>The same model with a vocabulary, or without.</summary>
    /// <param name="vocabulary">The symbols, or null to remove them.</param>
    /// <exception cref="ArgumentException">The vocabulary does not fit the architecture.</exception>
    public RnnModel WithVocabulary(Vocabulary? vocabulary)
    {
        vocabulary?.ValidateFor(Architecture);
        return new RnnModel(this, Recipe, SelfTest, vocabulary);
    }

    /// <summary>Creates the buffers that running the model takes; nothing is allocated after that.</summary>
    /// <param name="options">Batch size, sequence length and vector width; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The vector width asked for is not accelerated on this processor.</exception>
    public RnnSession CreateSession(SessionOptions? options = null) => new(this, options ?? new SessionOptions());

    /// <summary>Reads a <c>.nrnn</c> file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFormatException">The file is not a complete, unaltered model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RnnModel Load(string path) => ModelReader.Load(path);

    /// <summary>Reads a model from the bytes of a <c>.nrnn</c> file.</summary>
    /// <param name="file">The whole file.</param>
    /// <exception cref="ModelFormatException">The bytes are not a complete, unaltered model.</exception>
    public static RnnModel Parse(ReadOnlySpan<byte> file) => ModelReader.Parse(file);

    /// <summary>Writes a <c>.nrnn</c> file: to a temporary file beside it, which then replaces it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written; what stood there before is unharmed.</exception>
    /// <exception cref="InvalidOperationException">The recipe or the self-test is beyond the format's limits.</exception>
    public void Save(string path) => ModelWriter.Save(this, path);

    /// <summary>The bytes of the model's <c>.nrnn</c> file.</summary>
    /// <exception cref="InvalidOperationException">The recipe or the self-test is beyond the format's limits.</exception>
    public byte[] ToBytes() => ModelWriter.ToBytes(this);

    /// <summary>A table of layers, output shapes and parameter counts in the manner of Keras.</summary>
    public string Summary() => ModelSummary.Format(this);

    /// <summary>Creates a model from weights that nobody else keeps, without copying them.</summary>
    internal static RnnModel Adopt(Architecture architecture, Dictionary<string, WeightTensor> weights) => new(architecture, weights);

    /// <summary>The same weights in other layers of the same shapes.</summary>
    internal RnnModel With(Architecture architecture) => Adopt(architecture, _weights);

    /// <summary>The same model, known to come from a file with a checksum.</summary>
    internal RnnModel WithChecksum(uint checksum) => new(this, Recipe, SelfTest, Vocabulary) { _checksum = checksum };

    /// <summary>One parameter's weights as they are stored.</summary>
    internal WeightTensor Tensor(string name)
        => _weights.TryGetValue(name, out WeightTensor? tensor) ? tensor : throw new ArgumentException($"The model has no parameter '{name}'.", nameof(name));

    /// <summary>The weights packed for one vector width; packed on first use, shared by all sessions.</summary>
    internal Network NetworkFor(VectorWidth width)
    {
        ref Network? network = ref _networks[(int)width];
        // Two threads may pack at once; either result is good and one is kept.
        return network ?? Interlocked.CompareExchange(ref network, Network.Create(this, width), null) ?? network;
    }

    private static Dictionary<string, WeightTensor> Copy(IReadOnlyDictionary<string, float[]> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Dictionary<string, WeightTensor> copies = new(weights.Count);
        foreach ((string name, float[] values) in weights)
            copies.Add(name, WeightTensor.Float32([.. values]));
        return copies;
    }
}
