using System.CommandLine;
using System.Text;
using System.Text.Json;

namespace NativeRnn.Trainer;

/// <summary><c>evaluate MODEL --data FILE</c>: the error of a model, run as on the device, over every window of a range.</summary>
internal static class EvaluateCommand
{
    private const string CopyLastValue = "copy last value";

    public static Command Create(TextWriter output)
    {
        Argument<string> model = new("MODEL") { Description = "The model's .nrnn file; it has a forecast recipe." };
        Option<string?> from = CommonArguments.From(), to = CommonArguments.To();
        Option<bool> json = new("--json") { Description = "Prints one JSON object." };
        Option<string?> plot = new("--plot")
        {
            HelpName = "FOLDER",
            Description = "Receives forecast.png (forecasts beside what came true) and errors.png (by hour of the day and by month).",
        };
        Command command = new("evaluate", "Measures a model's forecasts beside those of copying the last value.")
        {
            model, CommonArguments.Data, from, to, json, plot,
        };
        command.SetAction(arguments => Run(
            arguments.GetRequiredValue(model),
            CommonArguments.Range(arguments.GetRequiredValue(CommonArguments.Data), arguments.GetValue(from), arguments.GetValue(to)),
            arguments.GetValue(json),
            arguments.GetValue(plot),
            output));
        return command;
    }

    private static void Run(string modelPath, ForecastRange range, bool isJson, string? plotFolder, TextWriter output)
    {
        RnnModel model = RnnModel.Load(modelPath);
        ForecastRecipe recipe = model.Recipe
            ?? throw new InputException($"{modelPath} has no forecast recipe, so it cannot be run on a file of measurements");
        (WindowTable table, WindowSet windows) = range.Read(recipe);
        double[] actual = table.ActualValues(windows);
        double[] forecasts = table.Forecasts(model, windows);
        double[] lastValues = table.LastValues(windows);
        ForecastErrors errors = ForecastErrors.Measure(forecasts, actual);
        ForecastErrors baseline = ForecastErrors.Measure(lastValues, actual);
        IReadOnlyList<string> pictures = [];
        if (plotFolder is not null)
            pictures = new EvaluationPictures(recipe, table.TargetTimes(windows), actual, forecasts, lastValues).Save(plotFolder);
        DateTime firstTime = table.Table.Times[table.TargetRowOf(windows.LastRows[0])];
        DateTime lastTime = table.Table.Times[table.TargetRowOf(windows.LastRows[^1])];
        if (isJson)
        {
            output.WriteLine(ToJson(recipe, windows, firstTime, lastTime, errors, baseline));
            return;
        }

        string gaps = windows.SkippedForGaps == 0 ? "" : $"; {windows.SkippedForGaps} left out because they cross a gap in time";
        string times = $"{new RowBound(firstTime)} to {new RowBound(lastTime)}";
        output.WriteLine($"{windows.LastRows.Count} forecasts of {recipe.Target}, for {times}{gaps}");
        ErrorTable.Write(output, "Error", recipe.Unit, (Path.GetFileName(modelPath), errors), (CopyLastValue, baseline));
        foreach (string picture in pictures)
            output.WriteLine($"Wrote {picture}");
    }

    private static string ToJson(
        ForecastRecipe recipe, WindowSet windows, DateTime firstTime, DateTime lastTime, ForecastErrors errors, ForecastErrors baseline)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("target", recipe.Target);
            json.WriteString("unit", recipe.Unit);
            json.WriteString("first_time", firstTime);
            json.WriteString("last_time", lastTime);
            json.WriteNumber("windows", windows.LastRows.Count);
            json.WriteNumber("skipped_for_gaps", windows.SkippedForGaps);
            json.WriteNumber("mae", errors.MeanAbsolute);
            json.WriteNumber("rmse", errors.RootMeanSquare);
            json.WriteNumber("copy_last_value_mae", baseline.MeanAbsolute);
            json.WriteNumber("copy_last_value_rmse", baseline.RootMeanSquare);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
