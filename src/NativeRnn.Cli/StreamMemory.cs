namespace NativeRnn.Cli;

/// <summary>
/// A network with what it remembers of a stream: the last rows, over which each output is a fresh run, or the state, carried from row
/// to row. Allocates nothing after it is created.
/// </summary>
internal sealed class StreamMemory : IDisposable
{
    private readonly RnnSession _session;
    private readonly int _features;
    private readonly int _warmUp;
    private readonly float[] _outputs;
    private readonly int _outputLength;

    /// <summary>Twice the window: it moves on through the array, whole at every moment, and is copied to the front once a length.</summary>
    private readonly float[] _rows;
    private int _end;

    /// <param name="model">The network.</param>
    /// <param name="window">Rows each output looks back, or 0 to carry the state.</param>
    /// <param name="warmUp">Rows before the first output.</param>
    public StreamMemory(RnnModel model, int window, int warmUp)
    {
        Architecture architecture = model.Architecture;
        Window = window;
        _features = architecture.InputSize;
        _warmUp = warmUp;
        _rows = new float[2 * window * _features];
        _outputs = new float[architecture.OutputSize * (architecture.ReturnsSequence ? Math.Max(1, window) : DecodedRows.Default(model) ?? 1)];
        _outputLength = architecture.ReturnsSequence ? architecture.OutputSize : _outputs.Length;
        _session = model.CreateSession(new SessionOptions { MaxSteps = Math.Max(1, window) });
        State = new RnnState(architecture);
    }

    public int Window { get; }

    /// <summary>Rows taken since the beginning, at most those of the warm-up.</summary>
    public int Filled { get; private set; }

    public int MissingRows => _warmUp - Filled;

    /// <summary>Zero with a window.</summary>
    public RnnState State { get; }

    /// <summary>The rows of the window, oldest first.</summary>
    public ReadOnlySpan<float> Rows => Window == 0 ? [] : _rows.AsSpan((_end - Filled) * _features, Filled * _features);

    /// <summary>What the network gave last, <c>[outputs]</c>; of an encoder-decoder <c>[rows, outputs]</c>.</summary>
    public ReadOnlySpan<float> Output => _outputs.AsSpan(_outputs.Length - _outputLength);

    /// <summary>Takes a row.</summary>
    /// <returns>Whether there is an output: false while warming up.</returns>
    public bool Push(ReadOnlySpan<float> features)
    {
        Filled = Math.Min(Filled + 1, _warmUp);
        if (Window == 0)
        {
            _session.Step(features, _outputs);
            return Filled == _warmUp;
        }

        if (_end == 2 * Window)
        {
            _rows.AsSpan((Window + 1) * _features).CopyTo(_rows);
            _end = Window - 1;
        }

        features.CopyTo(_rows.AsSpan(_end++ * _features));
        if (Filled < Window)
            return false;
        _session.Run(Rows, _outputs);
        return true;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Filled = _end = 0;
        _session.Reset();
    }

    /// <summary>Copies a carried state to <see cref="State"/>.</summary>
    public void Save()
    {
        if (Window == 0)
            _session.SaveState(State);
    }

    /// <summary>Goes on from a saved state.</summary>
    public void Restore(RnnState state, int filled, ReadOnlySpan<float> rows)
    {
        Reset();
        Filled = filled;
        _end = Window == 0 ? 0 : filled;
        rows.CopyTo(_rows);
        if (Window == 0)
            _session.RestoreState(state);
    }

    public void Dispose() => _session.Dispose();
}
