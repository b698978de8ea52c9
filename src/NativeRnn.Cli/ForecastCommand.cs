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

        Forecast forecast = forecaster.Forecast(table.Values, table.Times);
        if (!double.IsFinite(forecast.Value))
            throw new InputException(
                string.Create(CultureInfo.InvariantCulture, $"the network's output is {forecast.Value}, not a finite number"),
                "summary shows whether the model passes its self-test");

        if (arguments.Has(Json.Name))
            output.WriteLine(ToJson(recipe, forecast, table.Times[^1]));
        else
            WriteText(recipe, forecast, table.Times[^1], output);
    }

    private static void WriteText(ForecastRecipe recipe, Forecast forecast, DateTime lastTime, TextWriter output)
    {
        string unit = recipe.Unit.Length == 0 ? "" : " " + recipe.Unit;
        output.WriteLine($"{Line(forecast.Time, forecast.Value)} (forecast)");
        output.WriteLine($"{Line(lastTime, forecast.LastValue)} (last value)");

        string Line(DateTime time, double value)
            => $"{recipe.Target} on {Moments.Show(time, recipe.SamplingInterval)}: {Rounded(value, recipe.TargetDeviation)}{unit}";
    }

    /// <summary>To a hundredth of the target's deviation or a little less: more digits would only look precise.</summary>
    private static string Rounded(double value, double deviation)
    {
        int decimals = (int)Math.Clamp(2 - Math.Floor(Math.Log10(deviation)), 0, 15);
        return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static JsonObject ToJson(ForecastRecipe recipe, Forecast forecast, DateTime lastTime) => new JsonObject()
        .Add("target", recipe.Target)
        .Add("unit", recipe.Unit)
        .Add("time", forecast.Time)
        .Add("value", forecast.Value)
        .Add("last_time", lastTime)
        .Add("last_value", forecast.LastValue);
}
