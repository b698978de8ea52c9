namespace NativeRnn.Cli;

/// <summary>
/// What is timed: one streaming step, or a whole window of a network that cannot go step by step; on inputs of mean 0 and deviation
/// 1, which is what a recipe makes of measurements.
/// </summary>
internal sealed class BenchWork : IDisposable
{
    /// <summary>Rows that streaming repeats: more than a branch predictor learns by heart, few enough to stay in the first-level cache.</summary>
    private const int StreamedRows = 256;

    private const int DefaultWindow = 240;

    private readonly RnnSession _session;
    private readonly float[] _inputs;
    private readonly float[] _output;
    private readonly int _inputSize;
    private int _next;

    public BenchWork(RnnModel model)
    {
        Architecture architecture = model.Architecture;
        WindowSteps = architecture.BackwardLayer is null ? 1 : model.Recipe?.Window ?? DefaultWindow;
        _session = model.CreateSession(new SessionOptions { MaxSteps = WindowSteps });
        _inputSize = architecture.InputSize;
        _output = new float[architecture.OutputSize * (architecture.ReturnsSequence ? WindowSteps : DecodedRows.Default(model) ?? 1)];
        _inputs = new float[_inputSize * (WindowSteps == 1 ? StreamedRows : WindowSteps)];

        // Seeded, so that every run computes the same; uniform with deviation 1.
        Random random = new(1);
        foreach (ref float value in _inputs.AsSpan())
            value = (float)((2 * random.NextDouble() - 1) * Math.Sqrt(3));
    }

    /// <summary>Time steps in a run; 1 when streaming.</summary>
    public int WindowSteps { get; }

    public VectorWidth VectorWidth => _session.VectorWidth;

    public void Run()
    {
        if (WindowSteps > 1)
        {
            _session.Run(_inputs, _output);
            return;
        }

        _session.Step(_inputs.AsSpan(_next, _inputSize), _output);
        _next += _inputSize;
        if (_next == _inputs.Length)
            _next = 0;
    }

    public void Dispose() => _session.Dispose();
}
