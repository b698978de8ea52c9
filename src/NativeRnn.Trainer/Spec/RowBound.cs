using NativeRnn.Data;

namespace NativeRnn.Trainer;

/// <summary>A place between two rows of a table: before a row given by number, or before the first row of a time or later.</summary>
internal readonly record struct RowBound
{
    /// <summary>The forms, for messages.</summary>
    public const string Forms = "a row number (counted from 0, the header not counted) or a time as in " + RowTimes.Forms;

    private readonly int _row;
    private readonly DateTime? _time;

    /// <summary>The bound before a row.</summary>
    /// <param name="row">The row, counted from 0.</param>
    public RowBound(int row) => _row = row;

    /// <summary>The bound before the first row of a time or later.</summary>
    public RowBound(DateTime time) => _time = time;

    /// <summary>Whether the bound is a time rather than a row number.</summary>
    public bool IsTime => _time is not null;

    /// <summary>Reads a row number or a time.</summary>
    /// <returns>Null when the text is neither.</returns>
    public static RowBound? TryParse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int row))
            return new RowBound(row);
        return RowTimes.TryParse(text, out DateTime time) ? new RowBound(time) : null;
    }

    /// <summary>Whether the bound comes before another of the same kind.</summary>
    public bool IsBefore(RowBound other) => IsTime ? _time < other._time : _row < other._row;

    /// <summary>The first row of a table that lies after the bound.</summary>
    /// <exception cref="DataFormatException">The table ends before the row.</exception>
    public int FirstRowIn(CsvTable table)
    {
        if (_time is DateTime time)
        {
            int index = table.Times.BinarySearch(time);
            return index < 0 ? ~index : index;
        }

        return _row <= table.RowCount
            ? _row
            : throw new DataFormatException($"row {_row} was asked for, but there are {table.RowCount} rows of data", table.File);
    }

    /// <inheritdoc/>
    public override string ToString() => _time is not DateTime time
        ? _row.ToString(CultureInfo.InvariantCulture)
        : time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
