using CommunityToolkit.HighPerformance;

namespace NativeRnn.Tests.Forecasting;

public sealed class ForecasterTests
{
    private static readonly DateTime[] Times = [new(2021, 1, 1, 0, 0, 0), new(2021, 1, 1, 6, 0, 0), new(2021, 1, 1, 12, 0, 0)];

    [Fact]
    public void Forecast_Window_AppliesExpressionsNormalisationAndUnit()
    {
        using Forecaster forecaster = new(Recipes.Model().WithRecipe(Recipes.Valid()));
        // temp, wind; the features are (temp - 10) / 4 and (temp - wind^2 - 1) / 2.
        double[,] rows = { { 14, 1 }, { 10, 3 }, { 18, 2 } };

        Forecast forecast = forecaster.Forecast(rows, Times);

        Assert.Equal(["temp", "wind"], forecaster.SourceColumns);
        // Step inputs: 1 + 0.5 * 6 = 4; 0 + 0.5 * 0 = 0; 2 + 0.5 * 6.5 = 5.25. All exact in float32.
        Assert.Equal((5.25 + 0.25 * 0 + 0.0625 * 4) * 8 + 100, forecast.Value);
        Assert.Equal(new DateTime(2021, 1, 2), forecast.Time);
        Assert.Equal(18, forecast.LastValue);
    }

    [Fact]
    public void Forecast_TargetThatIsNoInput_IsStillTheLastValue()
    {
        using Forecaster forecaster = new(Recipes.Model().WithRecipe(Recipes.Valid() with { Target = "pressure" }));

        Forecast forecast = forecaster.Forecast(new double[,] { { 1, 1, 7 }, { 1, 1, 8 }, { 1, 1, 9 } }, Times);

        Assert.Equal(["temp", "wind", "pressure"], forecaster.SourceColumns);
        Assert.Equal(9, forecast.LastValue);
    }

    /// <summary>With a decoder, and with an output for each step, the nearest forecast is the first.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forecast_SeveralStepsAhead_GivesTheNearestFirst(bool isDecoder)
    {
        ForecastRecipe recipe = Recipes.Valid();
        Dictionary<string, float[]> weights = new()
        {
            ["simple_rnn.kernel"] = [1, 0.5f],
            ["simple_rnn.recurrent_kernel"] = [0.25f],
            ["simple_rnn.bias"] = [0],
        };
        ModelBuilder builder = new ModelBuilder(2).SimpleRnn(1, Activation.Linear);
        if (isDecoder)
        {
            // h = h' - x from the encoder's h; x is the output before, at first 0: h, then 0.
            builder.Decoder(1).SimpleRnn(1, Activation.Linear, returnSequences: true);
            (weights["decoder.simple_rnn.kernel"], weights["decoder.simple_rnn.recurrent_kernel"], weights["decoder.simple_rnn.bias"]) = ([-1], [1], [0]);
        }
        else
        {
            builder.Dense(2);
            (weights["dense.kernel"], weights["dense.bias"]) = ([1, 0], [0, 0]);
        }

        using Forecaster forecaster = new(builder.Build(weights).WithRecipe(recipe));
        double[,] rows = { { 14, 1 }, { 10, 3 }, { 18, 2 } };
        var forecasts = new Forecast[forecaster.ForecastCount];
        forecaster.Forecast(rows, Times, forecasts);

        Assert.Equal(
            [new Forecast(5.5 * 8 + 100, new DateTime(2021, 1, 1, 18, 0, 0), 18), new Forecast(100, new DateTime(2021, 1, 2), 18)], forecasts);
        Assert.Equal(forecasts[1], forecaster.Forecast(rows, Times));
        Assert.Throws<ArgumentException>(() => forecaster.Forecast(rows, Times, new Forecast[1]));
        Assert.Throws<ArgumentException>(() => builder.Build(weights).WithRecipe(recipe with { Horizon = isDecoder ? 70_000 : 3 }));
    }

    [Fact]
    public void Forecast_BidirectionalNetwork_GetsItsSteps()
    {
        const int Window = 1500;
        RnnModel model = new ModelBuilder(inputSize: 2)
            .Bidirectional(new SimpleRnn(1) { Activation = Activation.Linear }, Merge.Sum)
            .Build(Architecture().Parameters.ToDictionary(shape => shape.Name, shape => new float[shape.Count]));
        using Forecaster forecaster = new(model.WithRecipe(Recipes.Valid() with { Window = Window }));

        Forecast forecast = forecaster.Forecast(new double[Window, 2], new DateTime[Window]);

        Assert.Equal(100, forecast.Value);

        static Architecture Architecture() => new ModelBuilder(inputSize: 2).Bidirectional(new SimpleRnn(1) { Activation = Activation.Linear }, Merge.Sum).Build();
    }

    [Fact]
    public void Forecast_AllocatesNothing()
    {
        using Forecaster forecaster = new(Recipes.Model().WithRecipe(Recipes.Valid()));
        double[,] rows = { { 14, 1 }, { 10, 3 }, { 18, 2 } };
        double sum = forecaster.Forecast(rows, Times).Value;

        long allocated = Allocated.By(() =>
        {
            for (int i = 0; i < 100; i++)
                sum += forecaster.Forecast(rows, Times).Value;
        });

        Assert.Equal(0, allocated);
        Assert.Equal(101 * 144.0, sum);
    }

    [Fact]
    public void Create_ModelWithoutRecipe_IsRefused()
        => Assert.Contains("no forecast recipe", Assert.Throws<ArgumentException>(() => new Forecaster(Recipes.Model())).Message);

    [Theory]
    [InlineData(2, 2, 3, "[3, 2] values, but [2, 2]")]
    [InlineData(3, 3, 3, "[3, 2] values, but [3, 3]")]
    [InlineData(3, 2, 2, "3 times, but 2")]
    public void Forecast_WrongSizes_SaysActualAndExpected(int rows, int columns, int times, string expected)
    {
        using Forecaster forecaster = new(Recipes.Model().WithRecipe(Recipes.Valid()));

        ArgumentException exception = Assert.Throws<ArgumentException>(() => forecaster.Forecast(new double[rows, columns], new DateTime[times]));

        Assert.Contains(expected, exception.Message);
    }

    [Theory]
    [InlineData("[temp]", double.NaN, "Row 2 of the window (2021-01-01 06:00:00), column 'wind': NaN")]
    [InlineData("ln(wind)", -1, "Row 2 of the window (2021-01-01 06:00:00), input 'temp': ln(wind), normalised, is NaN")]
    [InlineData("wind", 1e300, "Row 2 of the window (2021-01-01 06:00:00), input 'temp': wind, normalised, is Infinity")]
    public void Forecast_NotFinite_NamesRowAndColumn(string expression, double wind, string expected)
    {
        ForecastRecipe recipe = Recipes.Valid();
        recipe = recipe with { Inputs = [recipe.Inputs[0] with { Expression = expression }, recipe.Inputs[1] with { Expression = "temp + 0 * wind" }] };
        using Forecaster forecaster = new(Recipes.Model().WithRecipe(recipe));
        int windColumn = forecaster.SourceColumns.ToList().IndexOf("wind");
        double[,] rows = { { 1, 1 }, { 1, 1 }, { 1, 1 } };
        rows[1, windColumn] = wind;

        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => forecaster.Forecast(rows, Times)).Message);
    }

    [Fact]
    public void Forecast_PastTheCalendarsEnd_IsRefused()
    {
        using Forecaster forecaster = new(Recipes.Model().WithRecipe(Recipes.Valid() with { Horizon = int.MaxValue, SamplingInterval = TimeSpan.MaxValue }));

        Assert.Contains("year 9999", Assert.Throws<ArgumentException>(() => forecaster.Forecast(new double[3, 2], Times)).Message);
    }
}
