using CommunityToolkit.HighPerformance;

namespace NativeRnn.Data;

/// <summary>
/// Named numeric columns and the times of a CSV file with a header. Only the columns asked for are read; others may hold
/// anything. Times must increase from row to row; but a row with the time and the values of an earlier one is a duplicate and left out.
/// So is a row with a number that stands for a missing value, if there is one. Blank lines are skipped. Numbers are written as in
/// <c>-12.5</c> or <c>1e-3</c> and are finite; times as in <see cref="RowTimes.Forms"/>.
/// </summary>
public sealed class CsvTable
{
    private readonly double[] _values;
    private readonly DateTime[] _times;
    private readonly int[] _lines;

    internal CsvTable(string file, IReadOnlyList<string> columns, double[] values, DateTime[] times, int[] lines)
    {
        File = file;
        Columns = columns;
        _values = values;
        _times = times;
        _lines = lines;
    }

    /// <summary>Where the table was read from.</summary>
    public string File { get; }

    /// <summary>The columns that were asked for.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The number of rows.</summary>
    public int RowCount => _times.Length;

    /// <summary>The file's name for the column of the rows' times.</summary>
    public required string TimeColumn { get; init; }

    /// <summary>The rows' times, increasing.</summary>
    public ReadOnlySpan<DateTime> Times => _times;

    /// <summary>The numbers, <c>[rows, columns]</c>.</summary>
    public ReadOnlySpan2D<double> Values => new(_values, RowCount, Columns.Count);

    /// <summary>Rows of the file that are not in the table because a column asked for holds the number for missing values.</summary>
    public int RowsWithMissingValues { get; internal init; }

    /// <summary>Rows of the file that are not in the table because they repeat an earlier row.</summary>
    public int DuplicateRows { get; internal init; }

    /// <summary>The line in the file on which a row stands, counted from 1.</summary>
    /// <param name="row">The row, counted from 0.</param>
    public int LineOf(int row) => _lines[row];

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="timeColumn">The column of the rows' times; several names it may have are separated by <c>|</c>.</param>
    /// <param name="columns">The numeric columns; at least one.</param>
    /// <param name="minimumRows">The least number of rows.</param>
    /// <param name="missingValue">The number that stands for a missing value, such as -9999, or null if there is none.</param>
    /// <exception cref="DataFormatException">The file is not such a table; the message names row and column.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CsvTable Read(string path, string timeColumn, IReadOnlyList<string> columns, int minimumRows = 1, double? missingValue = null)
        => Read(new StreamReader(path), path, timeColumn, columns, minimumRows, missingValue);

    /// <summary>Reads a whole text.</summary>
    /// <param name="text">The text; it is disposed.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="timeColumn">The column of the rows' times; several names it may have are separated by <c>|</c>.</param>
    /// <param name="columns">The numeric columns; at least one.</param>
    /// <param name="minimumRows">The least number of rows.</param>
    /// <param name="missingValue">The number that stands for a missing value, such as -9999, or null if there is none.</param>
    /// <exception cref="DataFormatException">The text is not such a table; the message names row and column.</exception>
    public static CsvTable Read(
        TextReader text, string file, string timeColumn, IReadOnlyList<string> columns, int minimumRows = 1, double? missingValue = null)
    {
        using CsvTableReader reader = new(text, file, timeColumn, columns, missingValue);
        return reader.ReadAll(minimumRows);
    }

    /// <summary>
    /// Reads the last rows of a file, whatever its length. What is wrong in rows before them is none of its business.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="timeColumn">The column of the rows' times; several names it may have are separated by <c>|</c>.</param>
    /// <param name="columns">The numeric columns; at least one.</param>
    /// <param name="rows">The number of rows; the file has at least that many.</param>
    /// <param name="reach">All rows that are less than this time before the last are read too.</param>
    /// <param name="missingValue">The number that stands for a missing value, such as -9999, or null if there is none.</param>
    /// <exception cref="DataFormatException">The file is not such a table; the message names row and column.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CsvTable ReadLast(string path, string timeColumn, IReadOnlyList<string> columns, int rows, TimeSpan reach = default, double? missingValue = null)
        => ReadLast(new StreamReader(path), path, timeColumn, columns, rows, reach, missingValue);

    /// <summary>
    /// Reads the last rows of a text, whatever its length. What is wrong in rows before them is none of its business.
    /// </summary>
    /// <param name="text">The text; it is disposed.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="timeColumn">The column of the rows' times; several names it may have are separated by <c>|</c>.</param>
    /// <param name="columns">The numeric columns; at least one.</param>
    /// <param name="rows">The number of rows; the text has at least that many.</param>
    /// <param name="reach">All rows that are less than this time before the last are read too.</param>
    /// <param name="missingValue">The number that stands for a missing value, such as -9999, or null if there is none.</param>
    /// <exception cref="DataFormatException">The text is not such a table; the message names row and column.</exception>
    public static CsvTable ReadLast(
        TextReader text, string file, string timeColumn, IReadOnlyList<string> columns, int rows, TimeSpan reach = default,
        double? missingValue = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        using CsvTableReader reader = new(text, file, timeColumn, columns, missingValue);
        return reader.ReadLast(rows, reach);
    }

    /// <summary>The last row and others before it, in even strides.</summary>
    /// <param name="rows">The number of rows; the table reaches that far back.</param>
    /// <param name="stride">Rows of this table from one to the next.</param>
    public CsvTable LastInStrides(int rows, int stride)
    {
        double[] values = new double[rows * Columns.Count];
        DateTime[] times = new DateTime[rows];
        int[] lines = new int[rows];
        for (int i = 0; i < rows; i++)
        {
            int row = RowCount - 1 - (rows - 1 - i) * stride;
            Values.GetRowSpan(row).CopyTo(values.AsSpan(i * Columns.Count));
            times[i] = _times[row];
            lines[i] = _lines[row];
        }

        return new CsvTable(File, Columns, values, times, lines) { TimeColumn = TimeColumn };
    }
}
