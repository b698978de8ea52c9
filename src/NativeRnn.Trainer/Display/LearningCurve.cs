using NativeRnn.Training;
using ScottPlot;
using SkiaSharp;

namespace NativeRnn.Trainer;

/// <summary>
/// The picture of a training: above, the loss of the training and validation part epoch by epoch; below, the validation error in
/// the target's unit with the copy-last-value baseline as a line. Without a validation part there is only the training loss.
/// </summary>
internal static class LearningCurve
{
    private const int Width = 900;
    private const int Height = 720;

    /// <summary>The endings of a picture's name.</summary>
    public static readonly string[] Endings = [".png", ".svg"];

    /// <summary>Draws the picture into a file that appears whole or not at all.</summary>
    /// <param name="path">The file; its ending is one of <see cref="Endings"/>.</param>
    /// <param name="result">The training; at least one epoch.</param>
    /// <param name="recipe">The target, its unit and its deviation.</param>
    /// <param name="baseline">The mean absolute error of copying the last value.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, TrainingResult result, ForecastRecipe recipe, double baseline)
    {
        byte[] picture = Path.GetExtension(path).Equals(".svg", StringComparison.OrdinalIgnoreCase)
            ? DrawSvg(result, recipe, baseline)
            : DrawPng(result, recipe, baseline);
        string temporaryPath = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            File.WriteAllBytes(temporaryPath, picture);
            File.Move(temporaryPath, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporaryPath);
        }
    }

    private static byte[] DrawPng(TrainingResult result, ForecastRecipe recipe, double baseline)
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(Width, Height));
        Draw(surface.Canvas, result, recipe, baseline);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    private static byte[] DrawSvg(TrainingResult result, ForecastRecipe recipe, double baseline)
    {
        using MemoryStream stream = new();
        // The text is complete only when the canvas is disposed.
        using (SKCanvas canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, Height), stream))
            Draw(canvas, result, recipe, baseline);
        return stream.ToArray();
    }

    private static void Draw(SKCanvas canvas, TrainingResult result, ForecastRecipe recipe, double baseline)
    {
        canvas.Clear(SKColors.White);
        bool isValidated = result.History[0].ValidationLoss is not null;
        using Plot losses = NewPlot();
        AddLine(losses, result, "training", epoch => epoch.TrainingLoss);
        if (isValidated)
            AddLine(losses, result, "validation", epoch => epoch.ValidationLoss);
        Finish(losses, $"Loss ({recipe.Target} normalised)", result);
        losses.XLabel("Epoch");
        losses.Render(canvas, new PixelRect(0, Width, isValidated ? Height / 2 : Height, 0));
        if (!isValidated)
            return;

        using Plot errors = NewPlot();
        AddLine(errors, result, "validation", epoch => epoch.ValidationMeanAbsoluteError * recipe.TargetDeviation);
        ScottPlot.Plottables.HorizontalLine line = errors.Add.HorizontalLine(baseline, width: 2, color: Colors.Gray, pattern: LinePattern.Dashed);
        line.LegendText = "copy last value";
        Finish(errors, $"MAE of {recipe.Target}{(recipe.Unit.Length == 0 ? "" : $" in {recipe.Unit}")}", result);
        errors.XLabel("Epoch");
        errors.Render(canvas, new PixelRect(0, Width, Height, Height / 2));
    }

    private static Plot NewPlot()
    {
        Plot plot = new();
        // It would clear the whole canvas, the other plot included.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        return plot;
    }

    private static void AddLine(Plot plot, TrainingResult result, string name, Func<EpochRecord, double?> value)
    {
        double[] epochs = [.. result.History.Select(epoch => (double)epoch.Epoch)];
        double[] values = [.. result.History.Select(epoch => value(epoch) ?? double.NaN)];
        ScottPlot.Plottables.Scatter scatter = plot.Add.Scatter(epochs, values);
        scatter.LegendText = name;
        scatter.LineWidth = 2;
        scatter.MarkerSize = epochs.Length > 60 ? 0 : 5;
    }

    private static void Finish(Plot plot, string label, TrainingResult result)
    {
        if (result.BestEpoch > 0)
        {
            ScottPlot.Plottables.VerticalLine best = plot.Add.VerticalLine(result.BestEpoch, width: 1, color: Colors.Gray, pattern: LinePattern.Dotted);
            best.LegendText = "best epoch";
        }

        plot.YLabel(label);
        plot.ShowLegend(Alignment.UpperRight);
    }
}
