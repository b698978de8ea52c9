using NativeRnn.Data;
using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary>A file of measurements and which of its rows are to be forecast.</summary>
/// <param name="Path">The CSV file.</param>
/// <param name="From">The bound before the first row that may be forecast, or null for the file's first.</param>
/// <param name="To">The bound before the first row after that that may not, or null for none.</param>
internal sealed record ForecastRange(string Path, RowBound? From, RowBound? To)
{
    /// <summary>Reads the file by a model's recipe and finds the windows whose target lies in the range.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="targets">Which steps behind a window the model forecasts.</param>
    /// <exception cref="DataFormatException">The file cannot be used, or there is no window.</exception>
    public (WindowTable Table, WindowSet Windows) Read(ForecastRecipe recipe, WindowTargets targets)
    {
        WindowTable table = WindowTable.Read(Path, recipe, targets);
        int first = From?.FirstRowIn(table.Table) ?? 0;
        int end = To?.FirstRowIn(table.Table) ?? table.Table.RowCount;
        WindowSet windows = table.FindWindows(first, end);
        if (windows.LastRows.Count > 0)
            return (table, windows);

        string problem = windows.SkippedForGaps > 0
            ? $"all {windows.SkippedForGaps} windows cross a gap in time"
            : $"there is no window whose target lies in the rows asked for, {first} to {end - 1} of {table.Table.RowCount}";
        string hint = $"a forecast takes {recipe.Window} rows in even steps and the one {recipe.Horizon} steps later";
        throw new DataFormatException(problem, table.Table.File, hint: hint);
    }
}
