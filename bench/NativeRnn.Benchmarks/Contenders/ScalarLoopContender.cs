using NativeRnn.Benchmarks.Cases;

namespace NativeRnn.Benchmarks.Contenders;

/// <summary>The equations as one would first write them: loops over rows and columns, MathF.</summary>
internal sealed class ScalarLoopContender(CaseData data) : StepwiseContender(data)
{
    private readonly float[] _next = new float[data.Case.Units];
    private readonly float[] _update = new float[data.Case.Units];
    private readonly float[] _resetHidden = new float[data.Case.Units];

    public override string Name => "scalar C#";

    protected override void Step(ReadOnlySpan<float> input)
    {
        switch (Case.Cell)
        {
            case CellKind.SimpleRnn:
                for (int i = 0; i < Case.Units; i++)
                    _next[i] = MathF.Tanh(Bias[i] + Input(i, input) + Recurrent(i, Hidden));
                break;
            case CellKind.GruResetBefore:
                StepGruResetBefore(input);
                break;
            case CellKind.GruResetAfter:
                StepGruResetAfter(input);
                break;
            default:
                StepLstm(input);
                break;
        }

        _next.CopyTo(Hidden);
    }

    private void StepGruResetBefore(ReadOnlySpan<float> input)
    {
        int units = Case.Units;
        for (int i = 0; i < units; i++)
        {
            _update[i] = Sigmoid(Bias[i] + Input(i, input) + Recurrent(i, Hidden));
            _resetHidden[i] = Hidden[i] * Sigmoid(Bias[units + i] + Input(units + i, input) + Recurrent(units + i, Hidden));
        }

        for (int i = 0; i < units; i++)
        {
            float candidate = MathF.Tanh(
                Bias[2 * units + i] + Input(2 * units + i, input) + Recurrent(2 * units + i, _resetHidden));
            _next[i] = _update[i] * Hidden[i] + (1 - _update[i]) * candidate;
        }
    }

    private void StepGruResetAfter(ReadOnlySpan<float> input)
    {
        int units = Case.Units;
        for (int i = 0; i < units; i++)
        {
            float update = Sigmoid(Bias[i] + RecurrentBias[i] + Input(i, input) + Recurrent(i, Hidden));
            float reset = Sigmoid(Bias[units + i] + RecurrentBias[units + i] + Input(units + i, input) + Recurrent(units + i, Hidden));
            float candidate = MathF.Tanh(
                Bias[2 * units + i] + Input(2 * units + i, input)
                + reset * (RecurrentBias[2 * units + i] + Recurrent(2 * units + i, Hidden)));
            _next[i] = update * Hidden[i] + (1 - update) * candidate;
        }
    }

    private void StepLstm(ReadOnlySpan<float> input)
    {
        int units = Case.Units;
        for (int i = 0; i < units; i++)
        {
            float inputGate = Sigmoid(Bias[i] + Input(i, input) + Recurrent(i, Hidden));
            float forgetGate = Sigmoid(Bias[units + i] + Input(units + i, input) + Recurrent(units + i, Hidden));
            float candidate = MathF.Tanh(Bias[2 * units + i] + Input(2 * units + i, input) + Recurrent(2 * units + i, Hidden));
            float outputGate = Sigmoid(Bias[3 * units + i] + Input(3 * units + i, input) + Recurrent(3 * units + i, Hidden));
            Cell[i] = forgetGate * Cell[i] + inputGate * candidate;
            _next[i] = outputGate * MathF.Tanh(Cell[i]);
        }
    }

    private float Input(int row, ReadOnlySpan<float> input) => Product(Kernel.AsSpan(row * input.Length, input.Length), input);

    private float Recurrent(int row, float[] state) => Product(RecurrentKernel.AsSpan(row * state.Length, state.Length), state);

    private static float Product(ReadOnlySpan<float> weights, ReadOnlySpan<float> values)
    {
        float sum = 0;
        for (int i = 0; i < weights.Length; i++)
            sum += weights[i] * values[i];
        return sum;
    }

    private static float Sigmoid(float value) => 1 / (1 + MathF.Exp(-value));
}
