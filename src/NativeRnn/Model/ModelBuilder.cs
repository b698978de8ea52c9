namespace NativeRnn;

/// <summary>
/// Builds an architecture layer by layer, as one writes a sequential model in Keras:
/// <code>new ModelBuilder(inputSize: 14).Gru(32, returnSequences: true).Gru(64, Activation.Relu).Dense(1).Build()</code>
/// Variants beyond the common ones are set on the layer itself: <c>.Add(new Lstm(32) { Peepholes = true })</c>. Behind
/// <see cref="Decoder"/> come the layers of an encoder-decoder's second chain:
/// <code>new ModelBuilder(inputSize: 14).Gru(32).Decoder(inputSize: 1).Gru(32, returnSequences: true).Dense(1).Build()</code>
/// </summary>
public sealed class ModelBuilder
{
    private readonly int _inputSize;
    private readonly List<Layer> _layers = [];
    private List<Layer>? _decoderLayers;
    private int _decoderInputSize;

    /// <summary>Starts an empty network.</summary>
    /// <param name="inputSize">Features a time step of the input has.</param>
    public ModelBuilder(int inputSize) => _inputSize = inputSize;

    /// <summary>Adds any layer.</summary>
    /// <param name="layer">The layer, with its settings.</param>
    public ModelBuilder Add(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        (_decoderLayers ?? _layers).Add(layer);
        return this;
    }

    /// <summary>Ends the encoder: the layers added from here on are the decoder's, as <see cref="Architecture.Decoder"/> describes it.</summary>
    /// <param name="inputSize">Features the decoder reads, which is as many as it writes; 1 if it begins with an embedding.</param>
    /// <exception cref="InvalidOperationException">There is a decoder already.</exception>
    public ModelBuilder Decoder(int inputSize)
    {
        if (_decoderLayers is not null)
            throw new InvalidOperationException("A network has one decoder.");
        _decoderLayers = [];
        _decoderInputSize = inputSize;
        return this;
    }

    /// <inheritdoc cref="NativeRnn.Embedding"/>
    public ModelBuilder Embedding(int symbols, int units) => Add(new Embedding(symbols, units));

    /// <inheritdoc cref="NativeRnn.SimpleRnn"/>
    public ModelBuilder SimpleRnn(int units, Activation? activation = null, bool returnSequences = false)
        => Add(new SimpleRnn(units) { Activation = activation ?? Activation.Tanh, ReturnSequences = returnSequences });

    /// <inheritdoc cref="NativeRnn.OutputRecurrentRnn"/>
    public ModelBuilder OutputRecurrentRnn(int units, int outputs, Activation? activation = null, bool returnSequences = false)
        => Add(new OutputRecurrentRnn(units, outputs) { Activation = activation ?? Activation.Tanh, ReturnSequences = returnSequences });

    /// <inheritdoc cref="NativeRnn.Gru"/>
    public ModelBuilder Gru(int units, Activation? activation = null, bool returnSequences = false, bool resetAfter = false)
        => Add(new Gru(units) { Activation = activation ?? Activation.Tanh, ReturnSequences = returnSequences, ResetAfter = resetAfter });

    /// <inheritdoc cref="NativeRnn.Lstm"/>
    public ModelBuilder Lstm(int units, Activation? activation = null, bool returnSequences = false)
        => Add(new Lstm(units) { Activation = activation ?? Activation.Tanh, ReturnSequences = returnSequences });

    /// <inheritdoc cref="NativeRnn.Bidirectional"/>
    public ModelBuilder Bidirectional(RecurrentLayer layer, Merge merge = Merge.Concat)
        => Add(new Bidirectional(layer) { Merge = merge });

    /// <inheritdoc cref="NativeRnn.Dense"/>
    public ModelBuilder Dense(int units, Activation? activation = null)
        => Add(new Dense(units) { Activation = activation ?? Activation.Linear });

    /// <inheritdoc cref="NativeRnn.Dropout"/>
    public ModelBuilder Dropout(float rate) => Add(new Dropout(rate));

    /// <inheritdoc cref="NativeRnn.Reverse"/>
    public ModelBuilder Reverse() => Add(new Reverse());

    /// <inheritdoc cref="NativeRnn.LastStep"/>
    public ModelBuilder LastStep() => Add(new LastStep());

    /// <summary>The architecture built so far.</summary>
    /// <exception cref="ArgumentException">The layers do not fit together.</exception>
    public Architecture Build()
        => new(_inputSize, _layers, _decoderLayers is null ? null : new Architecture(_decoderInputSize, _decoderLayers));

    /// <summary>The architecture built so far with weights: a model ready to run.</summary>
    /// <param name="weights">A row-major array for each of <see cref="Architecture.Parameters"/>, by name.</param>
    /// <exception cref="ArgumentException">The layers do not fit together, or a parameter is missing, unknown or of the wrong length.</exception>
    public RnnModel Build(IReadOnlyDictionary<string, float[]> weights) => new(Build(), weights);
}
