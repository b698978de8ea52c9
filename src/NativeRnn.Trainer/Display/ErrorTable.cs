namespace NativeRnn.Trainer;

/// <summary>A table of forecasts' errors: one row a forecaster.</summary>
internal static class ErrorTable
{
    public static void Write(TextWriter output, string title, string unit, params ReadOnlySpan<(string Name, ForecastErrors Errors)> rows)
    {
        int width = title.Length;
        foreach ((string name, _) in rows)
            width = Math.Max(width, name.Length + 2);
        output.WriteLine($"{title.PadRight(width)}  {"MAE",8}  {"RMSE",8}{(unit.Length == 0 ? "" : $"  {unit}")}");
        foreach ((string name, ForecastErrors errors) in rows)
            output.WriteLine($"{("  " + name).PadRight(width)}  {Number(errors.MeanAbsolute),8}  {Number(errors.RootMeanSquare),8}");
    }

    /// <summary>Four significant digits or more: enough to compare, without looking more precise than it is.</summary>
    public static string Number(double value)
    {
        int decimals = value > 0 && double.IsFinite(value) ? (int)Math.Clamp(3 - Math.Floor(Math.Log10(value)), 0, 15) : 0;
        return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
