namespace NativeRnn.Training;

/// <summary>
/// Back-propagation through <see cref="Dense"/>: dv = dy * f'(v), dx = V^T dv, and summed over all rows dV = dv x^T, dc = dv.
/// </summary>
internal sealed class TrainableDense<T> : TrainableLayer<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Weights<T> _weights;
    private readonly ParameterSlot _kernel;
    private readonly ParameterSlot _bias;
    private readonly int _inputSize;
    private readonly int _units;

    /// <summary>Null for softmax.</summary>
    private readonly ActivationFunction<T>? _activation;

    private readonly T[] _preActivation;
    private readonly T[] _scratch;
    private Extent _extent;

    public TrainableDense(Dense layer, string name, int inputSize, Weights<T> weights, Extent largest)
    {
        _weights = weights;
        _kernel = weights.Slot(name + ".kernel");
        _bias = weights.Slot(name + ".bias");
        _inputSize = inputSize;
        _units = layer.Units;
        _activation = layer.Activation.Kind == ActivationKind.Softmax ? null : new ActivationFunction<T>(layer.Activation);
        _preActivation = _activation is { KeepsInput: true } ? new T[largest.Rows * _units] : [];
        _scratch = new T[_activation is null ? 0 : largest.Rows * _units];
    }

    public override void Forward(ReadOnlySpan<T> input, Span<T> output, Extent extent, RandomStream? dropout)
    {
        _extent = extent;
        MatrixProduct.MultiplyAddRow(
            extent.Rows, _units, _inputSize, input, _inputSize, 1, _kernel.Of(_weights.InputMajor.AsSpan()), _units,
            _bias.Of(_weights.InputMajor.AsSpan()), output, _units);
        if (_activation is null)
            Softmax.Apply(output, _units);
        else
            _activation.Apply(output, _preActivation);
    }

    public override void Backward(
        ReadOnlySpan<T> input, ReadOnlySpan<T> output, Span<T> outputGradient, Span<T> inputGradient, Span<T> gradients)
    {
        if (_activation is null)
            Softmax.MultiplyDerivative(output, _units, outputGradient);
        else
            _activation.MultiplyDerivative(output, _preActivation, outputGradient, _scratch);

        MatrixProduct.Multiply(
            _inputSize, _units, _extent.Rows, input, 1, _inputSize, outputGradient, _units, _kernel.Of(gradients), _units,
            accumulate: true);
        MatrixProduct.AddColumnSums(_units, _extent.Rows, outputGradient, _units, _bias.Of(gradients));
        if (!inputGradient.IsEmpty)
        {
            MatrixProduct.Multiply(
                _extent.Rows, _inputSize, _units, outputGradient, _units, 1, _kernel.Of(_weights.RowMajor.AsSpan()), _inputSize,
                inputGradient, _inputSize, accumulate: false);
        }
    }
}
