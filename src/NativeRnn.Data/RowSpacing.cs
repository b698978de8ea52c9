namespace NativeRnn.Data;

/// <summary>How far apart rows lie, compared with the time steps of a model.</summary>
public static class RowSpacing
{
    /// <summary>The part of a distance that it may be off by: clocks jitter, but a row that is missing or one too many shows.</summary>
    public const double Tolerance = 0.25;

    /// <summary>
    /// The number of rows from one time step to the next: an hourly model has 6 over a row every ten minutes. What counts is the typical
    /// distance, the median, for there may be gaps.
    /// </summary>
    /// <param name="times">The rows' times, increasing; at least two.</param>
    /// <param name="interval">The time from one step to the next.</param>
    /// <param name="typical">Receives the median distance.</param>
    /// <returns>The number, or null when the rows are typically no whole fraction of the interval apart.</returns>
    public static int? RowsPerStep(ReadOnlySpan<DateTime> times, TimeSpan interval, out TimeSpan typical)
    {
        long[] distances = new long[times.Length - 1];
        for (int row = 1; row < times.Length; row++)
            distances[row - 1] = (times[row] - times[row - 1]).Ticks;
        Array.Sort(distances);
        typical = TimeSpan.FromTicks(distances[distances.Length / 2]);

        double ratio = interval / typical;
        int rowsPerStep = (int)Math.Round(Math.Min(ratio, int.MaxValue));
        return rowsPerStep >= 1 && Math.Abs(ratio - rowsPerStep) <= Tolerance ? rowsPerStep : null;
    }

    /// <summary>Whether two rows are as far apart as they should be, but for <see cref="Tolerance"/>.</summary>
    public static bool IsEven(TimeSpan distance, TimeSpan spacing) => (distance - spacing).Duration() <= Tolerance * spacing;
}
