namespace NativeRnn;

/// <summary>One input feature of a forecast: a column or an expression over columns and time, and how it is normalised.</summary>
/// <param name="Name">What the feature is called.</param>
/// <param name="Expression">What it is computed from, in the language of <see cref="ColumnExpression"/>; <c>[name]</c> for a plain column.</param>
/// <param name="Mean">Subtracted from the value.</param>
/// <param name="Deviation">The difference is divided by this; above zero.</param>
public sealed record RecipeInput(string Name, string Expression, double Mean, double Deviation);

/// <summary>
/// How raw measurements become a forecast: which features go in, how they are normalised, and what the network's one output
/// means. forecast = output * <see cref="TargetDeviation"/> + <see cref="TargetMean"/>, in <see cref="Unit"/>.
/// </summary>
public sealed record ForecastRecipe
{
    /// <summary>The column that holds each row's time.</summary>
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

    /// <summary>How many time steps after the window's last the forecast is for.</summary>
    public required int Horizon { get; init; }

    /// <summary>The time from one step to the next.</summary>
    public required TimeSpan SamplingInterval { get; init; }

    internal void ValidateFor(Architecture architecture) => throw new NotImplementedException();
}
