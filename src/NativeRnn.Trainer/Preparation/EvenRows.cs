using NativeRnn.Data;

namespace NativeRnn.Trainer;

/// <summary>
/// Which rows of a table lie evenly in time, so that windows can be made of them. Rows may be the sampling interval apart or any
/// whole fraction of it (hourly steps of ten-minute rows). A distance may be off by a quarter, as the device's
/// <c>forecast</c> allows; a larger one is a gap, which no window and no way to its target crosses.
/// </summary>
internal sealed class EvenRows
{
    private readonly int[] _firstOfRun;

    /// <exception cref="DataFormatException">The rows are typically no whole fraction of the interval apart.</exception>
    public EvenRows(CsvTable table, TimeSpan interval)
    {
        ReadOnlySpan<DateTime> times = table.Times;
        RowsPerStep = FindRowsPerStep(table, interval);
        TimeSpan spacing = interval / RowsPerStep;
        _firstOfRun = new int[times.Length];
        for (int row = 1; row < times.Length; row++)
        {
            bool isEven = RowSpacing.IsEven(times[row] - times[row - 1], spacing);
            _firstOfRun[row] = isEven ? _firstOfRun[row - 1] : row;
        }
    }

    /// <summary>Table rows from one time step to the next.</summary>
    public int RowsPerStep { get; }

    /// <summary>The windows whose target lies in a range of rows. A window may begin before the range.</summary>
    /// <param name="window">Time steps a window has.</param>
    /// <param name="horizon">Time steps from the window's last to its target.</param>
    /// <param name="firstTarget">The first row that may be a target.</param>
    /// <param name="endOfTargets">The first row that may not.</param>
    public WindowSet FindWindows(int window, int horizon, int firstTarget, int endOfTargets)
    {
        List<int> lastRows = [];
        int skipped = 0;
        long reach = (window - 1L + horizon) * RowsPerStep;
        for (int target = (int)Math.Max(firstTarget, Math.Min(reach, endOfTargets)); target < endOfTargets; target++)
        {
            if (target - reach >= _firstOfRun[target])
                lastRows.Add(target - horizon * RowsPerStep);
            else
                skipped++;
        }

        return new WindowSet(lastRows, skipped);
    }

    private static int FindRowsPerStep(CsvTable table, TimeSpan interval)
        => RowSpacing.RowsPerStep(table.Times, interval, out TimeSpan typical) ?? throw new DataFormatException(
            $"the rows are typically {typical:c} apart, which is no whole fraction of the sampling interval {interval:c}", table.File);
}
