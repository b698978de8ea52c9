using NativeRnn.Benchmarks.Cases;
using ScottPlot;

namespace NativeRnn.Benchmarks.Report;

/// <summary>The growth tables as one picture: a row for each cell, a column for each axis, both scales logarithmic.</summary>
internal static class GrowthPicture
{
    private const int PanelWidth = 480;
    private const int PanelHeight = 360;

    public static void Save(IReadOnlyList<GrowthTable> tables, string path)
    {
        int columns = tables.Select(table => table.Axis).Distinct().Count();
        int rows = tables.Count / columns;
        Multiplot picture = new();
        picture.AddPlots(tables.Count);
        picture.Layout = new ScottPlot.MultiplotLayouts.Grid(rows, columns);
        for (int i = 0; i < tables.Count; i++)
            Draw(picture.GetPlot(i), tables[i]);
        picture.SavePng(path, columns * PanelWidth, rows * PanelHeight);
    }

    private static void Draw(Plot plot, GrowthTable table)
    {
        double[] positions = [.. table.Points.Select(point => Math.Log2(point.Value))];
        foreach (string name in table.Points[0].MicrosecondsAStep.Keys)
        {
            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(
                positions, [.. table.Points.Select(point => Math.Log10(point.MicrosecondsAStep[name]))]);
            line.LegendText = name;
            line.LineWidth = 2;
        }

        plot.Axes.Bottom.SetTicks(positions, [.. table.Points.Select(point => point.Value.ToString(CultureInfo.InvariantCulture))]);
        double[] decades = [-2, -1, 0, 1, 2, 3];
        plot.Axes.Left.SetTicks(decades, [.. decades.Select(decade => Math.Pow(10, decade).ToString(CultureInfo.InvariantCulture))]);
        plot.Axes.SetLimitsY(decades[0], decades[^1]);
        plot.Title($"{table.Cell.Title()}: {table.Fixed}");
        plot.XLabel(table.Axis);
        plot.YLabel("\u00b5s a step and sequence");
        plot.ShowLegend(Alignment.UpperLeft);
    }
}
