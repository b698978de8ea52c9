namespace NativeRnn.Training;

/// <summary>
/// What all recurrent layers share. Gates are kept as planes, one after another, each time-major: <c>[gate][steps, batch, units]</c>, so
/// that a gate of one step is contiguous for element-wise work, and of all steps together is one matrix for the big products
/// <code>
/// forward, before the loop   plane = X W_gate^T + b_gate                [steps * batch, inputs] x [inputs, units]
/// backward, after the loop   dW_gate^T += X^T dplane, db_gate += column sums, dR_gate^T += feedback^T dplane
///                            dX = sum over gates of dplane W_gate
/// </code>
/// The loop itself touches the recurrent kernel only. The way back overwrites each gate's value by the gradient by its pre-activation.
/// </summary>
internal abstract class TrainableRecurrent<T> : TrainableLayer<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Weights<T> _weights;
    private readonly ParameterSlot _kernel;
    private readonly ParameterSlot _recurrentKernel;
    private readonly ParameterSlot _bias;
    private readonly int _inputSize;
    private readonly int _gates;
    private readonly float _dropoutRate;
    private readonly float _recurrentDropoutRate;
    private readonly bool _returnsSequences;
    private readonly T[] _planes;
    private readonly T[] _planeInputs;
    private readonly T[] _states;
    private readonly T[] _inputMask;
    private readonly T[] _maskedInput;
    private readonly T[] _feedbackMask;
    private readonly T[] _maskedFeedback;
    private readonly T[] _carry;
    private readonly T[] _scratch;
    private bool _isInputMasked;
    private bool _isFeedbackMasked;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="layer">The layer's settings.</param>
    /// <param name="name">Its name, which its parameters' names start with.</param>
    /// <param name="inputSize">Features of its input.</param>
    /// <param name="gates">The number of gates, the candidate included.</param>
    /// <param name="keepsInputs">Whether an activation of a gate needs its pre-activation on the way back.</param>
    /// <param name="weights">The network's weights.</param>
    /// <param name="largest">The largest extent.</param>
    protected TrainableRecurrent(
        RecurrentLayer layer, string name, int inputSize, int gates, bool keepsInputs, Weights<T> weights, Extent largest)
    {
        _weights = weights;
        _kernel = weights.Slot(name + ".kernel");
        _recurrentKernel = weights.Slot(name + ".recurrent_kernel");
        _bias = weights.Slot(name + ".bias");
        _inputSize = inputSize;
        _gates = gates;
        _dropoutRate = layer.Dropout;
        _recurrentDropoutRate = layer.RecurrentDropout;
        _returnsSequences = layer.ReturnSequences;
        Units = layer.Units;
        FeedbackSize = layer.OutputSize(inputSize);

        _planes = new T[gates * largest.Rows * Units];
        _planeInputs = keepsInputs ? new T[_planes.Length] : [];
        _states = new T[(largest.Steps + 1) * largest.Batch * FeedbackSize];
        _inputMask = layer.Dropout > 0 ? new T[largest.Batch * inputSize] : [];
        _maskedInput = layer.Dropout > 0 ? new T[largest.Rows * inputSize] : [];
        _feedbackMask = layer.RecurrentDropout > 0 ? new T[largest.Batch * FeedbackSize] : [];
        _maskedFeedback = layer.RecurrentDropout > 0 ? new T[largest.Rows * FeedbackSize] : [];
        _carry = new T[largest.Batch * FeedbackSize];
        _scratch = new T[4 * largest.Batch * Math.Max(Units, FeedbackSize)];
    }

    protected int Units { get; }

    /// <summary>Features of the state that is fed back, which is also the output.</summary>
    protected int FeedbackSize { get; }

    protected Extent Extent { get; private set; }

    /// <summary>Numbers a gate has in one step.</summary>
    protected int StepLength => Extent.Batch * Units;

    /// <summary>Whether the state before the first step has been set by <see cref="StartFrom"/>.</summary>
    protected bool IsCarried { get; private set; }

    /// <summary>Whether the way back begins with a gradient from <see cref="TakeFinalGradient"/>.</summary>
    protected bool HasFinalGradient { get; private set; }

    public sealed override void CarryState() => StartFrom(this);

    /// <summary>
    /// Makes the next <see cref="Forward"/>, of the same batch, start from the state in which another layer's last one ended; the other has
    /// a state of the same parts and sizes.
    /// </summary>
    public virtual void StartFrom(TrainableRecurrent<T> source)
    {
        source.StateAfter(source.Extent.Steps - 1).CopyTo(_states);
        IsCarried = true;
    }

    /// <summary>
    /// Takes the gradient by the state that another layer started from, after that one's <see cref="Backward"/>, as a part of the gradient by
    /// this layer's final state: the next <see cref="Backward"/> begins with it.
    /// </summary>
    public virtual void TakeFinalGradient(TrainableRecurrent<T> source)
    {
        source._carry.AsSpan(0, source.StateLength).CopyTo(_carry);
        HasFinalGradient = true;
    }

    public sealed override void Forward(ReadOnlySpan<T> input, Span<T> output, Extent extent, RandomStream? dropout)
    {
        Extent = extent;
        DrawMasks(dropout);
        if (_isInputMasked)
            Pointwise.MultiplyBlocks(input, _inputMask.AsSpan(0, extent.Batch * _inputSize), _maskedInput);

        PrepareForward();
        ReadOnlySpan<T> kernel = _kernel.Of(_weights.InputMajor.AsSpan());
        for (int gate = 0; gate < _gates; gate++)
        {
            MatrixProduct.MultiplyAddRow(
                extent.Rows, Units, _inputSize, EffectiveInput(input), _inputSize, 1, kernel[(gate * Units)..], _gates * Units,
                InputBias(gate), Plane(gate), Units);
        }

        if (!IsCarried)
            StateBefore(0).Clear();
        IsCarried = false;
        for (int step = 0; step < extent.Steps; step++)
        {
            if (_isFeedbackMasked)
                TensorPrimitives.Multiply(StateBefore(step), FeedbackMask, _maskedFeedback.AsSpan(step * FeedbackMask.Length));
            Step(step);
        }

        if (_returnsSequences)
            _states.AsSpan(StateLength, extent.Steps * StateLength).CopyTo(output);
        else
            StateAfter(extent.Steps - 1).CopyTo(output);
    }

    public sealed override void Backward(
        ReadOnlySpan<T> input, ReadOnlySpan<T> output, Span<T> outputGradient, Span<T> inputGradient, Span<T> gradients)
    {
        Span<T> carry = _carry.AsSpan(0, StateLength);
        if (!HasFinalGradient)
            carry.Clear();
        PrepareBackward();
        HasFinalGradient = false;
        for (int step = Extent.Steps - 1; step >= 0; step--)
        {
            if (_returnsSequences)
                TensorPrimitives.Add(carry, outputGradient.Slice(step * StateLength, StateLength), carry);
            else if (step == Extent.Steps - 1)
                TensorPrimitives.Add(carry, outputGradient[..StateLength], carry);

            Pointwise.FlushTiny(carry);
            StepBack(step, carry);
        }

        ReadOnlySpan<T> kernel = _kernel.Of(_weights.RowMajor.AsSpan());
        for (int gate = 0; gate < _gates; gate++)
        {
            Span<T> plane = Plane(gate);
            MatrixProduct.Multiply(
                _inputSize, Units, Extent.Rows, EffectiveInput(input), 1, _inputSize, plane, Units,
                _kernel.Of(gradients)[(gate * Units)..], _gates * Units, accumulate: true);
            MatrixProduct.AddColumnSums(Units, Extent.Rows, plane, Units, _bias.Of(gradients)[(gate * Units)..]);
            AddRecurrentGradient(gate, gradients);
            if (!inputGradient.IsEmpty)
            {
                MatrixProduct.Multiply(
                    Extent.Rows, _inputSize, Units, plane, Units, 1, kernel[(gate * Units * _inputSize)..], _inputSize,
                    inputGradient, _inputSize, accumulate: gate > 0);
            }
        }

        if (_isInputMasked && !inputGradient.IsEmpty)
            Pointwise.MultiplyBlocks(inputGradient, _inputMask.AsSpan(0, Extent.Batch * _inputSize), inputGradient);
        AddOtherGradients(gradients);
    }

    /// <summary>Computes a step: the planes hold the input projections; writes <see cref="StateAfter"/>.</summary>
    protected abstract void Step(int step);

    /// <summary>
    /// Goes back over a step: <paramref name="carry"/> holds the gradient by the state after the step and receives that by the state
    /// before it; the planes receive the gradients by the pre-activations.
    /// </summary>
    protected abstract void StepBack(int step, Span<T> carry);

    /// <summary>Called before the input projections.</summary>
    protected virtual void PrepareForward()
    {
    }

    /// <summary>Called before the way back.</summary>
    protected virtual void PrepareBackward()
    {
    }

    /// <summary>Adds the gradients by parameters other than kernel, recurrent kernel and bias.</summary>
    protected virtual void AddOtherGradients(Span<T> gradients)
    {
    }

    /// <summary>The row that is added to a gate's input projection.</summary>
    protected virtual ReadOnlySpan<T> InputBias(int gate) => _bias.Of(_weights.InputMajor.AsSpan()).Slice(gate * Units, Units);

    /// <summary>Adds a gate's gradient by the recurrent kernel.</summary>
    protected virtual void AddRecurrentGradient(int gate, Span<T> gradients)
        => AddRecurrentGradient(gate, AllFeedback, Plane(gate), gradients);

    protected void AddRecurrentGradient(int gate, ReadOnlySpan<T> source, ReadOnlySpan<T> plane, Span<T> gradients)
        => MatrixProduct.Multiply(
            FeedbackSize, Units, Extent.Rows, source, 1, FeedbackSize, plane, Units,
            _recurrentKernel.Of(gradients)[(gate * Units)..], _gates * Units, accumulate: true);

    /// <summary>A gate of all steps.</summary>
    protected Span<T> Plane(int gate) => _planes.AsSpan(gate * Extent.Rows * Units, Extent.Rows * Units);

    /// <summary>A gate of one step.</summary>
    protected Span<T> Plane(int gate, int step) => _planes.AsSpan((gate * Extent.Rows + step * Extent.Batch) * Units, StepLength);

    /// <summary>A gate's pre-activation of one step; empty if no gate's activation needs it.</summary>
    protected Span<T> PlaneInput(int gate, int step)
        => _planeInputs.Length == 0 ? [] : _planeInputs.AsSpan((gate * Extent.Rows + step * Extent.Batch) * Units, StepLength);

    protected Span<T> StateBefore(int step) => _states.AsSpan(step * StateLength, StateLength);

    protected Span<T> StateAfter(int step) => StateBefore(step + 1);

    /// <summary>The state before a step as the recurrent products see it: after recurrent dropout.</summary>
    protected ReadOnlySpan<T> Feedback(int step) => AllFeedback.Slice(step * StateLength, StateLength);

    /// <summary>Adds the recurrent product of a gate to its plane.</summary>
    protected void AddRecurrent(int gate, int step, ReadOnlySpan<T> source)
        => MatrixProduct.Multiply(
            Extent.Batch, Units, FeedbackSize, source, FeedbackSize, 1, RecurrentInputMajor(gate), _gates * Units, Plane(gate, step), Units,
            accumulate: true);

    /// <summary>A gate's columns of the recurrent kernel, input-major; rows are all gates apart.</summary>
    protected ReadOnlySpan<T> RecurrentInputMajor(int gate) => _recurrentKernel.Of(_weights.InputMajor.AsSpan())[(gate * Units)..];

    /// <summary>The row stride of <see cref="RecurrentInputMajor"/>.</summary>
    protected int RecurrentStride => _gates * Units;

    /// <summary>destination = gradient R_gate: from a gate's pre-activation to what entered its recurrent product.</summary>
    protected void BackRecurrent(int gate, ReadOnlySpan<T> gradient, Span<T> destination, bool accumulate)
        => MatrixProduct.Multiply(
            Extent.Batch, FeedbackSize, Units, gradient, Units, 1,
            _recurrentKernel.Of(_weights.RowMajor.AsSpan())[(gate * Units * FeedbackSize)..], FeedbackSize, destination, FeedbackSize,
            accumulate);

    /// <summary>Adds to the carry what a gate's pre-activation says of the state before the step.</summary>
    protected void AddFeedbackGradient(int gate, ReadOnlySpan<T> gradient, Span<T> carry)
    {
        if (!_isFeedbackMasked)
        {
            BackRecurrent(gate, gradient, carry, accumulate: true);
            return;
        }

        Span<T> product = Scratch(3)[..StateLength];
        BackRecurrent(gate, gradient, product, accumulate: false);
        TensorPrimitives.MultiplyAdd(product, FeedbackMask, carry, carry);
    }

    /// <summary>Applies recurrent dropout to the gradient by what entered a recurrent product.</summary>
    protected void MaskFeedbackGradient(Span<T> gradient)
    {
        if (_isFeedbackMasked)
            TensorPrimitives.Multiply(gradient, FeedbackMask, gradient);
    }

    /// <summary>One of four scratch blocks of the length of a step; the last is used by <see cref="AddFeedbackGradient"/>.</summary>
    protected Span<T> Scratch(int number)
    {
        int length = _scratch.Length / 4;
        return _scratch.AsSpan(number * length, Extent.Batch * Math.Max(Units, FeedbackSize));
    }

    private int StateLength => Extent.Batch * FeedbackSize;

    private ReadOnlySpan<T> FeedbackMask => _feedbackMask.AsSpan(0, StateLength);

    /// <summary><see cref="Feedback"/> of all steps.</summary>
    protected ReadOnlySpan<T> AllFeedback => (_isFeedbackMasked ? _maskedFeedback : _states).AsSpan(0, Extent.Steps * StateLength);

    private ReadOnlySpan<T> EffectiveInput(ReadOnlySpan<T> input)
        => _isInputMasked ? _maskedInput.AsSpan(0, Extent.Rows * _inputSize) : input;

    private void DrawMasks(RandomStream? dropout)
    {
        _isInputMasked = dropout is not null && _dropoutRate > 0;
        _isFeedbackMasked = dropout is not null && _recurrentDropoutRate > 0;
        if (_isInputMasked)
            Pointwise.DrawMask(dropout!, _dropoutRate, _inputMask.AsSpan(0, Extent.Batch * _inputSize));
        if (_isFeedbackMasked)
            Pointwise.DrawMask(dropout!, _recurrentDropoutRate, _feedbackMask.AsSpan(0, StateLength));
    }
}
