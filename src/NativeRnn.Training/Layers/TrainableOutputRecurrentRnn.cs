namespace NativeRnn.Training;

/// <summary>
/// Back-propagation through <see cref="OutputRecurrentRnn"/>: dh_t = V^T do_t, dv_t = dh_t * f'(v_t), do_{t-1} += W^T dv_t.
/// </summary>
internal sealed class TrainableOutputRecurrentRnn<T> : TrainableRecurrent<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Weights<T> _weights;
    private readonly ParameterSlot _outputKernel;
    private readonly ParameterSlot _outputBias;
    private readonly ActivationFunction<T> _activation;
    private readonly T[] _hidden;
    private readonly T[] _outputGradients;

    public TrainableOutputRecurrentRnn(OutputRecurrentRnn layer, string name, int inputSize, Weights<T> weights, Extent largest)
        : base(layer, name, inputSize, gates: 1, new ActivationFunction<T>(layer.Activation).KeepsInput, weights, largest)
    {
        _weights = weights;
        _outputKernel = weights.Slot(name + ".output_kernel");
        _outputBias = weights.Slot(name + ".output_bias");
        _activation = new ActivationFunction<T>(layer.Activation);
        _hidden = new T[largest.Rows * Units];
        _outputGradients = new T[largest.Rows * FeedbackSize];
    }

    protected override void Step(int step)
    {
        AddRecurrent(0, step, Feedback(step));
        Span<T> hidden = Plane(0, step);
        _activation.Apply(hidden, PlaneInput(0, step));
        hidden.CopyTo(Hidden(step));
        MatrixProduct.MultiplyAddRow(
            Extent.Batch, FeedbackSize, Units, hidden, Units, 1, _outputKernel.Of(_weights.InputMajor.AsSpan()), FeedbackSize,
            _outputBias.Of(_weights.InputMajor.AsSpan()), StateAfter(step), FeedbackSize);
    }

    protected override void StepBack(int step, Span<T> carry)
    {
        carry.CopyTo(_outputGradients.AsSpan(step * carry.Length));
        Span<T> plane = Plane(0, step);
        MatrixProduct.Multiply(
            Extent.Batch, Units, FeedbackSize, carry, FeedbackSize, 1, _outputKernel.Of(_weights.RowMajor.AsSpan()), Units, plane, Units,
            accumulate: false);
        _activation.MultiplyDerivative(Hidden(step), PlaneInput(0, step), plane, Scratch(0));
        carry.Clear();
        AddFeedbackGradient(0, plane, carry);
    }

    protected override void AddOtherGradients(Span<T> gradients)
    {
        ReadOnlySpan<T> outputGradients = _outputGradients.AsSpan(0, Extent.Rows * FeedbackSize);
        MatrixProduct.Multiply(
            Units, FeedbackSize, Extent.Rows, _hidden, 1, Units, outputGradients, FeedbackSize, _outputKernel.Of(gradients), FeedbackSize,
            accumulate: true);
        MatrixProduct.AddColumnSums(FeedbackSize, Extent.Rows, outputGradients, FeedbackSize, _outputBias.Of(gradients));
    }

    private Span<T> Hidden(int step) => _hidden.AsSpan(step * StepLength, StepLength);
}
