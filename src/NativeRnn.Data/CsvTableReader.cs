using System.Runtime.InteropServices;

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
    private readonly double? _missingValue;
    private DateTime _rowTime;
    private DateTime? _previousTime;
    private int _rowsWithMissingValues;
    private int _duplicateRows;

    public CsvTableReader(TextReader text, string file, string timeColumn, IReadOnlyList<string> columns, double? missingValue)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentException.ThrowIfNullOrEmpty(timeColumn);
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Count == 0)
            throw new ArgumentException("A table needs at least one numeric column.", nameof(columns));

        _columns = [.. columns];
        _row = new double[_columns.Length];
        _missingValue = missingValue;
        _rows = new CsvRows(text, file);
        try
        {
            string[] header = Header();
            _fieldCount = header.Length;
            _timeColumn = CsvHeader.TimeColumn(timeColumn, header);
            _timeField = FieldOf(_timeColumn, header);
            _fields = Array.ConvertAll(_columns, column => FieldOf(column, header));
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
            if (ReadRow(out bool isLeftOut) is DataFormatException error)
                throw error;
            if (!isLeftOut)
                Keep();
        }

        RequireRows(minimumRows);
        return ToTable(first: 0, _times.Count);
    }

    public CsvTable ReadLast(int rows, TimeSpan reach)
    {
        // A bad row counts as a row, for the window must not silently reach past it; it only matters if it is among the last.
        DataFormatException? lastError = null;
        int lastErrorRow = -1;
        int rowCount = 0;
        long nextDrop = 2L * rows + 4096;
        while (_rows.ReadFilled())
        {
            if (ReadRow(out bool isLeftOut) is DataFormatException error)
            {
                lastError = error;
                lastErrorRow = rowCount;
            }

            if (isLeftOut)
                continue;
            Keep();
            rowCount++;
            // Dropping the oldest in lumps keeps the cost of a row constant.
            if (_times.Count >= nextDrop)
            {
                Drop(_times.Count - CountLast(rows, reach));
                nextDrop = 2L * _times.Count + 4096;
            }
        }

        int count = CountLast(rows, reach);
        if (lastError is not null && lastErrorRow >= rowCount - count)
            throw lastError;
        RequireRows(rows);
        return ToTable(_times.Count - count, count);
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

    /// <summary>The number of last rows asked for: so many, and all that are less than a time before the last.</summary>
    private int CountLast(int rows, TimeSpan reach)
    {
        int count = Math.Min(rows, _times.Count);
        while (count < _times.Count && _times[^1] - _times[^(count + 1)] < reach)
            count++;
        return count;
    }

    /// <summary>Reads the record into <see cref="_row"/> and <see cref="_rowTime"/>.</summary>
    /// <param name="isLeftOut">Receives whether the table goes without the row: a value is missing, or it was there before.</param>
    /// <returns>What is wrong with it, or null.</returns>
    private DataFormatException? ReadRow(out bool isLeftOut)
    {
        isLeftOut = false;
        if (_rows.FieldCount != _fieldCount)
            return Error(null, Cell.WrongCount(_rows.FieldCount, _fieldCount));

        for (int column = 0; column < _fields.Length; column++)
        {
            ReadOnlySpan<char> text = _rows[_fields[column]];
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
                return Error(_columns[column], Cell.NotANumber(text));
            _row[column] = value;
        }

        bool isMissing = _missingValue is double missing && Array.IndexOf(_row, missing) >= 0;

        ReadOnlySpan<char> timeText = _rows[_timeField];
        if (!RowTimes.TryParse(timeText, out _rowTime))
            return Error(_timeColumn, Cell.NotATime(timeText));

        if (isMissing)
        {
            _rowsWithMissingValues++;
            isLeftOut = true;
            return null;
        }

        if (_rowTime <= _previousTime && IsDuplicate())
        {
            _duplicateRows++;
            isLeftOut = true;
            return null;
        }

        if (_rowTime <= _previousTime)
        {
            string problem = _rowTime == _previousTime
                ? "the time is the same as in the row before, with other values"
                : $"the time is before that of the row before, {Cell.Show(_previousTime.Value)}";
            return Error(_timeColumn, $"found {Cell.Show(timeText)}, but {problem}; times must increase");
        }

        _previousTime = _rowTime;
        return null;
    }

    /// <summary>Whether a row that was read before has the same time and values.</summary>
    private bool IsDuplicate()
    {
        int row = _times.BinarySearch(_rowTime);
        return row >= 0 && CollectionsMarshal.AsSpan(_values).Slice(row * _columns.Length, _columns.Length).SequenceEqual(_row);
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
        [.. _lines.GetRange(first, count)])
    {
        TimeColumn = _timeColumn,
        RowsWithMissingValues = _rowsWithMissingValues,
        DuplicateRows = _duplicateRows,
    };
}
