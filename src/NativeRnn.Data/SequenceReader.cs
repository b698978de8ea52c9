using CommunityToolkit.HighPerformance;

namespace NativeRnn.Data;

/// <summary>
/// Reads sequences of plain numbers: one row a time step, blank lines between sequences. The first row is skipped as a header
/// when it has text and no number. Values are finite and within float32; one that a float cannot hold exactly is rounded.
/// </summary>
public sealed class SequenceReader : IDisposable
{
    private readonly CsvRows _rows;
    private readonly int _featureCount;
    private float[] _values = [];
    private bool _isFirstRow = true;

    /// <summary>Starts to read a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="featureCount">Numbers in a row.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public SequenceReader(string path, int featureCount)
        : this(new StreamReader(path), path, featureCount)
    {
    }

    /// <summary>Starts to read a text.</summary>
    /// <param name="text">The text; it is disposed with the reader.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="featureCount">Numbers in a row.</param>
    public SequenceReader(TextReader text, string file, int featureCount)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        _featureCount = featureCount;
        _rows = new CsvRows(text, file);
    }

    /// <summary>Time steps of the sequence read last.</summary>
    public int StepCount { get; private set; }

    /// <summary>The line in the file on which the sequence read last begins, counted from 1.</summary>
    public int FirstLine { get; private set; }

    /// <summary>The sequence read last, <c>[steps, features]</c>; valid until the next is read.</summary>
    public ReadOnlySpan2D<float> Sequence => new(_values, StepCount, _featureCount);

    /// <summary>Reads the next sequence.</summary>
    /// <returns>False when there are no more.</returns>
    /// <exception cref="DataFormatException">
    /// A row has another number of values, or one that is no number; the message names row and column.
    /// </exception>
    public bool Read()
    {
        StepCount = 0;
        while (_rows.Read())
        {
            if (_rows.IsBlank)
            {
                if (StepCount > 0)
                    return true;
                continue;
            }

            bool isHeader = _isFirstRow && IsHeader();
            _isFirstRow = false;
            if (!isHeader)
                ReadStep();
        }

        return StepCount > 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    /// <summary>A row that mixes text and numbers is a mistake to report, not a header to skip.</summary>
    private bool IsHeader()
    {
        for (int field = 0; field < _rows.FieldCount; field++)
        {
            if (TryParse(_rows[field], out _))
                return false;
        }

        return true;
    }

    private void ReadStep()
    {
        if (_rows.FieldCount != _featureCount)
            throw new DataFormatException($"found {Count(_rows.FieldCount)}, expected {_featureCount}", _rows.File, _rows.Line);
        if (StepCount == 0)
            FirstLine = _rows.Line;

        int start = checked(StepCount * _featureCount);
        if (start + _featureCount > _values.Length)
            Array.Resize(ref _values, Math.Max(checked(start + _featureCount), (int)Math.Min(2L * _values.Length, Array.MaxLength)));
        for (int field = 0; field < _featureCount; field++)
        {
            ReadOnlySpan<char> text = _rows[field];
            if (!TryParse(text, out float value))
                throw Error(field, Cell.NotANumber(text));
            if (!float.IsFinite(value))
                throw Error(field, $"found {Cell.Show(text)}, expected a finite number that float32 can hold");
            _values[start + field] = value;
        }

        StepCount++;
    }

    private DataFormatException Error(int field, string problem)
        => new(problem, _rows.File, _rows.Line, (field + 1).ToString(CultureInfo.InvariantCulture));

    private static bool TryParse(ReadOnlySpan<char> text, out float value)
        => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static string Count(int count) => count == 1 ? "1 value" : $"{count} values";
}
