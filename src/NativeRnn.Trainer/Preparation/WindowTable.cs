using NativeRnn.Data;
using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary>A file's rows, normalised by a recipe, and the windows that can be made of them.</summary>
internal sealed class WindowTable
{
    private readonly ForecastRecipe _recipe;
    private readonly FeatureTable _features;
    private readonly EvenRows _evenRows;
    private readonly float[] _inputs;
    private readonly float[] _targets;

    /// <exception cref="DataFormatException">The rows' distances do not fit the sampling interval, or a value is too large.</exception>
    public WindowTable(FeatureTable features, ForecastRecipe recipe)
    {
        _recipe = recipe;
        _features = features;
        _evenRows = new EvenRows(features.Table, recipe.SamplingInterval);
        _inputs = features.NormaliseInputs(recipe);
        _targets = features.NormaliseTargets(recipe);
    }

    /// <summary>Reads a file by the recipe of a model.</summary>
    /// <exception cref="DataFormatException">The file cannot be used; the message names row and column.</exception>
    public static WindowTable Read(string path, ForecastRecipe recipe) => new(
        FeatureTable.Read(
            path, recipe.TimeColumn, recipe.Inputs, recipe.Target, MinimumRows(recipe.Window, recipe.Horizon), recipe.MissingValue),
        recipe);

    /// <summary>The rows as they were read.</summary>
    public CsvTable Table => _features.Table;

    /// <summary>How many rows the file has, and how many of them play no part.</summary>
    public string RowCounts
    {
        get
        {
            string missing = Table.RowsWithMissingValues == 0 ? "" : $"; {Table.RowsWithMissingValues} more with a missing value";
            string duplicates = Table.DuplicateRows == 0 ? "" : $"; {Table.DuplicateRows} more that repeat an earlier one";
            return $"{Table.RowCount}{missing}{duplicates}";
        }
    }

    /// <summary>The rows that one window and its target take.</summary>
    public static int MinimumRows(int window, int horizon) => (int)Math.Min((long)window + horizon, int.MaxValue);

    /// <summary>The windows whose target lies in a range of rows.</summary>
    /// <param name="firstTarget">The first row that may be a target.</param>
    /// <param name="endOfTargets">The first row that may not.</param>
    public WindowSet FindWindows(int firstTarget, int endOfTargets)
        => _evenRows.FindWindows(_recipe.Window, _recipe.Horizon, firstTarget, endOfTargets);

    /// <summary>Windows as samples for training: normalised inputs and targets.</summary>
    /// <param name="windows">The windows; at least one.</param>
    public WindowSource ToSource(WindowSet windows) => new(
        _inputs, _recipe.Inputs.Count, _targets, 1, _recipe.Window, _recipe.Horizon, _evenRows.RowsPerStep, windows.LastRows);

    /// <summary>The row that a window forecasts.</summary>
    /// <param name="lastRow">The window's last row.</param>
    public int TargetRowOf(int lastRow) => lastRow + _recipe.Horizon * _evenRows.RowsPerStep;

    /// <summary>The times that windows forecast.</summary>
    public DateTime[] TargetTimes(WindowSet windows) => [.. windows.LastRows.Select(row => Table.Times[TargetRowOf(row)])];

    /// <summary>What came true, in the target's unit, for each window.</summary>
    public double[] ActualValues(WindowSet windows) => [.. windows.LastRows.Select(row => _features.Targets[TargetRowOf(row)])];

    /// <summary>What copying the target of each window's last row forecasts, in the target's unit.</summary>
    public double[] LastValues(WindowSet windows) => [.. windows.LastRows.Select(row => _features.Targets[row])];

    /// <summary>What a model forecasts, in the target's unit, for each window; by the runtime, as on the device.</summary>
    /// <exception cref="InputException">A forecast is not a finite number.</exception>
    public double[] Forecasts(RnnModel model, WindowSet windows)
    {
        const int MaxBatch = 64;
        WindowSource source = ToSource(windows);
        using RnnSession session = model.CreateSession(new SessionOptions { MaxBatch = MaxBatch, MaxSteps = _recipe.Window });
        int[] indices = [.. Enumerable.Range(0, source.Count)];
        float[] inputs = new float[MaxBatch * source.Steps * source.InputSize];
        float[] unusedTargets = new float[MaxBatch];
        float[] outputs = new float[MaxBatch];
        double[] forecasts = new double[source.Count];
        for (int first = 0; first < source.Count; first += MaxBatch)
        {
            int batch = Math.Min(MaxBatch, source.Count - first);
            Span<float> batchInputs = inputs.AsSpan(0, batch * source.Steps * source.InputSize);
            source.Read(indices.AsSpan(first, batch), batchInputs, unusedTargets.AsSpan(0, batch));
            session.RunBatch(batchInputs, batch, outputs.AsSpan(0, batch));
            for (int i = 0; i < batch; i++)
                forecasts[first + i] = outputs[i] * _recipe.TargetDeviation + _recipe.TargetMean;
        }

        int bad = Array.FindIndex(forecasts, forecast => !double.IsFinite(forecast));
        if (bad < 0)
            return forecasts;
        int line = Table.LineOf(TargetRowOf(windows.LastRows[bad]));
        throw new InputException(FormattableString.Invariant(
            $"the model's forecast for row {line} of {Table.File} is {forecasts[bad]}, not a finite number"));
    }

    /// <summary>The normalised inputs of a window's last steps, <c>[steps, features]</c>.</summary>
    /// <param name="windows">Windows.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="maxSteps">Steps at most.</param>
    public float[] EndOfWindow(WindowSet windows, int index, int maxSteps)
    {
        WindowSource source = ToSource(windows);
        float[] window = new float[source.Steps * source.InputSize];
        float[] target = new float[1];
        source.Read([index], window, target);
        return window[^(Math.Min(maxSteps, source.Steps) * source.InputSize)..];
    }
}
