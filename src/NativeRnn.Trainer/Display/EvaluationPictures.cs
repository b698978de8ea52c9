using ScottPlot;

namespace NativeRnn.Trainer;

/// <summary>
/// The pictures of an evaluation: forecasts beside what came true, and how large errors are by the hour of the day and by the month that
/// was forecast.
/// </summary>
/// <param name="recipe">The target and its unit.</param>
/// <param name="times">The times that were forecast, increasing.</param>
/// <param name="actual">What came true.</param>
/// <param name="forecasts">What the model said.</param>
/// <param name="lastValues">What copying the last value says.</param>
internal sealed class EvaluationPictures(ForecastRecipe recipe, DateTime[] times, double[] actual, double[] forecasts, double[] lastValues)
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>The longest range that is shown as a whole; of a longer one, a week of winter and one of summer.</summary>
    private static readonly TimeSpan LongestShownWhole = TimeSpan.FromDays(31);

    private readonly string _label = recipe.Target + (recipe.Unit.Length == 0 || recipe.Target.Contains('(') ? "" : $" in {recipe.Unit}");

    /// <summary>Writes <c>forecast.png</c> and <c>errors.png</c> into a folder, which is made if it is not there.</summary>
    /// <returns>The files.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public IReadOnlyList<string> Save(string folder)
    {
        Directory.CreateDirectory(folder);
        string forecast = Path.Combine(folder, "forecast.png");
        string errors = Path.Combine(folder, "errors.png");
        Picture.Save(forecast, [.. Periods().Select(period => DrawForecasts(period.First, period.End))]);
        Picture.Save(errors, [
            DrawErrors("hour of the day", time => time.Hour, [.. Enumerable.Range(0, 24).Select(hour => hour.ToString(CultureInfo.InvariantCulture))]),
            DrawErrors("month", time => time.Month - 1, CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames[..12]),
        ]);
        return [forecast, errors];
    }

    /// <summary>The ranges of samples to show.</summary>
    private List<(int First, int End)> Periods()
    {
        List<(int First, int End)> periods = [];
        if (times[^1] - times[0] <= LongestShownWhole)
            return [(0, times.Length)];
        foreach (int month in new[] { 1, 7 })
        {
            for (int year = times[0].Year; year <= times[^1].Year; year++)
            {
                DateTime start = new(year, month, 15);
                (int first, int end) = (FirstAt(start), FirstAt(start + Week));
                if (start < times[0] || start + Week > times[^1] || end - first < 2)
                    continue;
                periods.Add((first, end));
                break;
            }
        }

        return periods.Count > 0 ? periods : [(0, FirstAt(times[0] + LongestShownWhole))];
    }

    private static string Show(TimeSpan span) => span.Ticks % TimeSpan.TicksPerHour == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours} hours")
        : span.ToString("c", CultureInfo.InvariantCulture);

    private int FirstAt(DateTime time)
    {
        int index = Array.BinarySearch(times, time);
        return index < 0 ? ~index : index;
    }

    private Plot DrawForecasts(int first, int end)
    {
        Plot plot = new();
        double[] days = [.. times[first..end].Select(time => time.ToOADate())];
        Add(actual, "what came true", Colors.Black, LinePattern.Solid);
        Add(forecasts, "forecast", Colors.C0, LinePattern.Solid);
        Add(lastValues, "copy last value", Colors.Gray, LinePattern.Dotted);
        var ticks = (ScottPlot.TickGenerators.DateTimeAutomatic)plot.Axes.DateTimeTicksBottom().TickGenerator;
        ticks.LabelFormatter = time => time.ToString(time.TimeOfDay == TimeSpan.Zero ? "MMM d" : "HH:mm", CultureInfo.InvariantCulture);
        string ahead = Show(recipe.Horizon * recipe.SamplingInterval);
        plot.Title($"Forecast {ahead} ahead, {times[first]:yyyy-MM-dd} to {times[end - 1]:yyyy-MM-dd}");
        plot.YLabel(_label);
        plot.Axes.Margins(left: 0.02, right: 0.02, bottom: 0.05, top: 0.25);
        plot.ShowLegend(Alignment.UpperRight, Orientation.Horizontal);
        return plot;

        void Add(double[] values, string name, Color color, LinePattern pattern)
        {
            ScottPlot.Plottables.Scatter line = plot.Add.ScatterLine(days, values[first..end], color);
            line.LegendText = name;
            line.LineWidth = 2;
            line.LinePattern = pattern;
        }
    }

    private Plot DrawErrors(string by, Func<DateTime, int> groupOf, string[] groups)
    {
        Plot plot = new();
        double[] positions = [.. groups.Select((_, group) => (double)group)];
        Add(forecasts, "model", Colors.C0, -0.2);
        Add(lastValues, "copy last value", Colors.LightGray, 0.2);
        plot.Axes.Bottom.SetTicks(positions, groups);
        plot.Title($"Mean absolute error by the {by} of the forecast");
        plot.YLabel($"MAE of {_label}");
        plot.Axes.Margins(bottom: 0, top: 0.25);
        plot.ShowLegend(Alignment.UpperRight, Orientation.Horizontal);
        return plot;

        void Add(double[] values, string name, Color color, double shift)
        {
            double[] sums = new double[groups.Length];
            int[] counts = new int[groups.Length];
            for (int i = 0; i < times.Length; i++)
            {
                sums[groupOf(times[i])] += Math.Abs(values[i] - actual[i]);
                counts[groupOf(times[i])]++;
            }

            Bar[] bars = [.. positions.Select((position, group) => new Bar
            {
                Position = position + shift,
                Value = counts[group] == 0 ? 0 : sums[group] / counts[group],
                Size = 0.4,
                FillColor = color,
                LineWidth = 0,
            })];
            plot.Add.Bars(bars).LegendText = name;
        }
    }
}
