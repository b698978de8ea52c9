namespace NativeRnn.Training;

/// <summary>A chain of layers with the buffers of one worker: a whole network, or the encoder or the decoder of one.</summary>
internal sealed class TrainableChain<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Architecture _chain;
    private readonly TrainableLayer<T>[] _layers;

    /// <summary>The chain's input, then each layer's output; time-major.</summary>
    private readonly T[][] _values;

    /// <summary>The gradients by <see cref="_values"/>; that by the input is empty unless wanted.</summary>
    private readonly T[][] _gradients;

    private Extent _extent;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="chain">The network, or its decoder.</param>
    /// <param name="weights">The network's weights, shared with other workers.</param>
    /// <param name="linearHead">Whether the last layer's activation is left to the loss.</param>
    /// <param name="largest">The largest extent of a batch.</param>
    /// <param name="wantsInputGradient">Whether <see cref="InputGradient"/> is computed.</param>
    public TrainableChain(Architecture chain, Weights<T> weights, bool linearHead, Extent largest, bool wantsInputGradient)
    {
        _chain = chain;
        int count = chain.Layers.Count;
        _layers = new TrainableLayer<T>[count];
        _values = new T[count + 1][];
        _gradients = new T[count + 1][];
        _values[0] = new T[largest.Rows * chain.InputSize];
        _gradients[0] = new T[wantsInputGradient ? _values[0].Length : 0];
        Extent extent = largest;
        for (int i = 0; i < count; i++)
        {
            NamedLayer named = chain.Layers[i];
            Layer layer = named.Layer;
            if (i == count - 1 && linearHead)
                layer = (Dense)layer with { Activation = Activation.Linear };
            _layers[i] = TrainableLayer<T>.Create(layer, named.Name, named.InputSize, weights, extent);
            extent = After(named, extent);
            _values[i + 1] = new T[extent.Rows * named.OutputSize];
            _gradients[i + 1] = new T[_values[i + 1].Length];
        }
    }

    /// <summary>Where the next forward pass reads its input, <c>[steps, batch, features]</c>.</summary>
    public Span<T> Input => _values[0];

    /// <summary>The outputs of the last forward pass, <c>[rows, batch, outputs]</c>.</summary>
    public Span<T> Outputs => _values[^1].AsSpan(0, OutputExtent.Rows * _chain.Layers[^1].OutputSize);

    /// <summary>Where the way back reads the gradient by <see cref="Outputs"/>.</summary>
    public Span<T> OutputGradient => _gradients[^1].AsSpan(0, Outputs.Length);

    /// <summary>The gradient by the input of the last backward pass, <c>[steps, batch, features]</c>.</summary>
    public ReadOnlySpan<T> InputGradient => _gradients[0].AsSpan(0, _extent.Rows * _chain.InputSize);

    /// <summary>Steps and batch of the output.</summary>
    public Extent OutputExtent => InputExtent(_layers.Length);

    /// <summary>Makes the next <see cref="Forward"/> continue the sequences of the last one; gradients end where it begins.</summary>
    public void CarryState()
    {
        foreach (TrainableLayer<T> layer in _layers)
            layer.CarryState();
    }

    /// <summary>Makes the next <see cref="Forward"/> start from the states in which another chain's last one ended.</summary>
    public void StartFrom(TrainableChain<T> encoder)
    {
        foreach ((TrainableRecurrent<T> own, TrainableRecurrent<T> source) in Recurrent.Zip(encoder.Recurrent))
            own.StartFrom(source);
    }

    /// <summary>Gives the gradient by the states that <see cref="StartFrom"/> took to the chain they came from, for its way back.</summary>
    public void HandBack(TrainableChain<T> encoder)
    {
        foreach ((TrainableRecurrent<T> own, TrainableRecurrent<T> source) in Recurrent.Zip(encoder.Recurrent))
            source.TakeFinalGradient(own);
    }

    /// <summary>Runs the chain on <see cref="Input"/>.</summary>
    /// <param name="extent">Steps and batch.</param>
    /// <param name="dropout">Where dropout masks are drawn from, or null to drop nothing.</param>
    public void Forward(Extent extent, RandomStream? dropout)
    {
        _extent = extent;
        for (int i = 0; i < _layers.Length; i++)
        {
            NamedLayer named = _chain.Layers[i];
            Extent next = After(named, extent);
            _layers[i].Forward(
                _values[i].AsSpan(0, extent.Rows * named.InputSize), _values[i + 1].AsSpan(0, next.Rows * named.OutputSize), extent,
                dropout);
            extent = next;
        }
    }

    /// <summary>Adds the gradients by the chain's weights to <paramref name="gradients"/>, from <see cref="OutputGradient"/>.</summary>
    /// <param name="gradients">By all weights of the network, input-major.</param>
    public void Backward(Span<T> gradients)
    {
        for (int i = _layers.Length - 1; i >= 0; i--)
        {
            NamedLayer named = _chain.Layers[i];
            int inputRows = InputExtent(i).Rows;
            int outputRows = After(named, InputExtent(i)).Rows;
            _layers[i].Backward(
                _values[i].AsSpan(0, inputRows * named.InputSize),
                _values[i + 1].AsSpan(0, outputRows * named.OutputSize),
                _gradients[i + 1].AsSpan(0, outputRows * named.OutputSize),
                _gradients[i].AsSpan(0, _gradients[i].Length == 0 ? 0 : inputRows * named.InputSize),
                gradients);
        }
    }

    private IEnumerable<TrainableRecurrent<T>> Recurrent => _layers.OfType<TrainableRecurrent<T>>();

    private static Extent After(NamedLayer layer, Extent extent) => layer.ReturnsSequence ? extent : extent with { Steps = 1 };

    private Extent InputExtent(int layer) => layer == 0 ? _extent : After(_chain.Layers[layer - 1], _extent);
}
