using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary>What an epoch came to, in words, with the validation error, if any, in the target's unit.</summary>
/// <param name="recipe">The unit, and the deviation that training divides errors by.</param>
/// <param name="baseline">The mean absolute error of copying the last value, over the validation windows.</param>
internal sealed class EpochText(ForecastRecipe recipe, double baseline)
{
    private readonly string _unit = recipe.Unit.Length == 0 ? "" : " " + recipe.Unit;

    public string Describe(EpochRecord epoch)
    {
        string loss = string.Create(CultureInfo.InvariantCulture, $"loss {epoch.TrainingLoss:F4}");
        return epoch.ValidationMeanAbsoluteError is double error
            ? $"{loss}, validation MAE {ErrorTable.Number(error * recipe.TargetDeviation)}{_unit} (copy last value {ErrorTable.Number(baseline)})"
            : loss;
    }

    /// <summary>The time that the remaining epochs would take if each took as long as those done; early stopping may make it shorter.</summary>
    public static string TimeLeft(EpochRecord epoch, int epochs)
    {
        TimeSpan left = (epochs - epoch.Epoch) * (epoch.Elapsed / epoch.Epoch);
        return left.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalHours}:{left:mm\\:ss}")
            : left.ToString("m\\:ss", CultureInfo.InvariantCulture);
    }
}
