namespace NativeRnn.Training;

/// <summary>
/// Back-propagation through <see cref="Gru"/>, gates z, r, n. With v the pre-activation of a gate and h' the state before the step:
/// <code>
/// dv_z = dh * (h' - n) * s'(v_z)        dv_n = dh * (1 - z) * f'(v_n)        dh' = dh * z + R_z^T dv_z + R_r^T dv_r + ...
/// reset before   u = R_n^T dv_n         dv_r = u * h' * s'(v_r)              ... + u * r
/// reset after    q = R_n h' + d_n       dv_r = dv_n * q * s'(v_r)            ... + R_n^T (dv_n * r)
/// </code>
/// Recurrent dropout masks h' where it enters a recurrent product, not in z * h'.
/// </summary>
internal sealed class TrainableGru<T> : TrainableRecurrent<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Update = 0;
    private const int Reset = 1;
    private const int Candidate = 2;

    private readonly Weights<T> _weights;
    private readonly ParameterSlot? _recurrentBias;
    private readonly ActivationFunction<T> _activation;
    private readonly ActivationFunction<T> _recurrentActivation;

    /// <summary>Reset before: r * h', what enters the candidate's recurrent product. Reset after: q, then its gradient.</summary>
    private readonly T[] _candidateFeedback;

    private readonly T[] _summedBias;

    public TrainableGru(Gru layer, string name, int inputSize, Weights<T> weights, Extent largest)
        : base(layer, name, inputSize, gates: 3, KeepsInputs(layer), weights, largest)
    {
        _weights = weights;
        _recurrentBias = layer.ResetAfter ? weights.Slot(name + ".recurrent_bias") : null;
        _activation = new ActivationFunction<T>(layer.Activation);
        _recurrentActivation = new ActivationFunction<T>(layer.RecurrentActivation);
        _candidateFeedback = new T[largest.Rows * Units];
        _summedBias = new T[Units];
    }

    protected override ReadOnlySpan<T> InputBias(int gate)
    {
        if (_recurrentBias is null || gate == Candidate)
            return base.InputBias(gate);
        TensorPrimitives.Add(base.InputBias(gate), RecurrentBias(gate), _summedBias);
        return _summedBias;
    }

    protected override void Step(int step)
    {
        ReadOnlySpan<T> feedback = Feedback(step);
        Span<T> update = Plane(Update, step);
        Span<T> reset = Plane(Reset, step);
        Span<T> candidate = Plane(Candidate, step);
        Span<T> candidateFeedback = CandidateFeedback(step);

        AddRecurrent(Update, step, feedback);
        AddRecurrent(Reset, step, feedback);
        _recurrentActivation.Apply(update, PlaneInput(Update, step));
        _recurrentActivation.Apply(reset, PlaneInput(Reset, step));
        if (_recurrentBias is null)
        {
            TensorPrimitives.Multiply(reset, feedback, candidateFeedback);
            AddRecurrent(Candidate, step, candidateFeedback);
        }
        else
        {
            MatrixProduct.MultiplyAddRow(
                Extent.Batch, Units, Units, feedback, Units, 1, RecurrentInputMajor(Candidate), RecurrentStride, RecurrentBias(Candidate),
                candidateFeedback, Units);
            TensorPrimitives.MultiplyAdd(reset, candidateFeedback, candidate, candidate);
        }

        _activation.Apply(candidate, PlaneInput(Candidate, step));
        Span<T> state = StateAfter(step);
        TensorPrimitives.Subtract(StateBefore(step), candidate, state);
        TensorPrimitives.MultiplyAdd(update, state, candidate, state);
    }

    protected override void StepBack(int step, Span<T> carry)
    {
        Span<T> update = Plane(Update, step);
        Span<T> reset = Plane(Reset, step);
        Span<T> candidate = Plane(Candidate, step);
        Span<T> candidateFeedback = CandidateFeedback(step);
        Span<T> first = Scratch(0);
        Span<T> second = Scratch(1);

        TensorPrimitives.Subtract(StateBefore(step), candidate, first);
        TensorPrimitives.Multiply(first, carry, first);
        _recurrentActivation.MultiplyDerivative(update, PlaneInput(Update, step), first, Scratch(2));
        TensorPrimitives.Subtract(T.One, update, second);
        TensorPrimitives.Multiply(second, carry, second);
        _activation.MultiplyDerivative(candidate, PlaneInput(Candidate, step), second, Scratch(2));
        TensorPrimitives.Multiply(carry, update, carry);
        first.CopyTo(update);
        second.CopyTo(candidate);

        if (_recurrentBias is null)
        {
            BackRecurrent(Candidate, candidate, first, accumulate: false);
            TensorPrimitives.Multiply(first, Feedback(step), second);
            _recurrentActivation.MultiplyDerivative(reset, PlaneInput(Reset, step), second, Scratch(2));
            TensorPrimitives.Multiply(first, reset, first);
            MaskFeedbackGradient(first);
            TensorPrimitives.Add(carry, first, carry);
        }
        else
        {
            TensorPrimitives.Multiply(candidate, candidateFeedback, second);
            _recurrentActivation.MultiplyDerivative(reset, PlaneInput(Reset, step), second, Scratch(2));
            TensorPrimitives.Multiply(candidate, reset, candidateFeedback);
            AddFeedbackGradient(Candidate, candidateFeedback, carry);
        }

        second.CopyTo(reset);
        AddFeedbackGradient(Update, update, carry);
        AddFeedbackGradient(Reset, reset, carry);
    }

    protected override void AddRecurrentGradient(int gate, Span<T> gradients)
    {
        ReadOnlySpan<T> candidateFeedback = _candidateFeedback.AsSpan(0, Extent.Rows * Units);
        if (_recurrentBias is null)
        {
            if (gate == Candidate)
                AddRecurrentGradient(gate, candidateFeedback, Plane(gate), gradients);
            else
                base.AddRecurrentGradient(gate, gradients);
            return;
        }

        ReadOnlySpan<T> plane = gate == Candidate ? candidateFeedback : Plane(gate);
        AddRecurrentGradient(gate, AllFeedback, plane, gradients);
        MatrixProduct.AddColumnSums(Units, Extent.Rows, plane, Units, _recurrentBias.Of(gradients)[(gate * Units)..]);
    }

    private static bool KeepsInputs(Gru layer)
        => new ActivationFunction<T>(layer.Activation).KeepsInput || new ActivationFunction<T>(layer.RecurrentActivation).KeepsInput;

    private ReadOnlySpan<T> RecurrentBias(int gate) => _recurrentBias!.Of(_weights.InputMajor.AsSpan()).Slice(gate * Units, Units);

    private Span<T> CandidateFeedback(int step) => _candidateFeedback.AsSpan(step * StepLength, StepLength);
}
