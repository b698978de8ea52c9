using System.Text.Json;
using ScottPlot;

namespace NativeRnn.Trainer;

/// <summary>The errors of several forecasters, over all leads together and lead by lead: the farther ahead, the larger.</summary>
/// <param name="table">The leads.</param>
/// <param name="actual">What came true, window after window, in each lead after lead.</param>
/// <param name="forecasters">The model first, then copying the last value, then other baselines; their forecasts lie likewise.</param>
internal sealed class LeadErrors(WindowTable table, double[] actual, (string Name, double[] Forecasts)[] forecasters)
{
    private const int TotalForecasters = 2;

    private static readonly Color[] Colors = [ScottPlot.Colors.C0, ScottPlot.Colors.Gray, ScottPlot.Colors.C1];

    /// <summary>Of values for each window and lead, those of the farthest lead.</summary>
    public double[] Farthest(double[] values) => OfLead(values, table.Leads.Count - 1);

    /// <summary>A forecaster's errors over all leads.</summary>
    public ForecastErrors Total(int forecaster) => ForecastErrors.Measure(forecasters[forecaster].Forecasts, actual);

    /// <summary>Writes a row for each forecaster; of a single lead, the two that differ.</summary>
    public void WriteTotal(TextWriter output, string unit)
        => ErrorTable.Write(
            output, "Error", unit,
            [.. forecasters.Take(table.Leads.Count == 1 ? TotalForecasters : forecasters.Length).Select((forecaster, i) => (forecaster.Name, Total(i)))]);

    /// <summary>Writes the mean absolute errors, a row for each lead; nothing if there is one alone.</summary>
    public void WriteByLead(TextWriter output, ForecastRecipe recipe)
    {
        if (table.Leads.Count == 1)
            return;
        const string Ahead = "MAE, ahead";
        output.WriteLine($"{Ahead}{string.Concat(forecasters.Select(forecaster => $"  {forecaster.Name}"))}");
        for (int lead = 0; lead < table.Leads.Count; lead++)
        {
            string ahead = string.Create(CultureInfo.InvariantCulture, $"{(table.Leads[lead] * recipe.SamplingInterval).TotalHours:0.##} h");
            output.Write(ahead.PadLeft(Ahead.Length));
            for (int i = 0; i < forecasters.Length; i++)
                output.Write("  " + ErrorTable.Number(Of(i, lead).MeanAbsolute).PadLeft(forecasters[i].Name.Length));
            output.WriteLine();
        }
    }

    /// <summary>Writes an array with an object for each lead; nothing if there is one alone.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        if (table.Leads.Count == 1)
            return;
        json.WriteStartArray("leads");
        for (int lead = 0; lead < table.Leads.Count; lead++)
        {
            json.WriteStartObject();
            json.WriteNumber("steps_ahead", table.Leads[lead]);
            json.WriteNumber("mae", Of(0, lead).MeanAbsolute);
            json.WriteNumber("rmse", Of(0, lead).RootMeanSquare);
            json.WriteNumber("copy_last_value_mae", Of(1, lead).MeanAbsolute);
            json.WriteNumber("copy_horizon_before_mae", Of(2, lead).MeanAbsolute);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Draws the mean absolute errors by lead into <c>leads.png</c>.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public string Save(string folder, ForecastRecipe recipe)
    {
        string path = Path.Combine(folder, "leads.png");
        using Plot plot = new();
        double[] hours = [.. table.Leads.Select(lead => (lead * recipe.SamplingInterval).TotalHours)];
        for (int i = 0; i < forecasters.Length; i++)
        {
            double[] errors = [.. Enumerable.Range(0, hours.Length).Select(lead => Of(i, lead).MeanAbsolute)];
            ScottPlot.Plottables.Scatter line = plot.Add.ScatterLine(hours, errors, Colors[i]);
            line.LegendText = forecasters[i].Name;
            line.LineWidth = 2;
        }

        plot.Title("Mean absolute error by hours ahead");
        plot.XLabel("hours ahead");
        plot.YLabel($"MAE of {recipe.Target}{(recipe.Unit.Length == 0 || recipe.Target.Contains('(') ? "" : $" in {recipe.Unit}")}");
        plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top);
        plot.ShowLegend(Alignment.LowerRight);
        Picture.Save(path, [plot]);
        return path;
    }

    private ForecastErrors Of(int forecaster, int lead)
        => ForecastErrors.Measure(OfLead(forecasters[forecaster].Forecasts, lead), OfLead(actual, lead));

    private double[] OfLead(double[] values, int lead)
    {
        int count = table.Leads.Count;
        double[] result = new double[values.Length / count];
        for (int window = 0; window < result.Length; window++)
            result[window] = values[window * count + lead];
        return result;
    }
}
