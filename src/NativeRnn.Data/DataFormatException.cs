namespace NativeRnn.Data;

/// <summary>A data file does not hold what was expected of it.</summary>
public sealed class DataFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">What was found and what was expected.</param>
    /// <param name="file">The file.</param>
    /// <param name="row">The row's line in the file, counted from 1, or null when the trouble is not in one row.</param>
    /// <param name="column">
    /// The column's name, or its number counted from 1 where there are no names; null when it is not in one column.
    /// </param>
    /// <param name="hint">What the cause may be or what to do, or null.</param>
    /// <param name="innerException">The cause, or null.</param>
    public DataFormatException(
        string problem, string file, int? row = null, string? column = null, string? hint = null, Exception? innerException = null)
        : base(Describe(problem, file, row, column), innerException)
    {
        File = file;
        Row = row;
        Column = column;
        Hint = hint;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line in the file, counted from 1 (a header is row 1), or null when the trouble is not in one row.</summary>
    public int? Row { get; }

    /// <summary>The column's name, or its number counted from 1 where there are no names; null when it is not in one column.</summary>
    public string? Column { get; }

    /// <summary>What the cause may be or what to do, or null.</summary>
    public string? Hint { get; }

    private static string Describe(string problem, string file, int? row, string? column)
        => file + (row is null ? "" : $", row {row}") + (column is null ? "" : $", column {column}") + ": " + problem;
}
