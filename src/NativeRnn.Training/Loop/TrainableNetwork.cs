namespace NativeRnn.Training;

/// <summary>A network's layers with the buffers of one worker: forward, loss, backward.</summary>
internal sealed class TrainableNetwork<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Architecture _architecture;
    private readonly TrainableLayer<T>[] _layers;
    private readonly LossFunction<T> _loss;

    /// <summary>The network's input, then each layer's output; time-major.</summary>
    private readonly T[][] _values;

    /// <summary>The gradients by <see cref="_values"/>; that by the input is empty unless wanted.</summary>
    private readonly T[][] _gradients;

    private readonly T[] _targets;
    private Extent _extent;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="weights">The weights, shared with other workers.</param>
    /// <param name="loss">The loss, which must fit the architecture.</param>
    /// <param name="largest">The largest extent of a batch.</param>
    /// <param name="wantsInputGradient">Whether <see cref="InputGradient"/> is computed.</param>
    public TrainableNetwork(Weights<T> weights, Loss loss, Extent largest, bool wantsInputGradient = false)
    {
        _architecture = weights.Architecture;
        int count = _architecture.Layers.Count;
        _layers = new TrainableLayer<T>[count];
        _values = new T[count + 1][];
        _gradients = new T[count + 1][];
        _values[0] = new T[largest.Rows * _architecture.InputSize];
        _gradients[0] = new T[wantsInputGradient ? _values[0].Length : 0];
        Extent extent = largest;
        for (int i = 0; i < count; i++)
        {
            NamedLayer named = _architecture.Layers[i];
            Layer layer = named.Layer;
            if (i == count - 1 && LossFunction<T>.ReplacesActivation(loss))
                layer = (Dense)layer with { Activation = Activation.Linear };
            _layers[i] = TrainableLayer<T>.Create(layer, named.Name, named.InputSize, weights, extent);
            extent = After(named, extent);
            _values[i + 1] = new T[extent.Rows * named.OutputSize];
            _gradients[i + 1] = new T[_values[i + 1].Length];
        }

        _loss = new LossFunction<T>(loss, _architecture.OutputSize);
        _targets = new T[_values[count].Length];
    }

    /// <summary>The outputs of the last forward pass, <c>[rows, batch, outputs]</c>, before an activation that the loss replaces.</summary>
    public Span<T> Outputs => _values[^1].AsSpan(0, OutputExtent.Rows * _architecture.OutputSize);

    /// <summary>The gradient by the input of the last backward pass, <c>[steps, batch, features]</c>.</summary>
    public ReadOnlySpan<T> InputGradient => _gradients[0].AsSpan(0, _extent.Rows * _architecture.InputSize);

    /// <summary>Steps and batch of the output.</summary>
    public Extent OutputExtent => _architecture.ReturnsSequence ? _extent : _extent with { Steps = 1 };

    /// <summary>Makes the next <see cref="Forward"/> continue the sequences of the last one; gradients end where it begins.</summary>
    public void CarryState()
    {
        foreach (TrainableLayer<T> layer in _layers)
            layer.CarryState();
    }

    /// <summary>Runs the network.</summary>
    /// <param name="inputs"><c>[batch, steps, features]</c>.</param>
    /// <param name="extent">Steps and batch.</param>
    /// <param name="dropout">Where dropout masks are drawn from, or null to drop nothing.</param>
    public void Forward(ReadOnlySpan<T> inputs, Extent extent, RandomStream? dropout)
    {
        _extent = extent;
        Pointwise.SwapOuter(inputs, extent.Batch, extent.Steps, _architecture.InputSize, _values[0]);
        for (int i = 0; i < _layers.Length; i++)
        {
            NamedLayer named = _architecture.Layers[i];
            Extent next = After(named, extent);
            _layers[i].Forward(
                _values[i].AsSpan(0, extent.Rows * named.InputSize), _values[i + 1].AsSpan(0, next.Rows * named.OutputSize), extent,
                dropout);
            extent = next;
        }
    }

    /// <summary>The loss of the last forward pass, summed over the batch, and its gradient by the outputs.</summary>
    /// <param name="targets"><c>[batch, rows, outputs]</c>; with one row, the loss is that of the last output row.</param>
    /// <param name="divisor">What the gradient is divided by.</param>
    public double Loss(ReadOnlySpan<T> targets, double divisor)
    {
        int block = _extent.Batch * _architecture.OutputSize;
        int rows = targets.Length / block;
        Pointwise.SwapOuter(targets, _extent.Batch, rows, _architecture.OutputSize, _targets);
        Span<T> outputs = Outputs;
        Span<T> gradients = _gradients[^1].AsSpan(0, outputs.Length);
        int without = outputs.Length - targets.Length;
        gradients[..without].Clear();
        return _loss.Compute(outputs[without..], _targets.AsSpan(0, targets.Length), T.CreateChecked(1 / divisor), gradients[without..]);
    }

    /// <summary>What the sum of the loss over a number of target rows is divided by.</summary>
    public double Divisor(long rows) => _loss.Divisor(rows);

    /// <summary>Adds the gradients by all weights to <paramref name="gradients"/>, after <see cref="Loss"/>.</summary>
    /// <param name="gradients">Input-major, as long as the weights.</param>
    public void Backward(Span<T> gradients)
    {
        for (int i = _layers.Length - 1; i >= 0; i--)
        {
            NamedLayer named = _architecture.Layers[i];
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

    /// <summary>
    /// Applies an activation that the loss replaced, and sums the differences between the last output rows and the targets given to
    /// <see cref="Loss"/>.
    /// </summary>
    public (double Absolute, double Squared) Errors(int targetCount)
    {
        Span<T> outputs = Predict();
        outputs = outputs[(outputs.Length - targetCount)..];
        double absolute = 0;
        double squared = 0;
        for (int i = 0; i < outputs.Length; i++)
        {
            double error = double.CreateChecked(outputs[i] - _targets[i]);
            absolute += Math.Abs(error);
            squared += error * error;
        }

        return (absolute, squared);
    }

    /// <summary>Turns <see cref="Outputs"/> into the network's predictions; once after a forward pass.</summary>
    public Span<T> Predict()
    {
        Span<T> outputs = Outputs;
        _loss.Predict(outputs);
        return outputs;
    }

    private static Extent After(NamedLayer layer, Extent extent) => layer.ReturnsSequence ? extent : extent with { Steps = 1 };

    private Extent InputExtent(int layer) => layer == 0 ? _extent : After(_architecture.Layers[layer - 1], _extent);
}
