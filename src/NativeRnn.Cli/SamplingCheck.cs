using NativeRnn.Data;

namespace NativeRnn.Cli;

/// <summary>
/// Whether a window's rows are as far apart as the model was trained on. A step may be off by a quarter of the interval: clocks
/// jitter, but a row that is missing or one too many shows.
/// </summary>
internal static class SamplingCheck
{
    private const double Tolerance = 0.25;

    /// <summary>Whether the time between two rows is what it must be.</summary>
    public static bool IsEven(TimeSpan step, TimeSpan interval) => (step - interval).Duration() <= Tolerance * interval;

    /// <exception cref="DataFormatException">Two rows are too far apart or too close; the message names the second.</exception>
    public static void RequireEvenTimes(CsvTable table, ForecastRecipe recipe)
    {
        TimeSpan interval = recipe.SamplingInterval;
        ReadOnlySpan<DateTime> times = table.Times;
        for (int row = 1; row < times.Length; row++)
        {
            TimeSpan step = times[row] - times[row - 1];
            if (IsEven(step, interval))
                continue;
            string span = $"{Moments.Show(times[row - 1], interval)} to {Moments.Show(times[row], interval)}";
            string problem = $"found {Moments.Show(step)} since the row before ({span}), expected {Moments.Show(interval)}";
            string hint = step > interval
                ? $"rows are missing; the model needs {recipe.Window} rows in even steps"
                : $"the rows are too close; the model needs {recipe.Window} rows in steps of {Moments.Show(interval)}";
            throw new DataFormatException(problem, table.File, table.LineOf(row), $"'{recipe.TimeColumn}'", hint);
        }
    }
}
