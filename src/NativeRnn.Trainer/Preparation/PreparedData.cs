using NativeRnn.Data;
using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary>A file made ready for training by a spec: a recipe measured on the training rows, and the windows of each part.</summary>
internal sealed class PreparedData
{
    private PreparedData(ForecastRecipe recipe, WindowTable windows, WindowSet training, WindowSet? validation, WindowSet test)
    {
        Recipe = recipe;
        Windows = windows;
        Training = training;
        Validation = validation;
        Test = test;
    }

    /// <summary>How raw rows become inputs, with means and deviations of the training rows alone.</summary>
    public ForecastRecipe Recipe { get; }

    public WindowTable Windows { get; }

    public WindowSet Training { get; }

    /// <summary>The windows of the validation part, or null when the split has none.</summary>
    public WindowSet? Validation { get; }

    /// <summary>The windows of the test part; there may be none.</summary>
    public WindowSet Test { get; }

    /// <summary>
    /// Reads and splits a file. A window belongs to the part in which its targets lie. It may begin in an earlier part, but as
    /// its rows all come before its targets, it never holds anything of a later part.
    /// </summary>
    /// <exception cref="DataFormatException">The file cannot be used; the message names row and column.</exception>
    public static PreparedData Read(TrainingSpec spec, string path)
    {
        int minimumRows = WindowTable.MinimumRows(spec.Window, spec.Horizon);
        FeatureTable features = FeatureTable.Read(path, spec.TimeColumn, spec.Inputs, spec.Target, minimumRows, spec.MissingValue);
        int trainEnd = spec.Split.TrainUntil.FirstRowIn(features.Table);
        int testStart = spec.Split.TestFrom.FirstRowIn(features.Table);
        int testEnd = spec.Split.TestUntil?.FirstRowIn(features.Table) ?? features.Table.RowCount;
        if (trainEnd < minimumRows)
        {
            string expected = $"at least {minimumRows} (window {spec.Window} and horizon {spec.Horizon})";
            throw TooFew(path, "training", trainEnd == 1 ? "1 row" : $"{trainEnd} rows", expected);
        }

        ForecastRecipe recipe = MakeRecipe(spec, features, trainEnd);
        WindowTable windows = new(features, recipe, WindowTable.TargetsOf(spec.Architecture, spec.Horizon));
        PreparedData data = new(
            recipe,
            windows,
            windows.FindWindows(0, trainEnd),
            spec.Split.ValidationUntil is null ? null : windows.FindWindows(trainEnd, testStart),
            windows.FindWindows(testStart, testEnd));
        RequireWindows(path, "training", data.Training);
        if (data.Validation is not null)
            RequireWindows(path, "validation", data.Validation);
        return data;
    }

    /// <exception cref="DataFormatException">The part has no windows.</exception>
    public static void RequireWindows(string path, string part, WindowSet windows)
    {
        if (windows.LastRows.Count > 0)
            return;
        string found = windows.SkippedForGaps == 0 ? "no windows" : $"no windows without a gap ({windows.SkippedForGaps} with one)";
        throw TooFew(path, part, found, "at least 1");
    }

    private static ForecastRecipe MakeRecipe(TrainingSpec spec, FeatureTable features, int trainingRows)
    {
        bool isProbability = spec.Options.Loss.Kind == LossKind.BinaryCrossEntropy;
        if (isProbability)
            RequireProbabilities(features);
        (double mean, double deviation) = isProbability ? (0, 1) : features.MeasureTarget(trainingRows);
        return new ForecastRecipe
        {
            TimeColumn = spec.TimeColumn,
            Inputs = features.MeasureInputs(trainingRows),
            Target = spec.Target,
            TargetMean = mean,
            TargetDeviation = deviation,
            Unit = spec.Unit,
            Window = spec.Window,
            Horizon = spec.Horizon,
            SamplingInterval = spec.SamplingInterval,
            MissingValue = spec.MissingValue,
        };
    }

    private static void RequireProbabilities(FeatureTable features)
    {
        for (int row = 0; row < features.Targets.Count; row++)
        {
            double target = features.Targets[row];
            if (target is not (>= 0 and <= 1))
                throw features.Error(
                    row, $"'{features.TargetName}'", $"found {target}, but the loss binary_cross_entropy takes targets from 0 to 1");
        }
    }

    private static DataFormatException TooFew(string path, string part, string found, string expected)
        => new($"the {part} part has {found}, expected {expected}", path, hint: "look at the spec's split, window and horizon");
}
