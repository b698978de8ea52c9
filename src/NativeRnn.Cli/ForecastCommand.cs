using NativeRnn.Data;

namespace NativeRnn.Cli;

/// <summary><c>forecast MODEL DATA [--json]</c>: the last window of a table in, a forecast in the target's unit out.</summary>
internal static class ForecastCommand
{
    private static readonly Operand Data = new(
        "DATA", "CSV with a header and increasing times; its last rows are the window. - for standard input.");
    private static readonly Option Json = new("--json", null, "Prints one JSON object.");

    public static Command Create() => new(
        "forecast", "Forecasts from the last rows of a table of measurements.", [ModelOperand.Model, Data], [Json], Run);

    private static void Run(ParsedArguments arguments, TextWriter output)
    {
        string path = arguments.Operand(ModelOperand.Model.Name);
        RnnModel model = RnnModel.Load(path);
        ForecastRecipe recipe = model.Recipe
            ?? throw new InputException($"{path} has no forecast recipe", "predict runs models of plain numbers");
        using Forecaster forecaster = new(model);

        string data = arguments.Operand(Data.Name);
        CsvTable table = LastWindow.Read(TextInput.Open(data), TextInput.Name(data), recipe, forecaster.SourceColumns);

        var forecasts = new Forecast[forecaster.ForecastCount];
        forecaster.Forecast(table.Values, table.Times, forecasts);
        foreach (Forecast forecast in forecasts)
        {
            if (!double.IsFinite(forecast.Value))
                throw new InputException(
                    string.Create(CultureInfo.InvariantCulture, $"the network's output is {forecast.Value}, not a finite number"),
                    "summary shows whether the model passes its self-test");
        }

        if (arguments.Has(Json.Name))
            output.WriteLine(ToJson(recipe, forecasts, table.Times[^1]));
        else
            WriteText(recipe, forecasts, table.Times[^1], output);
    }

    private static void WriteText(ForecastRecipe recipe, Forecast[] forecasts, DateTime lastTime, TextWriter output)
    {
        string unit = recipe.Unit.Length == 0 ? "" : " " + recipe.Unit;
        foreach (Forecast forecast in forecasts)
            output.WriteLine($"{Line(forecast.Time, forecast.Value)} (forecast)");
        output.WriteLine($"{Line(lastTime, forecasts[0].LastValue)} (last value)");

        string Line(DateTime time, double value)
            => $"{recipe.Target} on {Moments.Show(time, recipe.SamplingInterval)}: {Rounded(value, recipe.TargetDeviation)}{unit}";
    }

    /// <summary>To a hundredth of the target's deviation or a little less: more digits would only look precise.</summary>
    private static string Rounded(double value, double deviation)
    {
        int decimals = (int)Math.Clamp(2 - Math.Floor(Math.Log10(deviation)), 0, 15);
        return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static JsonObject ToJson(ForecastRecipe recipe, Forecast[] forecasts, DateTime lastTime)
    {
        JsonObject json = new JsonObject().Add("target", recipe.Target).Add("unit", recipe.Unit);
        if (forecasts.Length == 1)
            AddForecast(json, forecasts[0]);
        else
            json.Add("forecasts", Array.ConvertAll(forecasts, forecast => AddForecast(new JsonObject(), forecast)));
        return json.Add("last_time", lastTime).Add("last_value", forecasts[0].LastValue);
    }

    private static JsonObject AddForecast(JsonObject json, Forecast forecast) => json.Add("time", forecast.Time).Add("value", forecast.Value);
}
