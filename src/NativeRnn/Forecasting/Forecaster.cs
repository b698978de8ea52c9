using CommunityToolkit.HighPerformance;

namespace NativeRnn;

/// <summary>
/// Turns a window of raw measurements into a forecast in the target's unit, by the model's recipe. It owns every buffer,
/// allocates nothing after it is created, and belongs to one thread at a time.
/// </summary>
public sealed class Forecaster : IDisposable
{
    private readonly ForecastRecipe _recipe;
    private readonly FeatureTransform _transform;
    private readonly RnnSession _session;
    private readonly float[] _features;
    private readonly float[] _output;

    /// <summary>Makes a model ready to forecast.</summary>
    /// <param name="model">A model with a recipe.</param>
    /// <param name="options">
    /// The vector width to use; null for the default. Batch and sequence length follow from the recipe whatever is said here.
    /// </param>
    /// <exception cref="ArgumentException">The model has no recipe.</exception>
    public Forecaster(RnnModel model, SessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _recipe = model.Recipe
            ?? throw new ArgumentException("The model has no forecast recipe: it takes and gives plain numbers.", nameof(model));
        _transform = new FeatureTransform(_recipe.Inputs, _recipe.Target);
        _features = new float[_recipe.Window * _transform.FeatureCount];
        _output = new float[_recipe.ForecastCount(model.Architecture)];
        _session = model.CreateSession((options ?? new SessionOptions()) with { MaxBatch = 1, MaxSteps = _recipe.Window });
    }

    /// <summary>The columns of the rows that a forecast takes, in order.</summary>
    public IReadOnlyList<string> SourceColumns => _transform.SourceColumns;

    /// <summary>Forecasts from one window: 1, or one for each step up to the recipe's horizon.</summary>
    public int ForecastCount => _output.Length;

    /// <summary>Forecasts the step at the recipe's horizon from one window. Allocates nothing.</summary>
    /// <param name="rows">The measurements, oldest first, <c>[window, source columns]</c>.</param>
    /// <param name="times">The rows' times, <c>[window]</c>.</param>
    /// <exception cref="ArgumentException">
    /// The sizes are not those of the recipe; a value, or what an input's expression makes of it, is not a finite number that float32
    /// holds (the message names row and column, rows counted from 1); or the forecast's time is past the year 9999.
    /// </exception>
    public Forecast Forecast(ReadOnlySpan2D<double> rows, ReadOnlySpan<DateTime> times)
    {
        Run(rows, times);
        return ForecastAt(_output.Length - 1, rows, times);
    }

    /// <summary>Makes all forecasts from one window. Allocates nothing.</summary>
    /// <param name="rows">The measurements, oldest first, <c>[window, source columns]</c>.</param>
    /// <param name="times">The rows' times, <c>[window]</c>.</param>
    /// <param name="forecasts">Receives the forecasts, the nearest first, as many as <see cref="ForecastCount"/>.</param>
    /// <exception cref="ArgumentException">As for one forecast.</exception>
    public void Forecast(ReadOnlySpan2D<double> rows, ReadOnlySpan<DateTime> times, Span<Forecast> forecasts)
    {
        if (forecasts.Length != _output.Length)
            throw new ArgumentException($"The model makes {_output.Length} forecasts, but there is room for {forecasts.Length}.", nameof(forecasts));
        Run(rows, times);
        for (int i = 0; i < forecasts.Length; i++)
            forecasts[i] = ForecastAt(i, rows, times);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private Forecast ForecastAt(int index, ReadOnlySpan2D<double> rows, ReadOnlySpan<DateTime> times)
    {
        int steps = _recipe.Horizon - (_output.Length - 1 - index);
        return new Forecast(
            _recipe.ToUnit(_output[index]), _recipe.ForecastTime(times[^1], steps), rows[rows.Height - 1, _transform.TargetColumn]);
    }

    private void Run(ReadOnlySpan2D<double> rows, ReadOnlySpan<DateTime> times)
    {
        if (rows.Height != _recipe.Window || rows.Width != SourceColumns.Count)
        {
            throw new ArgumentException(
                $"The recipe takes [{_recipe.Window}, {SourceColumns.Count}] values, but [{rows.Height}, {rows.Width}] were given.",
                nameof(rows));
        }

        if (times.Length != _recipe.Window)
            throw new ArgumentException($"The recipe takes {_recipe.Window} times, but {times.Length} were given.", nameof(times));

        int featureCount = _transform.FeatureCount;
        for (int step = 0; step < rows.Height; step++)
        {
            Span<float> features = _features.AsSpan(step * featureCount, featureCount);
            ReadOnlySpan<double> row = rows.GetRowSpan(step);
            RequireFiniteValues(row, step, times[step]);
            _transform.ComputeNormalised(row, times[step], features);
            RequireFiniteFeatures(features, step, times[step]);
        }

        _session.Run(_features, _output);
    }

    private void RequireFiniteValues(ReadOnlySpan<double> row, int step, DateTime time)
    {
        for (int column = 0; column < row.Length; column++)
        {
            if (!double.IsFinite(row[column]))
                throw NotFinite(step, time, $"column '{SourceColumns[column]}'", Invariant(row[column]));
        }
    }

    private void RequireFiniteFeatures(ReadOnlySpan<float> features, int step, DateTime time)
    {
        for (int feature = 0; feature < features.Length; feature++)
        {
            if (float.IsFinite(features[feature]))
                continue;
            RecipeInput input = _recipe.Inputs[feature];
            throw NotFinite(step, time, $"input '{input.Name}'", $"{input.Expression}, normalised, is {Invariant(features[feature])}; it");
        }
    }

    private static ArgumentException NotFinite(int step, DateTime time, string where, string what)
        => new($"Row {step + 1} of the window ({Show(time)}), {where}: {what} is not a finite number.");

    private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Show(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
