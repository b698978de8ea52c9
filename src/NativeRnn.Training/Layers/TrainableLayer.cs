namespace NativeRnn.Training;

/// <summary>
/// A layer that learns: what it computes is said at its namesake in the runtime's Layers. An instance owns the buffers of one worker and
/// shares the weights with the others. Values are time-major, <c>[steps, batch, features]</c>.
/// </summary>
internal abstract class TrainableLayer<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Computes the output and keeps what <see cref="Backward"/> needs.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">Receives the output, of every step or of the last one alone.</param>
    /// <param name="extent">Steps and batch of the input.</param>
    /// <param name="dropout">Where dropout masks are drawn from, or null to drop nothing.</param>
    public abstract void Forward(ReadOnlySpan<T> input, Span<T> output, Extent extent, RandomStream? dropout);

    /// <summary>Makes the next <see cref="Forward"/>, of the same batch, start from the state in which the last one ended.</summary>
    public virtual void CarryState()
    {
    }

    /// <summary>Turns the gradient by the output into gradients by input and weights, for the last <see cref="Forward"/>.</summary>
    /// <param name="input">The input given to it.</param>
    /// <param name="output">The output it gave.</param>
    /// <param name="outputGradient">The gradient by the output; scratch space afterwards.</param>
    /// <param name="inputGradient">Receives the gradient by the input; empty if it is not wanted.</param>
    /// <param name="gradients">The gradients by all weights of the network, input-major; the layer's are added to.</param>
    public abstract void Backward(
        ReadOnlySpan<T> input, ReadOnlySpan<T> output, Span<T> outputGradient, Span<T> inputGradient, Span<T> gradients);

    /// <summary>Creates a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="name">Its name in the architecture, which its parameters' names start with.</param>
    /// <param name="inputSize">Features of its input.</param>
    /// <param name="weights">The network's weights.</param>
    /// <param name="largest">The largest extent it must take.</param>
    public static TrainableLayer<T> Create(Layer layer, string name, int inputSize, Weights<T> weights, Extent largest) => layer switch
    {
        RecurrentLayer { Clip: > 0 } => throw new NotSupportedException($"{name}: a layer with {nameof(RecurrentLayer.Clip)} cannot be trained."),
        Lstm lstm when lstm.OutputActivation != lstm.Activation
            => throw new NotSupportedException($"{name}: an LSTM with an {nameof(Lstm.OutputActivation)} of its own cannot be trained."),
        RecurrentLayer { HasInitialState: true } => throw new NotSupportedException($"{name}: an initial state among the weights cannot be trained."),
        SimpleRnn simple => new TrainableSimpleRnn<T>(simple, name, inputSize, weights, largest),
        OutputRecurrentRnn outputRecurrent => new TrainableOutputRecurrentRnn<T>(outputRecurrent, name, inputSize, weights, largest),
        Gru gru => new TrainableGru<T>(gru, name, inputSize, weights, largest),
        Lstm lstm => new TrainableLstm<T>(lstm, name, inputSize, weights, largest),
        Bidirectional bidirectional => new TrainableBidirectional<T>(bidirectional, name, inputSize, weights, largest),
        Dense dense => new TrainableDense<T>(dense, name, inputSize, weights, largest),
        Embedding embedding => new TrainableEmbedding<T>(embedding, name, weights),
        Dropout dropout => new TrainableDropout<T>(dropout, inputSize, largest),
        _ => throw new NotSupportedException($"{name}: a layer of kind {layer.Kind} cannot be trained."),
    };
}
