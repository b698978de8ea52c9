namespace NativeRnn.Training;

/// <summary>
/// Back-propagation through <see cref="Lstm"/>, gates i, f, g, o (f, g, o when coupled). With v the pre-activation of a gate and h', c' the
/// state before the step:
/// <code>
/// dv_o = dh * a(c) * s'(v_o)            dc += dh * o * a'(c) + p_o * dv_o
/// dv_g = dc * i * a'(v_g)               dv_i = dc * g * s'(v_i)              dv_f = dc * c' * s'(v_f)
/// coupled: dv_g = dc * (1 - f) * a'(v_g)                                     dv_f = dc * (c' - g) * s'(v_f)
/// dc' = dc * f + p_i * dv_i + p_f * dv_f                                     dh' = sum over gates of R^T dv
/// </code>
/// </summary>
internal sealed class TrainableLstm<T> : TrainableRecurrent<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Input = 0;

    private readonly Weights<T> _weights;
    private readonly ParameterSlot? _peephole;
    private readonly bool _isCoupled;
    private readonly int _forget;
    private readonly int _candidate;
    private readonly int _output;
    private readonly ActivationFunction<T> _activation;
    private readonly ActivationFunction<T> _recurrentActivation;
    private readonly T[] _cells;
    private readonly T[] _cellOutputs;
    private readonly T[] _cellCarry;

    public TrainableLstm(Lstm layer, string name, int inputSize, Weights<T> weights, Extent largest)
        : base(layer, name, inputSize, layer.GateCount, KeepsInputs(layer), weights, largest)
    {
        _weights = weights;
        _peephole = layer.Peepholes ? weights.Slot(name + ".peephole") : null;
        _isCoupled = layer.CoupledGates;
        _forget = layer.GateCount - 3;
        _candidate = layer.GateCount - 2;
        _output = layer.GateCount - 1;
        _activation = new ActivationFunction<T>(layer.Activation);
        _recurrentActivation = new ActivationFunction<T>(layer.RecurrentActivation);
        _cells = new T[(largest.Steps + 1) * largest.Batch * Units];
        _cellOutputs = new T[largest.Rows * Units];
        _cellCarry = new T[largest.Batch * Units];
    }

    public override void StartFrom(TrainableRecurrent<T> source)
    {
        base.StartFrom(source);
        var lstm = (TrainableLstm<T>)source;
        lstm.CellAfter(lstm.Extent.Steps - 1).CopyTo(_cells);
    }

    public override void TakeFinalGradient(TrainableRecurrent<T> source)
    {
        base.TakeFinalGradient(source);
        var lstm = (TrainableLstm<T>)source;
        lstm._cellCarry.AsSpan(0, lstm.StepLength).CopyTo(_cellCarry);
    }

    protected override void PrepareForward()
    {
        if (!IsCarried)
            CellBefore(0).Clear();
    }

    protected override void PrepareBackward()
    {
        if (!HasFinalGradient)
            _cellCarry.AsSpan().Clear();
    }

    protected override void Step(int step)
    {
        ReadOnlySpan<T> feedback = Feedback(step);
        ReadOnlySpan<T> cellBefore = CellBefore(step);
        Span<T> cell = CellAfter(step);
        Span<T> forget = Plane(_forget, step);
        Span<T> candidate = Plane(_candidate, step);
        Span<T> output = Plane(_output, step);
        for (int gate = 0; gate <= _output; gate++)
            AddRecurrent(gate, step, feedback);

        AddPeephole(_forget, cellBefore, forget);
        _recurrentActivation.Apply(forget, PlaneInput(_forget, step));
        _activation.Apply(candidate, PlaneInput(_candidate, step));
        if (_isCoupled)
        {
            TensorPrimitives.Subtract(cellBefore, candidate, cell);
            TensorPrimitives.MultiplyAdd(forget, cell, candidate, cell);
        }
        else
        {
            Span<T> input = Plane(Input, step);
            AddPeephole(Input, cellBefore, input);
            _recurrentActivation.Apply(input, PlaneInput(Input, step));
            TensorPrimitives.Multiply(input, candidate, cell);
            TensorPrimitives.MultiplyAdd(forget, cellBefore, cell, cell);
        }

        AddPeephole(_output, cell, output);
        _recurrentActivation.Apply(output, PlaneInput(_output, step));
        Span<T> cellOutput = CellOutput(step);
        cell.CopyTo(cellOutput);
        // The input that a derivative may need is the cell state, which is kept anyway.
        _activation.Apply(cellOutput, cell);
        TensorPrimitives.Multiply(output, cellOutput, StateAfter(step));
    }

    protected override void StepBack(int step, Span<T> carry)
    {
        ReadOnlySpan<T> cellBefore = CellBefore(step);
        Span<T> forget = Plane(_forget, step);
        Span<T> candidate = Plane(_candidate, step);
        Span<T> output = Plane(_output, step);
        Span<T> cellCarry = _cellCarry.AsSpan(0, StepLength);
        Span<T> first = Scratch(0);
        Span<T> second = Scratch(1);

        TensorPrimitives.Multiply(carry, output, first);
        _activation.MultiplyDerivative(CellOutput(step), CellAfter(step), first, Scratch(2));
        TensorPrimitives.Add(cellCarry, first, cellCarry);
        TensorPrimitives.Multiply(carry, CellOutput(step), first);
        _recurrentActivation.MultiplyDerivative(output, PlaneInput(_output, step), first, Scratch(2));
        first.CopyTo(output);
        AddPeephole(_output, output, cellCarry);
        Pointwise.FlushTiny(cellCarry);

        if (_isCoupled)
        {
            TensorPrimitives.Subtract(cellBefore, candidate, first);
            TensorPrimitives.Subtract(T.One, forget, second);
        }
        else
        {
            Span<T> input = Plane(Input, step);
            cellBefore.CopyTo(first);
            input.CopyTo(second);
            Span<T> inputGradient = Scratch(3);
            TensorPrimitives.Multiply(cellCarry, candidate, inputGradient);
            _recurrentActivation.MultiplyDerivative(input, PlaneInput(Input, step), inputGradient, Scratch(2));
            inputGradient.CopyTo(input);
        }

        TensorPrimitives.Multiply(first, cellCarry, first);
        _recurrentActivation.MultiplyDerivative(forget, PlaneInput(_forget, step), first, Scratch(2));
        TensorPrimitives.Multiply(second, cellCarry, second);
        _activation.MultiplyDerivative(candidate, PlaneInput(_candidate, step), second, Scratch(2));
        TensorPrimitives.Multiply(cellCarry, forget, cellCarry);
        first.CopyTo(forget);
        second.CopyTo(candidate);
        AddPeephole(_forget, forget, cellCarry);
        if (!_isCoupled)
            AddPeephole(Input, Plane(Input, step), cellCarry);

        carry.Clear();
        for (int gate = 0; gate <= _output; gate++)
            AddFeedbackGradient(gate, Plane(gate, step), carry);
    }

    protected override void AddOtherGradients(Span<T> gradients)
    {
        if (_peephole is null)
            return;
        for (int gate = 0; gate <= _output; gate++)
        {
            if (gate == _candidate)
                continue;
            // The output gate sees the cell state after the step, the others that before it.
            int start = gate == _output ? StepLength : 0;
            ReadOnlySpan<T> cells = _cells.AsSpan(start, Extent.Rows * Units);
            ReadOnlySpan<T> plane = Plane(gate);
            Span<T> gradient = _peephole.Of(gradients).Slice(PeepholeRow(gate) * Units, Units);
            for (int row = 0; row < plane.Length; row += Units)
                TensorPrimitives.MultiplyAdd(plane.Slice(row, Units), cells.Slice(row, Units), gradient, gradient);
        }
    }

    private static bool KeepsInputs(Lstm layer)
        => new ActivationFunction<T>(layer.Activation).KeepsInput || new ActivationFunction<T>(layer.RecurrentActivation).KeepsInput;

    /// <summary>Adds p_gate * values, row by row: forward with cell states, backward with gradients.</summary>
    private void AddPeephole(int gate, ReadOnlySpan<T> values, Span<T> destination)
    {
        if (_peephole is null)
            return;
        ReadOnlySpan<T> peephole = _peephole.Of(_weights.InputMajor.AsSpan()).Slice(PeepholeRow(gate) * Units, Units);
        Pointwise.AddMultipliedBlocks(values, peephole, destination);
    }

    /// <summary>The candidate has no peephole, so the output gate's comes one row earlier.</summary>
    private int PeepholeRow(int gate) => gate == _output ? gate - 1 : gate;

    private Span<T> CellBefore(int step) => _cells.AsSpan(step * StepLength, StepLength);

    private Span<T> CellAfter(int step) => CellBefore(step + 1);

    private Span<T> CellOutput(int step) => _cellOutputs.AsSpan(step * StepLength, StepLength);
}
