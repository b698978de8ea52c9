namespace NativeRnn.Training;

/// <summary>Back-propagation through <see cref="SimpleRnn"/>: dv_t = dh_t * f'(v_t), dh_{t-1} += W^T dv_t.</summary>
internal sealed class TrainableSimpleRnn<T> : TrainableRecurrent<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ActivationFunction<T> _activation;

    public TrainableSimpleRnn(SimpleRnn layer, string name, int inputSize, Weights<T> weights, Extent largest)
        : base(layer, name, inputSize, gates: 1, new ActivationFunction<T>(layer.Activation).KeepsInput, weights, largest)
        => _activation = new ActivationFunction<T>(layer.Activation);

    protected override void Step(int step)
    {
        AddRecurrent(0, step, Feedback(step));
        Span<T> hidden = Plane(0, step);
        _activation.Apply(hidden, PlaneInput(0, step));
        hidden.CopyTo(StateAfter(step));
    }

    protected override void StepBack(int step, Span<T> carry)
    {
        _activation.MultiplyDerivative(StateAfter(step), PlaneInput(0, step), carry, Scratch(0));
        carry.CopyTo(Plane(0, step));
        carry.Clear();
        AddFeedbackGradient(0, Plane(0, step), carry);
    }
}
