namespace NativeRnn.Data;

/// <summary>
/// Reads rows of numbers one at a time as they arrive; a bad row is reported and does not end the reading. Blank lines are skipped.
/// Allocates nothing for a good row.
/// </summary>
public sealed class RowReader
{
    private readonly CsvLineReader _lines;
    private readonly string? _timeColumn;
    private readonly string[]? _columns;
    private readonly int[] _fields;
    private readonly double[] _values;
    private readonly double? _missingValue;
    private readonly int _fieldCount;
    private readonly int _timeField = -1;
    private bool _mayBeHeader;

    /// <summary>Starts to read plain numbers. The first row is skipped as a header when it has text and no number.</summary>
    /// <param name="lines">The input.</param>
    /// <param name="count">Numbers in a row; each must be within float32.</param>
    public RowReader(CsvLineReader lines, int count)
    {
        ArgumentNullException.ThrowIfNull(lines);
        _lines = lines;
        _fields = new int[count];
        for (int i = 0; i < count; i++)
            _fields[i] = i;
        _values = new double[count];
        _fieldCount = count;
        _mayBeHeader = true;
    }

    /// <summary>Reads the header and starts to read rows with a time.</summary>
    /// <param name="lines">The input.</param>
    /// <param name="timeColumn">The column of the rows' times; several names it may have are separated by <c>|</c>.</param>
    /// <param name="columns">The numeric columns; others may hold anything.</param>
    /// <param name="missingValue">The number that stands for a missing value, such as -9999, or null if there is none.</param>
    /// <exception cref="DataFormatException">There is no header, or it lacks a column.</exception>
    public RowReader(CsvLineReader lines, string timeColumn, IReadOnlyList<string> columns, double? missingValue = null)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(columns);
        _lines = lines;
        _columns = [.. columns];
        _missingValue = missingValue;
        _values = new double[_columns.Length];
        if (!ReadFilled())
            throw new DataFormatException("the input is empty, expected a header and rows of numbers", lines.File);
        if (lines.Problem is not null)
            throw Error(null, lines.Problem);
        string[] header = new string[lines.FieldCount];
        for (int field = 0; field < header.Length; field++)
            header[field] = lines[field].ToString();
        _fieldCount = header.Length;
        _timeColumn = CsvHeader.TimeColumn(timeColumn, header);
        _timeField = CsvHeader.FieldOf(_timeColumn, header, lines.File, lines.Line);
        _fields = Array.ConvertAll(_columns, column => CsvHeader.FieldOf(column, header, lines.File, lines.Line));
    }

    /// <summary>The row's numbers; NaN for one that is missing or unreadable.</summary>
    public Span<double> Values => _values;

    /// <summary>The row's time.</summary>
    public DateTime Time { get; private set; }

    /// <summary>What is wrong with the row, or null.</summary>
    public DataFormatException? Problem { get; private set; }

    /// <summary>Whether the row has all its fields and a time, so that <see cref="Values"/> alone can be bad.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Goes to the next row; waits for its line end and for nothing more.</summary>
    /// <returns>False at the end of the input.</returns>
    /// <exception cref="IOException">The input cannot be read.</exception>
    public bool Read()
    {
        if (!ReadFilled())
            return false;
        if (_mayBeHeader)
        {
            _mayBeHeader = false;
            if (IsHeader() && !ReadFilled())
                return false;
        }

        IsWhole = false;
        Problem = null;
        ReadRow();
        return true;
    }

    /// <summary>An error in the row read last.</summary>
    /// <param name="column">The column, or null.</param>
    /// <param name="problem">What was found and what was expected.</param>
    public DataFormatException Error(string? column, string problem)
        => new(problem, _lines.File, _lines.Line, column);

    /// <summary>An error in the time of the row read last.</summary>
    /// <param name="problem">What was found and what was expected.</param>
    public DataFormatException TimeError(string problem) => Error($"'{_timeColumn}'", problem);

    private bool ReadFilled()
    {
        while (_lines.Read())
        {
            if (!_lines.IsBlank)
                return true;
        }

        return false;
    }

    /// <summary>A row that mixes text and numbers is a mistake to report, not a header to skip.</summary>
    private bool IsHeader()
    {
        bool hasText = false;
        for (int field = 0; field < _lines.FieldCount; field++)
        {
            if (TryParse(_lines[field], out _))
                return false;
            hasText |= !_lines[field].IsEmpty;
        }

        return hasText;
    }

    private void ReadRow()
    {
        if (_lines.Problem is not null)
        {
            Problem = Error(null, _lines.Problem);
            return;
        }

        if (_lines.FieldCount != _fieldCount)
        {
            Problem = Error(null, _columns is null
                ? $"found {_lines.FieldCount} value{(_lines.FieldCount == 1 ? "" : "s")}, expected {_fieldCount}"
                : Cell.WrongCount(_lines.FieldCount, _fieldCount));
            return;
        }

        if (_timeField >= 0)
        {
            if (!RowTimes.TryParse(_lines[_timeField], out DateTime time))
            {
                Problem = TimeError(Cell.NotATime(_lines[_timeField]));
                return;
            }

            Time = time;
        }

        IsWhole = true;
        for (int i = 0; i < _fields.Length; i++)
        {
            ReadOnlySpan<char> text = _lines[_fields[i]];
            bool isNumber = TryParse(text, out double value);
            _values[i] = isNumber && double.IsFinite(value) ? value : double.NaN;
            if (value == _missingValue)
            {
                _values[i] = double.NaN;
                Problem ??= Error(NameOf(i), $"found {Cell.Show(text)}, which stands for a missing value");
            }

            if (double.IsNaN(_values[i]))
                Problem ??= Error(NameOf(i), isNumber ? $"found {Cell.Show(text)}, expected a finite number" : Cell.NotANumber(text));
        }
    }

    private string NameOf(int column) => _columns is null ? (column + 1).ToString(CultureInfo.InvariantCulture) : $"'{_columns[column]}'";

    /// <summary>Plain numbers go to the network as they are, so the text is rounded to float32 once.</summary>
    private bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        if (_columns is not null)
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        bool isNumber = float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float single);
        value = single;
        return isNumber;
    }
}
