namespace NativeRnn.Data;

/// <summary>How a cell's content appears in a message.</summary>
internal static class Cell
{
    private const int MaxShown = 40;

    /// <summary>The text in quotes, cut short when long, with control characters replaced: it may be binary rubbish.</summary>
    public static string Show(ReadOnlySpan<char> text)
    {
        bool isLong = text.Length > MaxShown;
        char[] shown = text[..Math.Min(text.Length, MaxShown)].ToArray();
        for (int i = 0; i < shown.Length; i++)
        {
            if (char.IsControl(shown[i]))
                shown[i] = '?';
        }

        return $"'{new string(shown)}{(isLong ? "..." : "")}'";
    }

    /// <summary>What is wrong with a cell that should hold a number.</summary>
    public static string NotANumber(ReadOnlySpan<char> text)
        => text.IsEmpty ? "the value is missing, expected a number" : $"found {Show(text)}, expected a number";

    /// <summary>What is wrong with a cell that should hold a time.</summary>
    public static string NotATime(ReadOnlySpan<char> text)
        => (text.IsEmpty ? "the time is missing" : $"found {Show(text)}") + $", expected a time as in {RowTimes.Forms}";

    /// <summary>What is wrong with a row that has more or fewer cells than the header.</summary>
    public static string WrongCount(int found, int expected)
        => $"found {(found == 1 ? "1 field" : $"{found} fields")}, expected {expected} as in the header";

    /// <summary>A time to the second.</summary>
    public static string Show(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
