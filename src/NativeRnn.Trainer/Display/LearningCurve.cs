using NativeRnn.Training;
using ScottPlot;

namespace NativeRnn.Trainer;

/// <summary>
/// The picture of a training: above, the loss of the training and validation part epoch by epoch; below, the validation error in
/// the target's unit with the copy-last-value baseline as a line. Without a validation part there is only the training loss.
/// </summary>
internal static class LearningCurve
{
    /// <summary>Draws the picture into a file that appears whole or not at all.</summary>
    /// <param name="path">The file; its ending is one of <see cref="Picture.Endings"/>.</param>
    /// <param name="result">The training; at least one epoch.</param>
    /// <param name="recipe">The target, its unit and its deviation.</param>
    /// <param name="baseline">The mean absolute error of copying the last value.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, TrainingResult result, ForecastRecipe recipe, double baseline)
    {
        bool isValidated = result.History[0].ValidationLoss is not null;
        using Plot losses = new();
        AddLine(losses, result, "training", epoch => epoch.TrainingLoss);
        if (isValidated)
            AddLine(losses, result, "validation", epoch => epoch.ValidationLoss);
        Finish(losses, $"Loss ({recipe.Target} normalised)", result);

        using Plot errors = new();
        AddLine(errors, result, "validation", epoch => epoch.ValidationMeanAbsoluteError * recipe.TargetDeviation);
        errors.Add.HorizontalLine(baseline, width: 2, Colors.Gray, LinePattern.Dashed).LegendText = "copy last value";
        Finish(errors, $"MAE of {recipe.Target}{(recipe.Unit.Length == 0 ? "" : $" in {recipe.Unit}")}", result);
        Picture.Save(path, isValidated ? [losses, errors] : [losses], height: 720);
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
            plot.Add.VerticalLine(result.BestEpoch, width: 1, Colors.Gray, LinePattern.Dotted).LegendText = "best epoch";
        plot.XLabel("Epoch");
        plot.YLabel(label);
        plot.ShowLegend(Alignment.UpperRight);
    }
}
