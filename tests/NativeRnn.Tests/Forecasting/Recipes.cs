namespace NativeRnn.Tests.Forecasting;

/// <summary>A small valid recipe with a network whose forecast is easily computed by hand.</summary>
internal static class Recipes
{
    public static ForecastRecipe Valid() => new()
    {
        TimeColumn = "time",
        Inputs =
        [
            new RecipeInput("temp", "[temp]", 10, 4),
            new RecipeInput("wind chill", "temp - wind ^ 2", 1, 2),
        ],
        Target = "temp",
        TargetMean = 100,
        TargetDeviation = 8,
        Unit = "degrees C",
        Window = 3,
        Horizon = 2,
        SamplingInterval = TimeSpan.FromHours(6),
    };

    /// <summary>output = 1 x_0 + 0.5 x_1 + 0.25 (the same a step earlier) + 0.0625 (the same two steps earlier).</summary>
    public static RnnModel Model() => new ModelBuilder(inputSize: 2)
        .SimpleRnn(1, Activation.Linear)
        .Build(new Dictionary<string, float[]>
        {
            ["simple_rnn.kernel"] = [1, 0.5f],
            ["simple_rnn.recurrent_kernel"] = [0.25f],
            ["simple_rnn.bias"] = [0],
        });
}
