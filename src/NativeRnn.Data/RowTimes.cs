namespace NativeRnn.Data;

/// <summary>The forms in which a row's time is written.</summary>
public static class RowTimes
{
    /// <summary>The forms, for messages.</summary>
    public const string Forms = "yyyy-MM-dd, yyyy-MM-dd HH:mm[:ss] (or with T for the blank) or dd.MM.yyyy HH:mm:ss";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd HH:mm",
        "yyyy-MM-dd HH:mm:ss",
        "yyyy-MM-ddTHH:mm",
        "yyyy-MM-ddTHH:mm:ss",
        "dd.MM.yyyy HH:mm:ss",
    ];

    /// <summary>Reads a time.</summary>
    /// <param name="text">The time in one of <see cref="Forms"/>.</param>
    /// <param name="time">The time, of unspecified kind.</param>
    /// <returns>False when the text is in none of the forms.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTime time)
        => DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
