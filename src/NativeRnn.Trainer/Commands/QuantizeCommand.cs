using System.CommandLine;

namespace NativeRnn.Trainer;

/// <summary><c>quantize MODEL --weights bf16|int8 -o OUT</c>: the same model in fewer bytes, and what that does to its forecasts.</summary>
internal static class QuantizeCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> model = new("MODEL") { Description = "The model's .nrnn file, of float32 weights." };
        Option<WeightType> weights = new("--weights")
        {
            HelpName = "bf16|int8",
            Description = "What the matrices become; biases and other vectors stay float32.",
            Required = true,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                foreach (WeightType type in (WeightType[])[WeightType.BFloat16, WeightType.Int8])
                {
                    if (text == type.Name())
                        return type;
                }

                result.AddError($"--weights takes bf16 or int8, but is '{text}'");
                return default;
            },
        };
        Option<string> file = CommonArguments.Out("OUT.nrnn", "The weight file to write.");
        Option<string?> data = new("--data")
        {
            HelpName = "FILE",
            Description = "Measurements as for evaluate: reports how far the forecasts move over all windows of the file.",
        };
        Option<string?> from = CommonArguments.From(), to = CommonArguments.To();
        Option<double?> limit = new("--max-mae-change")
        {
            HelpName = "X",
            Description = "Writes nothing if the mean absolute error rises by more than X, in the target's unit; needs --data.",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= 0 && double.IsFinite(number))
                    return number;
                result.AddError($"--max-mae-change takes a number of at least 0, but is '{text}'");
                return null;
            },
        };
        Command command = new("quantize", "Rounds a model's weights to bf16 or int8 and reports what that does.") { model, weights, file, data, from, to, limit };
        command.Validators.Add(result =>
        {
            if (result.GetResult(data) is not null)
                return;
            foreach (Option option in (Option[])[from, to, limit])
            {
                if (result.GetResult(option) is not null)
                    result.AddError($"{option.Name} needs --data");
            }
        });
        command.SetAction(arguments => Run(
            arguments.GetRequiredValue(model),
            arguments.GetRequiredValue(weights),
            arguments.GetRequiredValue(file),
            arguments.GetValue(data) is string path ? CommonArguments.Range(path, arguments.GetValue(from), arguments.GetValue(to)) : null,
            arguments.GetValue(limit),
            output));
        return command;
    }

    private static void Run(string modelPath, WeightType type, string path, ForecastRange? range, double? limit, TextWriter output)
    {
        OutputPlace.RequireWritable(path);
        RnnModel model = RnnModel.Load(modelPath);
        RnnModel quantized = model.Quantize(type);
        if (range is not null)
        {
            double change = Compare(model, modelPath, quantized, type, range, output);
            if (change > limit)
            {
                throw new InputException(
                    string.Create(CultureInfo.InvariantCulture, $"with {type.Name()} weights the mean absolute error rises by {ErrorTable.Number(change)}, above the {limit} of --max-mae-change"),
                    "nothing was written");
            }

            output.WriteLine();
        }

        quantized.Save(path);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: {new FileInfo(path).Length:N0} bytes, {modelPath}: {new FileInfo(modelPath).Length:N0} bytes"));
    }

    /// <summary>Runs both models over the windows of a file and writes how they differ.</summary>
    /// <returns>By how much the mean absolute error rises, in the target's unit.</returns>
    private static double Compare(RnnModel model, string modelPath, RnnModel quantized, WeightType type, ForecastRange range, TextWriter output)
    {
        ForecastRecipe recipe = model.Recipe
            ?? throw new InputException($"{modelPath} has no forecast recipe, so it cannot be run on a file of measurements", "without --data it is quantised all the same");
        (WindowTable table, WindowSet windows) = range.Read(recipe, WindowTable.TargetsOf(model.Architecture, recipe.Horizon));
        double[] actual = table.ActualValues(windows);
        double[] exact = table.Forecasts(model, windows);
        double[] rounded = table.Forecasts(quantized, windows);
        ForecastErrors before = ForecastErrors.Measure(exact, actual);
        ForecastErrors after = ForecastErrors.Measure(rounded, actual);
        ForecastErrors moved = ForecastErrors.Measure(rounded, exact);
        double largest = exact.Zip(rounded, (one, other) => Math.Abs(one - other)).Max();
        double change = after.MeanAbsolute - before.MeanAbsolute;
        string unit = recipe.Unit.Length == 0 ? "" : " " + recipe.Unit;

        output.WriteLine($"{windows.LastRows.Count} forecasts of {recipe.Target}");
        ErrorTable.Write(output, "Error", recipe.Unit, (WeightType.Float32.Name(), before), (type.Name(), after));
        output.WriteLine($"The forecasts differ by {ErrorTable.Number(moved.MeanAbsolute)}{unit} in the mean, {ErrorTable.Number(largest)}{unit} at most");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"The mean absolute error changes by {change:+0.0e+0;-0.0e+0;0}{unit}, {100 * change / before.MeanAbsolute:+0.000;-0.000;0} %"));
        return change;
    }
}
