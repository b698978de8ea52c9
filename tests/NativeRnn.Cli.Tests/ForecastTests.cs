using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NativeRnn.Cli.Tests;

public sealed class ForecastTests : IDisposable
{
    // Features: (1, 0), (0, 1), (2, 0.5), so h = 1, 0.75, 2.4375 and the forecast is 2.4375 * 8 + 16.
    private const string Data =
        "date,temp_max,wind,weather\n2020-02-26,x,,?\n2020-02-27,14,2,sun\n2020-02-28,10,4,rain\n2020-02-29,18,3,sun\n";

    private readonly TestFolder _folder = new();

    [Fact]
    public void Forecast_Text_ShowsForecastAndLastValueWithUnitAndTime()
    {
        CommandLineResult result = CommandLineProcess.Run("forecast", _folder.Save(TestFolder.Forecasting()), _folder.Write(Data));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal("temp_max on 2020-03-01: 35.50 °C (forecast)\ntemp_max on 2020-02-29: 18.00 °C (last value)\n", result.Output);
    }

    [Theory]
    [InlineData("--json", false)]
    [InlineData("--json", true)]
    public void Forecast_Json_IsOneObject(string option, bool fromStandardInput)
    {
        string model = _folder.Save(TestFolder.Forecasting());
        CommandLineResult result = fromStandardInput
            ? CommandLineProcess.RunWithInput(Data, "forecast", model, "-", option)
            : CommandLineProcess.Run("forecast", option, model, _folder.Write(Data));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        JsonElement json = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(["target", "unit", "time", "value", "last_time", "last_value"], json.EnumerateObject().Select(property => property.Name));
        Assert.Equal("temp_max", json.GetProperty("target").GetString());
        Assert.Equal("°C", json.GetProperty("unit").GetString());
        Assert.Equal(new DateTime(2020, 3, 1), json.GetProperty("time").GetDateTime());
        Assert.Equal(35.5, json.GetProperty("value").GetDouble());
        Assert.Equal(new DateTime(2020, 2, 29), json.GetProperty("last_time").GetDateTime());
        Assert.Equal(18, json.GetProperty("last_value").GetDouble());
    }

    [Fact]
    public void Forecast_JsonOfTextWithQuotesAndBackslashes_EscapesThem()
    {
        string model = _folder.Save(TestFolder.Forecasting(change: recipe => recipe with { Unit = """"a\b\u0041"° """" }));

        CommandLineResult result = CommandLineProcess.Run("forecast", model, _folder.Write(Data), "--json");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(""""a\b\u0041"° """", JsonDocument.Parse(result.Output).RootElement.GetProperty("unit").GetString());
    }

    [Fact]
    public void Forecast_EncoderDecoder_GivesEveryStepUpToItsHorizon()
    {
        string model = _folder.Save(TestFolder.Forecasting(horizon: 2));
        string data = _folder.Write(Data);

        Assert.Equal(
            "temp_max on 2020-03-01: 35.50 °C (forecast)\ntemp_max on 2020-03-02: 16.00 °C (forecast)\ntemp_max on 2020-02-29: 18.00 °C (last value)\n",
            CommandLineProcess.Run("forecast", model, data).Output);
        JsonElement json = JsonDocument.Parse(CommandLineProcess.Run("forecast", model, data, "--json").Output).RootElement;
        Assert.Equal(["target", "unit", "forecasts", "last_time", "last_value"], json.EnumerateObject().Select(property => property.Name));
        Assert.Equal([35.5, 16], json.GetProperty("forecasts").EnumerateArray().Select(forecast => forecast.GetProperty("value").GetDouble()));
        Assert.Equal(new DateTime(2020, 3, 2), json.GetProperty("forecasts")[1].GetProperty("time").GetDateTime());
        Assert.Equal(
            "2020-02-29,,\n2020-03-01,,\n2020-03-02,35.5,16\n",
            CommandLineProcess.RunWithInput("date,temp_max,wind\n2020-02-27,14,2\n2020-02-28,10,4\n2020-02-29,18,3\n", "stream", model).Output);
    }

    [Fact]
    public void Forecast_SeattleWeather_TakesTheLastTenDays()
    {
        CommandLineResult result = CommandLineProcess.Run(
            "forecast", _folder.Save(TestFolder.Forecasting(window: 10)), Path.Combine(AppContext.BaseDirectory, "seattle-weather.csv"));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        // temp_max and wind of the last days of the file; what came before is some -1 and weighs 0.25^4, 0.004.
        double[,] rows = { { 5.0, 1.3 }, { 7.2, 2.6 }, { 5.6, 3.4 }, { 5.6, 3.5 } };
        double h = 0;
        for (int day = 0; day < 4; day++)
            h = (rows[day, 0] - 10) / 4 + 0.5 * (rows[day, 1] - 2) / 2 + 0.25 * h;
        Match forecast = Regex.Match(result.Output, @"^temp_max on 2016-01-01: (-?\d+\.\d\d) °C \(forecast\)\n");
        Assert.Equal(h * 8 + 16, double.Parse(forecast.Groups[1].Value, CultureInfo.InvariantCulture), 8 * 2 * 0.004);
        Assert.EndsWith("temp_max on 2015-12-31: 5.60 °C (last value)\n", result.Output);
    }

    [Fact]
    public void Forecast_JitterOfTheClock_IsTolerated()
    {
        const string Jitter = "date,temp_max,wind\n2020-02-27 00:03,14,2\n2020-02-28 00:00,10,4\n2020-02-29 00:05:30,18,3\n";

        CommandLineResult result = CommandLineProcess.Run("forecast", _folder.Save(TestFolder.Forecasting()), _folder.Write(Jitter));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("temp_max on 2020-03-01 00:05:30: 35.50 °C (forecast)\n", result.Output);
    }

    [Theory]
    [InlineData("date,temp_max\n2020-02-27,14\n", "row 1: there is no column 'wind'; there are 'date', 'temp_max'", null)]
    [InlineData("date,temp_max,wind\n2020-02-27,14,2\n2020-02-28,10,\n2020-02-29,18,3\n", "row 3, column 'wind': the value is missing", null)]
    [InlineData("date,temp_max,wind\n2020-02-27,14,2\n2020-02-28,10,calm\n2020-02-29,18,3\n", "row 3, column 'wind': found 'calm', expected a number", null)]
    [InlineData("date,temp_max,wind\n2020-02-27,14,2\n2020-02-28,10,4\n", "found 2 rows of data, expected at least 3", null)]
    [InlineData("date,temp_max,wind\n2020-02-26,14,2\n2020-02-28,10,4\n2020-02-29,18,3\n", "row 3, column 'date': found 2 days since the row before (2020-02-26 to 2020-02-28), expected 1 day", "rows are missing")]
    [InlineData("date,temp_max,wind\n2020-02-27,14,2\n2020-02-27 12:00,10,4\n2020-02-28,18,3\n", "found 3 rows of data, expected at least 5", "each 2 rows here")]
    [InlineData("date,temp_max,wind\n2020-02-27,14,2\n2020-02-27 15:00,10,4\n2020-02-28 06:00,18,3\n", "row 3, column 'date': found 15 hours", "too close")]
    public void Forecast_BadData_NamesRowAndColumn(string data, string expected, string? hint)
    {
        CommandLineResult result = CommandLineProcess.Run("forecast", _folder.Save(TestFolder.Forecasting()), _folder.Write(data));

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        string[] lines = result.Error.TrimEnd().Split('\n');
        Assert.StartsWith("error: " + _folder.PathOf("data.csv"), lines[0]);
        Assert.Contains(expected, lines[0]);
        if (hint is null)
        {
            Assert.Single(lines);
        }
        else
        {
            Assert.StartsWith("hint: ", lines[1]);
            Assert.Contains(hint, lines[1]);
        }
    }

    [Fact]
    public void Forecast_FinerRows_TakesTheStepsThatEndAtTheLastRow()
    {
        // A row every eight hours: every third is a day's. The duplicate and the row in between with other values change nothing.
        string[] rows =
        [
            "2020-02-26 16:00,1,1", "2020-02-27 00:00,14,2", "2020-02-27 08:00,0,0", "2020-02-27 16:00,9,9", "2020-02-27 16:00,9,9",
            "2020-02-28 00:00,10,4", "2020-02-28 08:00,7,7", "2020-02-28 16:00,-5,1", "2020-02-29 00:00,18,3",
        ];

        CommandLineResult result = Run(rows);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("temp_max on 2020-03-01: 35.50 °C (forecast)\n", result.Output);

        // A missing value between the steps is a gap like a missing row, as in training.
        rows[6] = "2020-02-28 08:00,7,-9999";
        Assert.Contains("row 9, column 'date': found 16 hours since the row before", Run(rows).Error);
        Assert.Contains("row 8, column 'date': found 16 hours since the row before", Run([.. rows.Where((_, row) => row != 6)]).Error);

        // Before the window it does not matter.
        rows[6] = "2020-02-28 08:00,7,7";
        rows[0] = "2020-02-20 16:00,-9999,1";
        Assert.Equal(0, Run(rows).ExitCode);

        CommandLineResult Run(string[] rows) => CommandLineProcess.Run(
            "forecast",
            _folder.Save(TestFolder.Forecasting(change: recipe => recipe with { MissingValue = -9999 })),
            _folder.Write("date,temp_max,wind\n" + string.Join('\n', rows) + "\n"));
    }

    [Fact]
    public void Forecast_ExpressionOutOfDomain_NamesRowAndInput()
    {
        RnnModel model = TestFolder.Forecasting(change: recipe => recipe with
        {
            Inputs = [recipe.Inputs[0], new RecipeInput("log", "ln(wind - 3)", 0, 1)],
        });

        CommandLineResult result = CommandLineProcess.Run("forecast", _folder.Save(model), _folder.Write(Data));

        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@"^error: Row 1 of the window \(2020-02-27 00:00:00\), input 'log': ln\(wind - 3\), normalised, is NaN.*\n$", result.Error);
    }

    [Fact]
    public void Forecast_ModelWithoutRecipe_HintsAtPredict()
    {
        CommandLineResult result = CommandLineProcess.Run("forecast", _folder.Save(TestFolder.ManyToOne()), _folder.Write(Data));

        Assert.Equal(1, result.ExitCode);
        Assert.Matches("^error: .*has no forecast recipe\nhint: predict .*\n$", result.Error);
    }

    public void Dispose() => _folder.Dispose();
}
