using System.CommandLine;
using System.Text;
using System.Text.Json;
using NativeRnn.Training;

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
            Description = "Receives forecast.png (forecasts beside what came true), errors.png (by hour of the day and by month) and, of several forecasts a window, leads.png (by steps ahead).",
        };
        Option<int?> roll = new("--roll")
        {
            HelpName = "STEPS",
            Description = "Rolls a model that forecasts the next step from its target alone forward: each forecast is its next input.",
        };
        roll.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
                result.AddError("--roll takes a whole number of at least 1");
        });
        Command command = new("evaluate", "Measures a model's forecasts beside those of copying the last value.")
        {
            model, CommonArguments.Data, from, to, json, plot, roll,
        };
        command.SetAction(arguments => Run(
            arguments.GetRequiredValue(model),
            CommonArguments.Range(arguments.GetRequiredValue(CommonArguments.Data), arguments.GetValue(from), arguments.GetValue(to)),
            arguments.GetValue(json),
            arguments.GetValue(plot),
            arguments.GetValue(roll),
            output));
        return command;
    }

    private static void Run(string modelPath, ForecastRange range, bool isJson, string? plotFolder, int? roll, TextWriter output)
    {
        RnnModel model = RnnModel.Load(modelPath);
        ForecastRecipe recipe = model.Recipe
            ?? throw new InputException($"{modelPath} has no forecast recipe, so it cannot be run on a file of measurements");
        WindowTargets targets = WindowTable.TargetsOf(model.Architecture, recipe.Horizon);
        if (roll is int steps)
        {
            RequireRollable(model, recipe, modelPath);
            recipe = recipe with { Horizon = steps };
            targets = WindowTargets.EachStep;
        }

        (WindowTable table, WindowSet windows) = range.Read(recipe, targets);
        double[] actual = table.ActualValues(windows);
        double[] forecasts = table.Forecasts(model, windows);
        double[] lastValues = table.LastValues(windows);
        LeadErrors leads = new(table, actual, [(Path.GetFileName(modelPath), forecasts), (CopyLastValue, lastValues), (CopyBefore(recipe), table.ValuesAHorizonBefore(windows))]);
        List<string> pictures = [];
        if (plotFolder is not null)
        {
            EvaluationPictures drawn = new(
                recipe, table.TargetTimes(windows), leads.Farthest(actual), leads.Farthest(forecasts), leads.Farthest(lastValues));
            pictures.AddRange(drawn.Save(plotFolder));
            if (table.Leads.Count > 1)
                pictures.Add(leads.Save(plotFolder, recipe));
        }

        DateTime firstTime = table.Table.Times[table.TargetRowOf(windows.LastRows[0])];
        DateTime lastTime = table.Table.Times[table.TargetRowOf(windows.LastRows[^1])];
        if (isJson)
        {
            output.WriteLine(ToJson(recipe, windows, firstTime, lastTime, leads));
            return;
        }

        string gaps = windows.SkippedForGaps == 0 ? "" : $"; {windows.SkippedForGaps} left out because they cross a gap in time";
        string times = $"{new RowBound(firstTime)} to {new RowBound(lastTime)}";
        string each = table.Leads.Count == 1 ? "" : $" windows with {table.Leads.Count}";
        output.WriteLine($"{windows.LastRows.Count}{each} forecasts of {recipe.Target}, for {times}{gaps}");
        leads.WriteTotal(output, recipe.Unit);
        leads.WriteByLead(output, recipe);
        foreach (string picture in pictures)
            output.WriteLine($"Wrote {picture}");
    }

    private static string CopyBefore(ForecastRecipe recipe) => $"copy {Show(recipe.Horizon * recipe.SamplingInterval)} before";

    private static string Show(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.##} h");

    private static void RequireRollable(RnnModel model, ForecastRecipe recipe, string path)
    {
        bool readsItsTarget = recipe.Inputs is [RecipeInput input] && input.Expression == ColumnExpression.ForColumn(recipe.Target)
            && input.Mean == recipe.TargetMean && input.Deviation == recipe.TargetDeviation;
        if (!readsItsTarget || recipe.Horizon != 1 || model.Architecture.Decoder is not null)
            throw new InputException($"{path} cannot be rolled forward: that takes a model whose one input is its target, one step ahead");
    }

    private static string ToJson(
        ForecastRecipe recipe, WindowSet windows, DateTime firstTime, DateTime lastTime, LeadErrors leads)
    {
        (ForecastErrors errors, ForecastErrors baseline) = (leads.Total(0), leads.Total(1));
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
            leads.WriteJson(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
