namespace NativeRnn;

/// <summary>One input feature of a forecast: a column or an expression over columns and time, and how it is normalised.</summary>
/// <param name="Name">What the feature is called.</param>
/// <param name="Expression">
/// What it is computed from, in the language of <see cref="ColumnExpression"/>; <c>[name]</c> for a plain column.
/// </param>
/// <param name="Mean">Subtracted from the value.</param>
/// <param name="Deviation">The difference is divided by this; above zero.</param>
public sealed record RecipeInput(string Name, string Expression, double Mean, double Deviation);

/// <summary>
/// How raw measurements become a forecast: which features go in, how they are normalised, and what the network's outputs mean.
/// forecast = output * <see cref="TargetDeviation"/> + <see cref="TargetMean"/>, in <see cref="Unit"/>. A network with one output forecasts
/// the step <see cref="Horizon"/> ahead; one with as many outputs as the horizon, or with a decoder, every step up to there.
/// </summary>
public sealed record ForecastRecipe
{
    /// <summary>
    /// The column that holds each row's time. Where it has another name from file to file, the names are separated by <c>|</c>, as
    /// in <c>date|Date Time</c>; the first that a file has counts.
    /// </summary>
    public required string TimeColumn { get; init; }

    /// <summary>The network's input features in order.</summary>
    public required IReadOnlyList<RecipeInput> Inputs { get; init; }

    /// <summary>The column that is forecast.</summary>
    public required string Target { get; init; }

    /// <summary>The mean of the target over the training rows, in its unit.</summary>
    public required double TargetMean { get; init; }

    /// <summary>The standard deviation of the target over the training rows, in its unit; above zero.</summary>
    public required double TargetDeviation { get; init; }

    /// <summary>The unit of the target, for printing; may be empty.</summary>
    public required string Unit { get; init; }

    /// <summary>Time steps the network looks at, k.</summary>
    public required int Window { get; init; }

    /// <summary>How many time steps after the window's last the forecast, or the last of several, is for.</summary>
    public required int Horizon { get; init; }

    /// <summary>The time from one step to the next.</summary>
    public required TimeSpan SamplingInterval { get; init; }

    /// <summary>The number that stands for a missing value in the columns, such as -9999, or null if there is none.</summary>
    public double? MissingValue { get; init; }

    /// <summary>The largest window times inputs, 2^24: what a forecaster keeps as float32 is then at most 64 MB.</summary>
    public const int MaxWindowValues = 1 << 24;

    /// <summary>The network's output in <see cref="Unit"/>.</summary>
    /// <param name="output">What the network gave.</param>
    public double ToUnit(float output) => output * TargetDeviation + TargetMean;

    /// <summary>The time that a forecast is for.</summary>
    /// <param name="last">The time of the last row that the network saw.</param>
    /// <exception cref="ArgumentException">It is past the year 9999.</exception>
    public DateTime ForecastTime(DateTime last) => ForecastTime(last, Horizon);

    /// <summary>The time a number of steps after a row's.</summary>
    internal DateTime ForecastTime(DateTime last, int steps)
    {
        Int128 ticks = last.Ticks + (Int128)steps * SamplingInterval.Ticks;
        return ticks <= DateTime.MaxValue.Ticks
            ? new DateTime((long)ticks, last.Kind)
            : throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{steps} intervals of {SamplingInterval} after {last:yyyy-MM-dd HH:mm:ss} is past the year 9999."));
    }

    /// <summary>Forecasts from one window: 1, for the step <see cref="Horizon"/> ahead, or one for each step up to it.</summary>
    /// <param name="architecture">The network that the recipe is for.</param>
    public int ForecastCount(Architecture architecture) => architecture.Decoder is null ? architecture.OutputSize : Horizon;

    /// <summary>Checks that the recipe is complete and fits a network.</summary>
    /// <exception cref="ArgumentException">A field is out of range; the message names it with what it is and what it must be.</exception>
    internal void ValidateFor(Architecture architecture)
    {
        if (architecture.ReturnsSequence)
            throw new ArgumentException("A forecast recipe needs a many-to-one network, but this one gives an output for every step.");
        if (architecture.OutputSize != 1 && (architecture.Decoder is not null || architecture.OutputSize != Horizon))
        {
            string choice = architecture.Decoder is null && Horizon > 1 ? $", or {Horizon} for every step of its horizon" : "";
            throw new ArgumentException($"A forecast recipe needs a network with 1 output{choice}, but this one has {architecture.OutputSize}.");
        }

        RequireName(TimeColumn, nameof(TimeColumn));
        RequireName(Target, nameof(Target));
        RequirePlain(Unit, nameof(Unit));
        RequireStatistics(TargetMean, TargetDeviation, nameof(TargetMean), nameof(TargetDeviation));
        RequireAtLeastOne(Window, nameof(Window));
        RequireAtLeastOne(Horizon, nameof(Horizon));
        if (architecture.Decoder is not null && Horizon > Architecture.MaxSize)
            throw new ArgumentException($"{nameof(Horizon)} must be at most {Architecture.MaxSize} with a decoder, but is {Horizon}.");
        if (SamplingInterval <= TimeSpan.Zero)
            throw new ArgumentException($"{nameof(SamplingInterval)} must be above zero, but is {SamplingInterval}.");

        if (MissingValue is double missing && !double.IsFinite(missing))
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"{nameof(MissingValue)} must be a finite number, but is {missing}."));

        if (Inputs is null || Inputs.Count != architecture.InputSize)
        {
            throw new ArgumentException(
                $"{nameof(Inputs)} must be {architecture.InputSize}, the network's input size, but are {Inputs?.Count ?? 0}.");
        }

        if ((long)Window * Inputs.Count > MaxWindowValues)
            throw new ArgumentException($"{nameof(Window)} {Window} times {Inputs.Count} inputs is more than {MaxWindowValues}.");
        ValidateInputs();
    }

    private void ValidateInputs()
    {
        HashSet<string> names = new(Inputs.Count);
        for (int i = 0; i < Inputs.Count; i++)
        {
            string field = $"{nameof(Inputs)}[{i}]";
            RecipeInput input = Inputs[i] ?? throw new ArgumentException($"{field} is null.");
            RequireName(input.Name, $"{field}.{nameof(RecipeInput.Name)}");
            if (!names.Add(input.Name))
                throw new ArgumentException($"{field}.{nameof(RecipeInput.Name)}: '{input.Name}' is there twice.");
            RequireStatistics(
                input.Mean, input.Deviation, $"{field}.{nameof(RecipeInput.Mean)}", $"{field}.{nameof(RecipeInput.Deviation)}");

            RequireName(input.Expression, $"{field}.{nameof(RecipeInput.Expression)}");
            try
            {
                ColumnExpression.Parse(input.Expression);
            }
            catch (FormatException exception)
            {
                throw new ArgumentException($"{field}.{nameof(RecipeInput.Expression)}: {exception.Message}", exception);
            }
        }
    }

    private static void RequireName(string? text, string field)
    {
        RequirePlain(text, field);
        if (string.IsNullOrWhiteSpace(text))
            throw new ArgumentException($"{field} is empty.");
    }

    /// <summary>Control characters have no place in a name, and printed to a terminal they could do harm.</summary>
    private static void RequirePlain(string? text, string field)
    {
        if (text is null)
            throw new ArgumentException($"{field} is missing.");
        int index = text.AsSpan().IndexOfAnyInRange('\0', '\u001F');
        if (index < 0)
            index = text.AsSpan().IndexOfAnyInRange('\u007F', '\u009F');
        if (index >= 0)
            throw new ArgumentException($"{field} has the control character U+{(int)text[index]:X4}.");
    }

    private static void RequireStatistics(double mean, double deviation, string meanField, string deviationField)
    {
        if (!double.IsFinite(mean))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"{meanField} must be a finite number, but is {mean}."));
        }

        if (!double.IsFinite(deviation) || deviation <= 0)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"{deviationField} must be a finite number above zero, but is {deviation}."));
        }
    }

    private static void RequireAtLeastOne(int value, string field)
    {
        if (value < 1)
            throw new ArgumentException($"{field} must be at least 1, but is {value}.");
    }
}
