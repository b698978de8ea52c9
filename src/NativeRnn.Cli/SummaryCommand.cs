namespace NativeRnn.Cli;

/// <summary><c>summary MODEL</c>.</summary>
internal static class SummaryCommand
{
    public static Command Create() => new(
        "summary",
        "Shows a model's layers, its forecast recipe, its size and whether it passes its self-test.",
        [ModelOperand.Model],
        [],
        Run);

    private static void Run(ParsedArguments arguments, TextWriter output)
    {
        string path = arguments.Operand(ModelOperand.Model.Name);
        RnnModel model = RnnModel.Load(path);

        output.Write(model.Summary());
        if (model.Recipe is ForecastRecipe recipe)
        {
            output.WriteLine();
            WriteRecipe(recipe, output);
        }

        if (model.Vocabulary is Vocabulary vocabulary)
        {
            output.WriteLine();
            output.WriteLine($"Vocabulary: {vocabulary.Count} {(vocabulary.Kind == TokenKind.Words ? "words" : "characters")}");
        }

        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"File size: {new FileInfo(path).Length:N0} bytes"));
        if (model.SelfTest is SelfTest selfTest)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Self-test: largest error {selfTest.LargestError(model):G3}"));
    }

    private static void WriteRecipe(ForecastRecipe recipe, TextWriter output)
    {
        string unit = recipe.Unit.Length == 0 ? "" : " in " + recipe.Unit;
        output.WriteLine($"Target:    {recipe.Target}{unit}, mean {Number(recipe.TargetMean)}, deviation {Number(recipe.TargetDeviation)}");
        output.WriteLine($"Window:    {Steps(recipe.Window, recipe.SamplingInterval)}");
        output.WriteLine($"Horizon:   {Steps(recipe.Horizon, recipe.SamplingInterval)}");
        output.WriteLine($"Time:      column {recipe.TimeColumn}");
        output.WriteLine();

        (string Name, string Expression, string Mean, string Deviation)[] rows =
        [
            ("Input", "Expression", "Mean", "Deviation"),
            .. recipe.Inputs.Select(input => (input.Name, input.Expression, Number(input.Mean), Number(input.Deviation))),
        ];
        int name = rows.Max(row => row.Name.Length);
        int expression = rows.Max(row => row.Expression.Length);
        int mean = rows.Max(row => row.Mean.Length);
        int deviation = rows.Max(row => row.Deviation.Length);
        foreach (var row in rows)
        {
            output.WriteLine(string.Join(
                "  ",
                row.Name.PadRight(name),
                row.Expression.PadRight(expression),
                row.Mean.PadLeft(mean),
                row.Deviation.PadLeft(deviation)));
        }
    }

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static string Steps(int count, TimeSpan interval) => $"{count} step{(count == 1 ? "" : "s")} of {Moments.Show(interval)}";
}
