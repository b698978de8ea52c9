namespace NativeRnn.Training;

/// <summary>
/// <see cref="Dropout"/> while training: as in Keras each value of each step is dropped by itself, unlike the dropout of a recurrent
/// layer, whose mask is one a sequence.
/// </summary>
internal sealed class TrainableDropout<T> : TrainableLayer<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly float _rate;
    private readonly T[] _mask;
    private bool _isMasked;

    public TrainableDropout(Dropout layer, int size, Extent largest)
    {
        _rate = layer.Rate;
        _mask = layer.Rate > 0 ? new T[largest.Rows * size] : [];
    }

    public override void Forward(ReadOnlySpan<T> input, Span<T> output, Extent extent, RandomStream? dropout)
    {
        _isMasked = dropout is not null && _rate > 0;
        if (!_isMasked)
        {
            input.CopyTo(output);
            return;
        }

        Span<T> mask = _mask.AsSpan(0, input.Length);
        Pointwise.DrawMask(dropout!, _rate, mask);
        TensorPrimitives.Multiply(input, mask, output);
    }

    public override void Backward(
        ReadOnlySpan<T> input, ReadOnlySpan<T> output, Span<T> outputGradient, Span<T> inputGradient, Span<T> gradients)
    {
        if (inputGradient.IsEmpty)
            return;
        if (_isMasked)
            TensorPrimitives.Multiply(outputGradient, _mask.AsSpan(0, outputGradient.Length), inputGradient);
        else
            outputGradient.CopyTo(inputGradient);
    }
}
