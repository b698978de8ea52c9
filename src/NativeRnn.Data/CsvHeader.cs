namespace NativeRnn.Data;

/// <summary>The names in the first row of a CSV text.</summary>
internal static class CsvHeader
{
    /// <summary>Finds a column.</summary>
    /// <exception cref="DataFormatException">There is no such column, or there are two.</exception>
    public static int FieldOf(string column, string[] header, string file, int line)
    {
        int field = Array.IndexOf(header, column);
        if (field < 0)
        {
            string? hint = header is [string only] && only.AsSpan().IndexOfAny(";\t") >= 0
                ? "fields must be separated by commas, and the decimal sign must be a point"
                : null;
            string present = string.Join("', '", header);
            throw new DataFormatException($"there is no column '{column}'; there are '{present}'", file, line, hint: hint);
        }

        if (Array.IndexOf(header, column, field + 1) >= 0)
            throw new DataFormatException($"the header has the column '{column}' twice", file, line, $"'{column}'");
        return field;
    }

    /// <summary>
    /// The name a file uses for its column of times: of the names separated by <c>|</c> the first that the header has, or the first
    /// of them where it has none.
    /// </summary>
    public static string TimeColumn(string names, string[] header)
    {
        string[] alternatives = names.Split('|');
        return Array.Find(alternatives, name => Array.IndexOf(header, name) >= 0) ?? alternatives[0];
    }
}
