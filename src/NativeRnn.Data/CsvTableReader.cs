namespace NativeRnn.Data;

/// <summary>Reads a <see cref="CsvTable"/> row by row.</summary>
internal sealed class CsvTableReader : IDisposable
{
    private readonly CsvRows _rows;
    private readonly string[] _columns;
    private readonly string _timeColumn;
    private readonly int _timeField;
    private readonly int[] _fields;
    private readonly int _fieldCount;
    private readonly List<double> _values = [];
    private readonly List<DateTime> _times = [];
    private readonly List<int> _lines = [];
    private readonly double[] _row;
    private DateTime _rowTime;
    private DateTime? _previousTime;

    public CsvTableReader(TextReader text, string file, string timeColumn, IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentException.ThrowIfNullOrEmpty(timeColumn);
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Count == 0)
            throw new ArgumentException("A table needs at least one numeric column.", nameof(columns));

        _columns = [.. columns];
        _timeColumn = timeColumn;
        _row = new double[_columns.Length];
        _rows = new CsvRows(text, file);
        try
        {
            string[] header = Header();
            _fieldCount = header.Length;
            _timeField = FieldOf(timeColumn, header);
            _fields = [.. _columns.Select(column => FieldOf(column, header))];
        }
        catch
        {
            _rows.Dispose();
            throw;
        }
    }

    public CsvTable ReadAll(int minimumRows)
    {
        while (_rows.ReadFilled())
        {
            if (ReadRow() is DataFormatException error)
                throw error;
            Keep();
        }

        RequireRows(minimumRows);
        return ToTable(first: 0, _times.Count);
    }

    public CsvTable ReadLast(int rows)
    {
        // A bad row counts as a row, for the window must not silently reach past it; it only matters if it is among the last.
        DataFormatException? lastError = null;
        int lastErrorRow = -1;
        int rowCount = 0;
        while (_rows.ReadFilled())
        {
            if (ReadRow() is DataFormatException error)
            {
                lastError = error;
                lastErrorRow = rowCount;
            }

            Keep();
            rowCount++;
            // Dropping the oldest in lumps keeps the cost of a row constant.
            if (_times.Count >= 2L * rows + 4096)
                Drop(_times.Count - rows);
        }

        if (lastError is not null && lastErrorRow >= rowCount - rows)
            throw lastError;
        RequireRows(rows);
        return ToTable(_times.Count - rows, rows);
    }

    public void Dispose() => _rows.Dispose();

    private string[] Header()
    {
        if (!_rows.ReadFilled())
            throw new DataFormatException("the file is empty, expected a header and rows of numbers", _rows.File);
        string[] header = new string[_rows.FieldCount];
        for (int field = 0; field < header.Length; field++)
            header[field] = _rows[field].ToString();
        return header;
    }

    private int FieldOf(string column, string[] header) => CsvHeader.FieldOf(column, header, _rows.File, _rows.Line);

    /// <summary>Reads the record into <see cref="_row"/> and <see cref="_rowTime"/>.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    private DataFormatException? ReadRow()
    {
        if (_rows.FieldCount != _fieldCount)
            return Error(null, Cell.WrongCount(_rows.FieldCount, _fieldCount));

        for (int column = 0; column < _fields.Length; column++)
        {
            ReadOnlySpan<char> text = _rows[_fields[column]];
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
                return Error(_columns[column], Cell.NotANumber(text));
            _row[column] = value;
        }

        ReadOnlySpan<char> timeText = _rows[_timeField];
        if (!RowTimes.TryParse(timeText, out _rowTime))
            return Error(_timeColumn, Cell.NotATime(timeText));

        if (_rowTime <= _previousTime)
        {
            string problem = _rowTime == _previousTime
                ? "the time is the same as in the row before"
                : $"the time is before that of the row before, {Cell.Show(_previousTime.Value)}";
            return Error(_timeColumn, $"found {Cell.Show(timeText)}, but {problem}; times must increase");
        }

        _previousTime = _rowTime;
        return null;
    }

    private DataFormatException Error(string? column, string problem)
        => new(problem, _rows.File, _rows.Line, column is null ? null : $"'{column}'");

    private void Keep()
    {
        _values.AddRange(_row);
        _times.Add(_rowTime);
        _lines.Add(_rows.Line);
    }

    private void Drop(int count)
    {
        _values.RemoveRange(0, count * _columns.Length);
        _times.RemoveRange(0, count);
        _lines.RemoveRange(0, count);
    }

    private void RequireRows(int minimum)
    {
        if (_times.Count < minimum)
        {
            string found = _times.Count == 1 ? "1 row" : $"{_times.Count} rows";
            throw new DataFormatException($"found {found} of data, expected at least {minimum}", _rows.File);
        }
    }

    private CsvTable ToTable(int first, int count) => new(
        _rows.File,
        _columns,
        [.. _values.GetRange(first * _columns.Length, count * _columns.Length)],
        [.. _times.GetRange(first, count)],
        [.. _lines.GetRange(first, count)]);
}
