namespace NativeRnn.Cli;

/// <summary>How points in time and their distances are printed.</summary>
internal static class Moments
{
    /// <summary>To the second where needed; without the time of day when the interval between rows is whole days.</summary>
    public static string Show(DateTime time, TimeSpan interval) => time.ToString(Format(time, interval), CultureInfo.InvariantCulture);

    /// <summary>The format in which <see cref="Show(DateTime, TimeSpan)"/> prints.</summary>
    public static string Format(DateTime time, TimeSpan interval)
        => (time.TimeOfDay.Ticks, interval.Ticks % TimeSpan.TicksPerDay) == (0, 0) ? "yyyy-MM-dd"
            : time.Second == 0 ? "yyyy-MM-dd HH:mm"
            : "yyyy-MM-dd HH:mm:ss";

    /// <summary>In the largest unit that divides it: <c>1 day</c>, <c>36 hours</c>, <c>10 minutes</c>.</summary>
    public static string Show(TimeSpan interval)
    {
        (long ticks, string unit)[] units =
        [
            (TimeSpan.TicksPerDay, "day"),
            (TimeSpan.TicksPerHour, "hour"),
            (TimeSpan.TicksPerMinute, "minute"),
            (TimeSpan.TicksPerSecond, "second"),
        ];
        foreach ((long ticks, string unit) in units)
        {
            if (interval.Ticks % ticks == 0)
                return $"{interval.Ticks / ticks} {unit}{(interval.Ticks == ticks ? "" : "s")}";
        }

        return interval.ToString("c", CultureInfo.InvariantCulture);
    }
}
