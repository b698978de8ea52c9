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
    private readonly WindowTargets _wanted;

    /// <param name="features">The rows.</param>
    /// <param name="recipe">Normalisation, window and horizon.</param>
    /// <param name="targets">Which steps behind a window are forecast.</param>
    /// <exception cref="DataFormatException">The rows' distances do not fit the sampling interval, or a value is too large.</exception>
    public WindowTable(FeatureTable features, ForecastRecipe recipe, WindowTargets targets)
    {
        _recipe = recipe;
        _features = features;
        _wanted = targets;
        Leads = targets == WindowTargets.Horizon ? [recipe.Horizon] : [.. Enumerable.Range(1, recipe.Horizon)];
        _evenRows = new EvenRows(features.Table, recipe.SamplingInterval);
        _inputs = features.NormaliseInputs(recipe);
        _targets = features.NormaliseTargets(recipe);
    }

    /// <summary>Reads a file by the recipe of a model.</summary>
    /// <exception cref="DataFormatException">The file cannot be used; the message names row and column.</exception>
    public static WindowTable Read(string path, ForecastRecipe recipe, WindowTargets targets) => new(
        FeatureTable.Read(
            path, recipe.TimeColumn, recipe.Inputs, recipe.Target, MinimumRows(recipe.Window, recipe.Horizon), recipe.MissingValue),
        recipe,
        targets);

    /// <summary>The steps that a forecast network with a recipe of this horizon gives.</summary>
    public static WindowTargets TargetsOf(Architecture architecture, int horizon)
        => architecture.Decoder is not null ? WindowTargets.EachStep
            : architecture.OutputSize > 1 && architecture.OutputSize == horizon ? WindowTargets.AllStepsAtOnce
            : WindowTargets.Horizon;

    /// <summary>
    /// The steps ahead that are forecast from a window. Forecasts and what they are held against lie window after window, in each lead after lead.
    /// </summary>
    public IReadOnlyList<int> Leads { get; }

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

    /// <summary>The windows whose targets lie in a range of rows.</summary>
    /// <param name="firstTarget">The first row that may be a target.</param>
    /// <param name="endOfTargets">The first row that may not.</param>
    public WindowSet FindWindows(int firstTarget, int endOfTargets)
    {
        int before = firstTarget == 0 ? 0 : (_recipe.Horizon - Leads[0]) * _evenRows.RowsPerStep;
        return _evenRows.FindWindows(_recipe.Window, _recipe.Horizon, Math.Min(firstTarget + before, endOfTargets), endOfTargets);
    }

    /// <summary>Windows as samples for training: normalised inputs and targets.</summary>
    /// <param name="windows">The windows; at least one.</param>
    public WindowSource ToSource(WindowSet windows) => new(
        _inputs, _recipe.Inputs.Count, _targets, 1, _recipe.Window, _recipe.Horizon, _evenRows.RowsPerStep, windows.LastRows, _wanted);

    /// <summary>The row that a window forecasts, the farthest of several.</summary>
    /// <param name="lastRow">The window's last row.</param>
    public int TargetRowOf(int lastRow) => RowAfter(lastRow, _recipe.Horizon);

    /// <summary>The times that windows forecast, the farthest of each.</summary>
    public DateTime[] TargetTimes(WindowSet windows) => [.. windows.LastRows.Select(row => Table.Times[TargetRowOf(row)])];

    /// <summary>What came true, in the target's unit, for each window and lead.</summary>
    public double[] ActualValues(WindowSet windows) => Targets(windows, lead => lead);

    /// <summary>What copying the target of each window's last row forecasts, in the target's unit, for each lead.</summary>
    public double[] LastValues(WindowSet windows) => Targets(windows, _ => 0);

    /// <summary>What copying the target of a whole horizon earlier forecasts, in the target's unit: of the same hour a day before, where that is the horizon.</summary>
    public double[] ValuesAHorizonBefore(WindowSet windows) => Targets(windows, lead => lead - _recipe.Horizon);

    private double[] Targets(WindowSet windows, Func<int, int> stepOf)
        => [.. windows.LastRows.SelectMany(row => Leads.Select(lead => _features.Targets[RowAfter(row, stepOf(lead))]))];

    private int RowAfter(int row, int steps) => row + steps * _evenRows.RowsPerStep;

    /// <summary>
    /// What a model forecasts, in the target's unit, for each window and lead; by the runtime, as on the device. A model that forecasts the next
    /// step alone is rolled forward: its forecast is its next input.
    /// </summary>
    /// <exception cref="InputException">A forecast is not a finite number.</exception>
    public double[] Forecasts(RnnModel model, WindowSet windows)
    {
        const int MaxBatch = 64;
        WindowSource source = ToSource(windows);
        using RnnSession session = model.CreateSession(new SessionOptions { MaxBatch = MaxBatch, MaxSteps = _recipe.Window });
        int[] indices = [.. Enumerable.Range(0, source.Count)];
        int count = Leads.Count;
        bool isRolled = _recipe.ForecastCount(model.Architecture) != count;
        float[] inputs = new float[MaxBatch * source.Steps * source.InputSize];
        float[] unusedTargets = new float[MaxBatch * count];
        float[] outputs = new float[MaxBatch * count];
        double[] forecasts = new double[source.Count * count];
        for (int first = 0; first < source.Count; first += MaxBatch)
        {
            int batch = Math.Min(MaxBatch, source.Count - first);
            Span<float> batchInputs = inputs.AsSpan(0, batch * source.Steps * source.InputSize);
            source.Read(indices.AsSpan(first, batch), batchInputs, unusedTargets.AsSpan(0, batch * count));
            if (!isRolled)
                session.RunBatch(batchInputs, batch, outputs.AsSpan(0, batch * count));
            for (int i = 0; i < batch && isRolled; i++)
                RollForward.Run(session, batchInputs.Slice(i * source.Steps, source.Steps), outputs.AsSpan(i * count, count));
            for (int i = 0; i < batch * count; i++)
                forecasts[first * count + i] = outputs[i] * _recipe.TargetDeviation + _recipe.TargetMean;
        }

        int bad = Array.FindIndex(forecasts, forecast => !double.IsFinite(forecast));
        if (bad < 0)
            return forecasts;
        int line = Table.LineOf(TargetRowOf(windows.LastRows[bad / count]));
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
        float[] target = new float[Leads.Count];
        source.Read([index], window, target);
        return window[^(Math.Min(maxSteps, source.Steps) * source.InputSize)..];
    }
}
