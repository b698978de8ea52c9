using NativeRnn.Data;

namespace NativeRnn.Cli;

/// <summary>
/// The last window of a table. Its rows may lie the model's sampling interval apart, or a whole fraction of it: of a row every ten minutes
/// an hourly model takes every sixth, the last one included. As in training, no window crosses a gap: every distance between two rows,
/// of those in between too, may be off by <see cref="RowSpacing.Tolerance"/> at most.
/// </summary>
internal static class LastWindow
{
    /// <exception cref="DataFormatException">The rows are too few, or two of them are too far apart or too close; the message names the second.</exception>
    public static CsvTable Read(TextReader text, string name, ForecastRecipe recipe, IReadOnlyList<string> columns)
    {
        TimeSpan reach = recipe.SamplingInterval <= TimeSpan.MaxValue / recipe.Window
            ? recipe.SamplingInterval * recipe.Window
            : TimeSpan.MaxValue;
        CsvTable table = CsvTable.ReadLast(text, name, recipe.TimeColumn, columns, recipe.Window, reach, recipe.MissingValue);
        // Rows that fit no fraction are held against the interval itself, which tells where they do not.
        int stride = (table.RowCount == 1 ? null : RowSpacing.RowsPerStep(table.Times, recipe.SamplingInterval, out _)) ?? 1;
        long needed = (recipe.Window - 1L) * stride + 1;
        RequireEvenTimes(table, recipe, stride, (int)Math.Max(0, table.RowCount - needed));
        if (table.RowCount < needed)
        {
            throw new DataFormatException(
                $"found {table.RowCount} rows of data, expected at least {needed}", name,
                hint: $"the model needs {recipe.Window} steps of {Moments.Show(recipe.SamplingInterval)}, each {stride} rows here");
        }

        return table.LastInStrides(recipe.Window, stride);
    }

    private static void RequireEvenTimes(CsvTable table, ForecastRecipe recipe, int stride, int firstRow)
    {
        TimeSpan spacing = recipe.SamplingInterval / stride;
        ReadOnlySpan<DateTime> times = table.Times;
        for (int row = firstRow + 1; row < times.Length; row++)
        {
            TimeSpan step = times[row] - times[row - 1];
            if (RowSpacing.IsEven(step, spacing))
                continue;
            string span = $"{Moments.Show(times[row - 1], spacing)} to {Moments.Show(times[row], spacing)}";
            string problem = $"found {Moments.Show(step)} since the row before ({span}), expected {Moments.Show(spacing)}";
            string interval = Moments.Show(recipe.SamplingInterval);
            string hint = step > spacing
                ? $"rows are missing; the model needs {recipe.Window} steps of {interval} without a gap"
                : $"the rows are too close; the model needs {recipe.Window} rows in steps of {interval}";
            throw new DataFormatException(problem, table.File, table.LineOf(row), $"'{table.TimeColumn}'", hint);
        }
    }
}
