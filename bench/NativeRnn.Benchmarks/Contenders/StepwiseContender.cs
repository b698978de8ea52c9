using NativeRnn.Benchmarks.Cases;

namespace NativeRnn.Benchmarks.Contenders;

/// <summary>A cell in plain C#, one sequence, one direction, one step after the other.</summary>
internal abstract class StepwiseContender : IContender
{
    private readonly float[] _inputs;
    private int _next;

    protected StepwiseContender(CaseData data)
    {
        Case = data.Case;
        if (Case.Batch != 1 || Case.IsBidirectional)
            throw new ArgumentException("The loops run one sequence in one direction.", nameof(data));
        _inputs = data.Inputs;
        Kernel = data.Weights(0, "kernel");
        RecurrentKernel = data.Weights(0, "recurrent_kernel");
        Bias = data.Weights(0, "bias");
        RecurrentBias = data.Weights(0, "recurrent_bias");
        Hidden = new float[Case.Units];
        Cell = new float[Case.Units];
    }

    public abstract string Name { get; }

    protected BenchmarkCase Case { get; }

    protected float[] Kernel { get; }

    protected float[] RecurrentKernel { get; }

    protected float[] Bias { get; }

    protected float[] RecurrentBias { get; }

    protected float[] Hidden { get; }

    protected float[] Cell { get; }

    public void Run()
    {
        int size = Case.InputSize;
        if (Case.IsStreaming)
        {
            Step(_inputs.AsSpan(_next * size, size));
            _next = (_next + 1) % CaseData.StreamedRows;
            return;
        }

        Hidden.AsSpan().Clear();
        Cell.AsSpan().Clear();
        for (int t = 0; t < Case.Steps; t++)
            Step(_inputs.AsSpan(t * size, size));
    }

    public void Reset()
    {
        Hidden.AsSpan().Clear();
        Cell.AsSpan().Clear();
        _next = 0;
    }

    public void CopyOutput(Span<float> destination) => Hidden.CopyTo(destination);

    public void Dispose()
    {
    }

    /// <summary>Updates <see cref="Hidden"/> (and <see cref="Cell"/>) by one time step.</summary>
    protected abstract void Step(ReadOnlySpan<float> input);
}
