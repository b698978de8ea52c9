using System.Numerics.Tensors;
using NativeRnn.Benchmarks.Cases;

namespace NativeRnn.Benchmarks.Contenders;

/// <summary>The equations with System.Numerics.Tensors: one dot product a row, activations and state update over whole vectors.</summary>
internal sealed class TensorPrimitivesContender(CaseData data) : StepwiseContender(data)
{
    private readonly float[] _sums = new float[data.Case.Gates * data.Case.Units];
    private readonly float[] _scratch = new float[data.Case.Units];

    public override string Name => "System.Numerics.Tensors";

    protected override void Step(ReadOnlySpan<float> input)
    {
        int units = Case.Units;
        for (int row = 0; row < _sums.Length; row++)
            _sums[row] = Bias[row] + TensorPrimitives.Dot(Kernel.AsSpan(row * input.Length, input.Length), input);

        Span<float> first = _sums.AsSpan(0, units);
        switch (Case.Cell)
        {
            case CellKind.SimpleRnn:
                AddRecurrent(0, 1, Hidden);
                TensorPrimitives.Tanh(first, Hidden);
                break;
            case CellKind.GruResetBefore:
                AddRecurrent(0, 2, Hidden);
                TensorPrimitives.Sigmoid(_sums.AsSpan(0, 2 * units), _sums.AsSpan(0, 2 * units));
                TensorPrimitives.Multiply(_sums.AsSpan(units, units), Hidden, _scratch);
                AddRecurrent(2, 1, _scratch);
                FinishGru(first, _sums.AsSpan(2 * units));
                break;
            case CellKind.GruResetAfter:
                StepGruResetAfter(first);
                break;
            default:
                StepLstm();
                break;
        }
    }

    private void StepGruResetAfter(Span<float> update)
    {
        int units = Case.Units;
        AddRecurrent(0, 2, Hidden);
        Span<float> gates = _sums.AsSpan(0, 2 * units);
        TensorPrimitives.Add(gates, RecurrentBias.AsSpan(0, 2 * units), gates);
        TensorPrimitives.Sigmoid(gates, gates);
        for (int i = 0; i < units; i++)
        {
            int row = 2 * units + i;
            _scratch[i] = RecurrentBias[row] + TensorPrimitives.Dot(RecurrentKernel.AsSpan(row * units, units), Hidden);
        }

        Span<float> candidate = _sums.AsSpan(2 * units);
        TensorPrimitives.MultiplyAdd(_sums.AsSpan(units, units), _scratch, candidate, candidate);
        FinishGru(update, candidate);
    }

    /// <summary>h = z * (h - n) + n with n = tanh(candidate).</summary>
    private void FinishGru(ReadOnlySpan<float> update, Span<float> candidate)
    {
        TensorPrimitives.Tanh(candidate, candidate);
        TensorPrimitives.Subtract(Hidden, candidate, Hidden);
        TensorPrimitives.MultiplyAdd(update, Hidden, candidate, Hidden);
    }

    private void StepLstm()
    {
        int units = Case.Units;
        AddRecurrent(0, 4, Hidden);
        Span<float> inputAndForget = _sums.AsSpan(0, 2 * units);
        Span<float> candidate = _sums.AsSpan(2 * units, units);
        Span<float> outputGate = _sums.AsSpan(3 * units);
        TensorPrimitives.Sigmoid(inputAndForget, inputAndForget);
        TensorPrimitives.Tanh(candidate, candidate);
        TensorPrimitives.Sigmoid(outputGate, outputGate);
        TensorPrimitives.Multiply(inputAndForget[..units], candidate, candidate);
        TensorPrimitives.MultiplyAdd(inputAndForget[units..], Cell, candidate, Cell);
        TensorPrimitives.Tanh(Cell, _scratch);
        TensorPrimitives.Multiply(outputGate, _scratch, Hidden);
    }

    private void AddRecurrent(int firstGate, int gates, ReadOnlySpan<float> state)
    {
        int units = Case.Units;
        for (int row = firstGate * units; row < (firstGate + gates) * units; row++)
            _sums[row] += TensorPrimitives.Dot(RecurrentKernel.AsSpan(row * units, units), state);
    }
}
