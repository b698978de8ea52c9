namespace NativeRnn.Training;

/// <summary>
/// Back-propagation through <see cref="Bidirectional"/>. The backward direction is the same layer over the steps in reverse order, whose
/// output sequence and input gradient are turned round again.
/// </summary>
internal sealed class TrainableBidirectional<T> : TrainableLayer<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TrainableLayer<T> _forward;
    private readonly TrainableLayer<T> _backward;
    private readonly Merge _merge;
    private readonly bool _returnsSequences;
    private readonly int _inputSize;
    private readonly int _forwardSize;
    private readonly int _backwardSize;
    private readonly T[] _reversedInput;
    private readonly T[] _reversedInputGradient;
    private readonly T[] _forwardOutput;
    private readonly T[] _backwardOutput;
    private readonly T[] _forwardGradient;
    private readonly T[] _backwardGradient;

    /// <summary>The backward direction's output or output gradient in its own order of steps.</summary>
    private readonly T[] _reversed;

    private Extent _extent;

    public TrainableBidirectional(Bidirectional layer, string name, int inputSize, Weights<T> weights, Extent largest)
    {
        _forward = Create(layer.Forward, name + ".forward", inputSize, weights, largest);
        _backward = Create(layer.Backward, name + ".backward", inputSize, weights, largest);
        _merge = layer.Merge;
        _returnsSequences = layer.Forward.ReturnSequences;
        _inputSize = inputSize;
        _forwardSize = layer.Forward.OutputSize(inputSize);
        _backwardSize = layer.Backward.OutputSize(inputSize);
        _reversedInput = new T[largest.Rows * inputSize];
        _reversedInputGradient = new T[largest.Rows * inputSize];
        int rows = _returnsSequences ? largest.Rows : largest.Batch;
        _forwardOutput = new T[rows * _forwardSize];
        _backwardOutput = new T[rows * _backwardSize];
        _forwardGradient = new T[rows * _forwardSize];
        _backwardGradient = new T[rows * _backwardSize];
        _reversed = new T[rows * _backwardSize];
    }

    public override void Forward(ReadOnlySpan<T> input, Span<T> output, Extent extent, RandomStream? dropout)
    {
        _extent = extent;
        Span<T> forward = _forwardOutput.AsSpan(0, Rows * _forwardSize);
        Span<T> backward = _backwardOutput.AsSpan(0, Rows * _backwardSize);
        _forward.Forward(input, forward, extent, dropout);
        Span<T> reversedInput = _reversedInput.AsSpan(0, input.Length);
        Pointwise.ReverseBlocks(input, extent.Batch * _inputSize, reversedInput);
        Span<T> reversed = _reversed.AsSpan(0, backward.Length);
        _backward.Forward(reversedInput, reversed, extent, dropout);
        Pointwise.ReverseBlocks(reversed, extent.Batch * _backwardSize, backward);

        switch (_merge)
        {
            case Merge.Concat:
                for (int row = 0; row < Rows; row++)
                {
                    Span<T> joined = output.Slice(row * (_forwardSize + _backwardSize), _forwardSize + _backwardSize);
                    forward.Slice(row * _forwardSize, _forwardSize).CopyTo(joined);
                    backward.Slice(row * _backwardSize, _backwardSize).CopyTo(joined[_forwardSize..]);
                }

                break;
            case Merge.Multiply:
                TensorPrimitives.Multiply(forward, backward, output);
                break;
            case Merge.Sum:
                TensorPrimitives.Add(forward, backward, output);
                break;
            case Merge.Average:
                TensorPrimitives.Add(forward, backward, output);
                TensorPrimitives.Multiply(output, Half, output);
                break;
        }
    }

    public override void Backward(
        ReadOnlySpan<T> input, ReadOnlySpan<T> output, Span<T> outputGradient, Span<T> inputGradient, Span<T> gradients)
    {
        Span<T> forward = _forwardOutput.AsSpan(0, Rows * _forwardSize);
        Span<T> backward = _backwardOutput.AsSpan(0, Rows * _backwardSize);
        Span<T> forwardGradient = _forwardGradient.AsSpan(0, forward.Length);
        Span<T> backwardGradient = _backwardGradient.AsSpan(0, backward.Length);
        switch (_merge)
        {
            case Merge.Concat:
                for (int row = 0; row < Rows; row++)
                {
                    ReadOnlySpan<T> joined = outputGradient.Slice(row * (_forwardSize + _backwardSize), _forwardSize + _backwardSize);
                    joined[.._forwardSize].CopyTo(forwardGradient[(row * _forwardSize)..]);
                    joined[_forwardSize..].CopyTo(backwardGradient[(row * _backwardSize)..]);
                }

                break;
            case Merge.Multiply:
                TensorPrimitives.Multiply(outputGradient, backward, forwardGradient);
                TensorPrimitives.Multiply(outputGradient, forward, backwardGradient);
                break;
            case Merge.Sum:
                outputGradient.CopyTo(forwardGradient);
                outputGradient.CopyTo(backwardGradient);
                break;
            case Merge.Average:
                TensorPrimitives.Multiply(outputGradient, Half, forwardGradient);
                forwardGradient.CopyTo(backwardGradient);
                break;
        }

        _forward.Backward(input, forward, forwardGradient, inputGradient, gradients);

        int outputBlock = _extent.Batch * _backwardSize;
        Span<T> reversed = _reversed.AsSpan(0, backward.Length);
        Pointwise.ReverseBlocks(backwardGradient, outputBlock, reversed);
        Span<T> reversedInputGradient = _reversedInputGradient.AsSpan(0, inputGradient.Length);
        _backward.Backward(_reversedInput.AsSpan(0, input.Length), [], reversed, reversedInputGradient, gradients);

        int inputBlock = _extent.Batch * _inputSize;
        for (int start = 0; start < inputGradient.Length; start += inputBlock)
        {
            Span<T> block = inputGradient.Slice(inputGradient.Length - inputBlock - start, inputBlock);
            TensorPrimitives.Add(block, reversedInputGradient.Slice(start, inputBlock), block);
        }
    }

    private static T Half => T.CreateChecked(0.5);

    /// <summary>Rows of the output.</summary>
    private int Rows => _returnsSequences ? _extent.Rows : _extent.Batch;
}
