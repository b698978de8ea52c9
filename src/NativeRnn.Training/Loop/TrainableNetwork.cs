namespace NativeRnn.Training;

/// <summary>
/// A network with the buffers of one worker: forward, loss, backward. The decoder of an encoder-decoder reads at step t the target of step
/// t - 1 (teacher forcing; Williams and Zipser, 1989), or what it gave itself at that step, as it does at inference; through what it reads of
/// its own no gradient goes (scheduled sampling; Bengio et al., 2015).
/// </summary>
internal sealed class TrainableNetwork<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Architecture _architecture;
    private readonly TrainableChain<T> _chain;
    private readonly TrainableChain<T>? _decoder;
    private readonly LossFunction<T> _loss;
    private readonly T[] _targets;

    /// <summary>The decoder's inputs of all steps, and one step's outputs; time-major.</summary>
    private readonly T[] _decoderInputs;
    private readonly T[] _stepOutputs;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="weights">The weights, shared with other workers.</param>
    /// <param name="loss">The loss, which must fit the architecture.</param>
    /// <param name="largest">The largest extent of a batch.</param>
    /// <param name="decoderSteps">The most steps that a decoder takes; of no meaning without one.</param>
    /// <param name="wantsInputGradient">Whether <see cref="InputGradient"/> is computed.</param>
    public TrainableNetwork(Weights<T> weights, Loss loss, Extent largest, int decoderSteps = 0, bool wantsInputGradient = false)
    {
        _architecture = weights.Architecture;
        bool linearHead = LossFunction<T>.ReplacesActivation(loss);
        _chain = new TrainableChain<T>(_architecture, weights, linearHead && _architecture.Decoder is null, largest, wantsInputGradient);
        Extent output = _architecture.ReturnsSequence ? largest : largest with { Steps = 1 };
        if (_architecture.Decoder is { } decoder)
        {
            output = largest with { Steps = decoderSteps };
            _decoder = new TrainableChain<T>(decoder, weights, linearHead, output, wantsInputGradient: false);
        }

        _decoderInputs = new T[_decoder is null ? 0 : output.Rows * _architecture.Decoder!.InputSize];
        _stepOutputs = new T[_decoder is null ? 0 : output.Batch * _architecture.OutputSize];
        _loss = new LossFunction<T>(loss, _architecture.OutputSize);
        _targets = new T[output.Rows * _architecture.OutputSize];
    }

    /// <summary>The outputs of the last forward pass, <c>[rows, batch, outputs]</c>, before an activation that the loss replaces.</summary>
    public Span<T> Outputs => Last.Outputs;

    /// <summary>The gradient by the input of the last backward pass, <c>[steps, batch, features]</c>.</summary>
    public ReadOnlySpan<T> InputGradient => _chain.InputGradient;

    /// <summary>Steps and batch of the output.</summary>
    public Extent OutputExtent => Last.OutputExtent;

    private TrainableChain<T> Last => _decoder ?? _chain;

    /// <summary>Makes the next <see cref="Forward"/> continue the sequences of the last one; gradients end where it begins.</summary>
    public void CarryState() => _chain.CarryState();

    /// <summary>Runs the network.</summary>
    /// <param name="inputs"><c>[batch, steps, features]</c>.</param>
    /// <param name="extent">Steps and batch.</param>
    /// <param name="dropout">Where dropout masks are drawn from, or null to drop nothing.</param>
    /// <param name="targets"><c>[batch, rows, outputs]</c>; a decoder takes as many steps as they have rows.</param>
    /// <param name="forcing">What a decoder reads; without, its own outputs alone.</param>
    public void Forward(ReadOnlySpan<T> inputs, Extent extent, RandomStream? dropout, ReadOnlySpan<T> targets = default, TeacherForcing forcing = default)
    {
        Pointwise.SwapOuter(inputs, extent.Batch, extent.Steps, _architecture.InputSize, _chain.Input);
        _chain.Forward(extent, dropout);
        if (_decoder is null)
            return;
        Extent decoded = extent with { Steps = targets.Length / (extent.Batch * _architecture.OutputSize) };
        SetTargets(targets, decoded);
        ChooseDecoderInputs(decoded, forcing);
        int inputSize = _architecture.Decoder!.InputSize;
        _decoderInputs.AsSpan(0, decoded.Rows * inputSize).CopyTo(_decoder.Input);
        _decoder.StartFrom(_chain);
        _decoder.Forward(decoded, dropout);
    }

    /// <summary>The loss of the last forward pass, summed over the batch, and its gradient by the outputs.</summary>
    /// <param name="targets"><c>[batch, rows, outputs]</c>; with one row, the loss is that of the last output row.</param>
    /// <param name="divisor">What the gradient is divided by.</param>
    public double Loss(ReadOnlySpan<T> targets, double divisor)
    {
        int batch = OutputExtent.Batch;
        SetTargets(targets, new Extent(targets.Length / (batch * _architecture.OutputSize), batch));
        Span<T> outputs = Outputs;
        Span<T> gradients = Last.OutputGradient;
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
        if (_decoder is not null)
        {
            _decoder.Backward(gradients);
            _decoder.HandBack(_chain);
            _chain.OutputGradient.Clear();
        }

        _chain.Backward(gradients);
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

    private void SetTargets(ReadOnlySpan<T> targets, Extent extent)
        => Pointwise.SwapOuter(targets, extent.Batch, extent.Steps, _architecture.OutputSize, _targets);

    /// <summary>Fills <see cref="_decoderInputs"/>, taking the steps one by one where the decoder reads its own outputs.</summary>
    private void ChooseDecoderInputs(Extent decoded, TeacherForcing forcing)
    {
        TrainableChain<T> decoder = _decoder!;
        int batch = decoded.Batch;
        int size = _architecture.OutputSize;
        int inputSize = _architecture.Decoder!.InputSize;
        Span<T> all = _decoderInputs.AsSpan(0, decoded.Rows * inputSize);
        Span<T> own = _stepOutputs.AsSpan(0, batch * size);
        all[..(batch * inputSize)].Clear();
        decoder.StartFrom(_chain);
        for (int step = 1; step < decoded.Steps; step++)
        {
            if (forcing.Rate < 1)
            {
                if (step > 1)
                    decoder.CarryState();
                all.Slice((step - 1) * batch * inputSize, batch * inputSize).CopyTo(decoder.Input);
                decoder.Forward(new Extent(1, batch), dropout: null);
                decoder.Outputs.CopyTo(own);
                _loss.Predict(own);
            }

            for (int sequence = 0; sequence < batch; sequence++)
            {
                bool isForced = forcing.Rate >= 1 || (forcing.Rate > 0 && forcing.Random!.NextDouble() < forcing.Rate);
                ReadOnlySpan<T> source = isForced ? _targets.AsSpan((step - 1) * batch * size, batch * size) : own;
                Feed(source.Slice(sequence * size, size), all.Slice((step * batch + sequence) * inputSize, inputSize));
            }
        }
    }

    /// <summary>An output, or a target, as the decoder reads it: numbers as they are, of symbols the most likely one's number.</summary>
    private void Feed(ReadOnlySpan<T> row, Span<T> input)
    {
        if (_architecture.Decoder!.Layers[0].Layer is Embedding)
            input[0] = T.CreateChecked(TensorPrimitives.IndexOfMax(row));
        else
            row.CopyTo(input);
    }
}

/// <summary>What a decoder reads in training.</summary>
/// <param name="Rate">The probability, for each sequence and step, that it is the target; else it is the decoder's own output.</param>
/// <param name="Random">Where the choices are drawn from; needed for a rate that is neither 0 nor 1.</param>
internal readonly record struct TeacherForcing(double Rate, RandomStream? Random = null);
