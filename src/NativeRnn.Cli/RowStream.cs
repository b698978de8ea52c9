using NativeRnn.Data;

namespace NativeRnn.Cli;

/// <summary>What to do with a row that has a malformed or missing value.</summary>
internal enum OnMissing
{
    Stop,
    Skip,
    Hold,
}

/// <summary>
/// A row in, a line out. The line is out before the state that includes its row is saved, and the state is only saved between rows.
/// Allocates nothing for a good row but what saving takes.
/// </summary>
internal sealed class RowStream
{
    private readonly RowReader _reader;
    private readonly ForecastRecipe? _recipe;
    private readonly FeatureTransform? _transform;
    private readonly StreamMemory _memory;
    private readonly TextWriter _output;
    private readonly TextWriter _notes;
    private readonly OnMissing _onMissing;
    private readonly float[] _features;
    private readonly double[] _held;
    private DateTime _lastTime;

    public RowStream(RnnModel model, FeatureTransform? transform, RowReader reader, StreamMemory memory, OnMissing onMissing, TextWriter output, TextWriter notes)
    {
        (_recipe, _transform, _reader, _memory, _onMissing, _output, _notes) = (model.Recipe, transform, reader, memory, onMissing, output, notes);
        _features = new float[model.Architecture.InputSize];
        _held = new double[reader.Values.Length];
        Array.Fill(_held, double.NaN);
    }

    /// <summary>Rows taken since the state was begun, skipped ones too.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether a row has been taken by the network and its line is not out.</summary>
    public bool IsMidRow { get; private set; }

    public void Save(StreamState state) => state.Save(_memory, Rows, _lastTime, _held);

    public bool Load(StreamState state, int warmUp)
    {
        bool isLoaded = state.Load(_memory, _held, warmUp, out long rows, out DateTime lastTime);
        (Rows, _lastTime) = (rows, lastTime);
        return isLoaded;
    }

    /// <summary>Takes the row that the reader has just read.</summary>
    /// <exception cref="DataFormatException">The row is bad and bad rows stop the stream.</exception>
    public void Take()
    {
        DataFormatException? problem = Check(out int gap);
        if (problem is not null && _onMissing == OnMissing.Stop)
            throw problem;
        IsMidRow = true;
        Rows++;
        if (problem is null)
        {
            if (gap != 0)
                Bridge(gap);
            _reader.Values.CopyTo(_held);
            if (_recipe is not null)
                Transform(_held, _lastTime = _reader.Time);
            else
                CopyPlain();
            WriteLine(_memory.Push(_features));
        }
        else
        {
            _notes.WriteLine($"note: {problem.Message}; skipped");
            WriteLine(hasOutput: false, isSkipped: true);
        }

        _output.Flush();
        IsMidRow = false;
    }

    /// <param name="gap">Missing rows before this one; -1 when the distance is no whole number of intervals.</param>
    private DataFormatException? Check(out int gap)
    {
        gap = 0;
        if (_reader.Problem is { } problem && !Hold(problem))
            return problem;
        if (_recipe is null)
            return null;
        if (_lastTime != default)
        {
            TimeSpan interval = _recipe.SamplingInterval;
            TimeSpan step = _reader.Time - _lastTime;
            if (step < interval && !RowSpacing.IsEven(step, interval))
                return _reader.TimeError($"found {Moments.Show(_reader.Time, interval)} after {Moments.Show(_lastTime, interval)}, expected {Moments.Show(interval)} between rows");
            double steps = Math.Min(Math.Round(step / interval), int.MaxValue);
            gap = RowSpacing.IsEven(step - (steps - 1) * interval, interval) ? (int)steps - 1 : -1;
        }

        return Transform(_reader.Values, _reader.Time)
            ? null
            : _reader.Error(null, "an input of the network, computed from this row, is not a finite number that float32 holds");
    }

    /// <summary>Puts the last values in the place of the bad ones, if that is wanted and there are some.</summary>
    private bool Hold(DataFormatException problem)
    {
        if (_onMissing != OnMissing.Hold || !_reader.IsWhole)
            return false;
        Span<double> values = _reader.Values;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
                values[i] = _held[i];
            if (double.IsNaN(values[i]))
                return false;
        }

        _notes.WriteLine($"note: {problem.Message}; the last value is held");
        return true;
    }

    /// <summary>Holds the last row over a gap shorter than the window, or begins anew.</summary>
    private void Bridge(int gap)
    {
        TimeSpan interval = _recipe!.SamplingInterval;
        string problem = $"note: {_reader.TimeError($"found {Moments.Show(_reader.Time - _lastTime)} since the row before, expected {Moments.Show(interval)}").Message}";
        if (_onMissing == OnMissing.Hold && gap > 0 && gap < _recipe.Window)
        {
            _notes.WriteLine($"{problem}; the last row is held {gap} time{(gap == 1 ? "" : "s")}");
            for (int i = 1; i <= gap && Transform(_held, _lastTime + i * interval); i++)
                _memory.Push(_features);
            return;
        }

        _notes.WriteLine($"{problem}; warming up anew");
        _memory.Reset();
    }

    private bool Transform(ReadOnlySpan<double> row, DateTime time)
    {
        _transform!.ComputeNormalised(row, time, _features);
        foreach (float feature in _features)
        {
            if (!float.IsFinite(feature))
                return false;
        }

        return true;
    }

    private void CopyPlain()
    {
        for (int i = 0; i < _features.Length; i++)
            _features[i] = (float)_held[i];
    }

    /// <summary>A line for every row, so that the reader of the lines never waits in vain; without an output its values are empty.</summary>
    private void WriteLine(bool hasOutput, bool isSkipped = false)
    {
        if (hasOutput)
            RequireFinite(_memory.Output);
        Span<char> text = stackalloc char[64];
        int length;
        if (_recipe is null)
        {
            for (int i = 0; i < _memory.Output.Length; i++)
            {
                if (i > 0)
                    _output.Write(',');
                if (!hasOutput)
                    continue;
                // Nine significant digits give back every float32 exactly.
                _memory.Output[i].TryFormat(text, out length, "G9", CultureInfo.InvariantCulture);
                _output.Write(text[..length]);
            }
        }
        else
        {
            if (!isSkipped)
            {
                DateTime time = _recipe.ForecastTime(_lastTime);
                time.TryFormat(text, out length, Moments.Format(time, _recipe.SamplingInterval), CultureInfo.InvariantCulture);
                _output.Write(text[..length]);
            }

            foreach (float output in _memory.Output)
            {
                _output.Write(',');
                if (!hasOutput)
                    continue;
                double value = _recipe.ToUnit(output);
                value.TryFormat(text, out length, default, CultureInfo.InvariantCulture);
                _output.Write(text[..length]);
            }
        }

        _output.Write('\n');
    }

    /// <summary>Whatever is asked for of bad rows: a network that has once computed infinity or NaN may never return from it.</summary>
    private void RequireFinite(ReadOnlySpan<float> output)
    {
        foreach (float value in output)
        {
            if (!float.IsFinite(value))
                throw _reader.Error(null, "the network's output for this row is not a finite number");
        }
    }
}
