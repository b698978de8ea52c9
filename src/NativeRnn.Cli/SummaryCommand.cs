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

        List<string[]> rows = [["Input", "Expression", "Mean", "Deviation"]];
        foreach (RecipeInput input in recipe.Inputs)
            rows.Add([input.Name, input.Expression, Number(input.Mean), Number(input.Deviation)]);
        int[] widths = new int[rows[0].Length];
        foreach (string[] row in rows)
        {
            for (int i = 0; i < widths.Length; i++)
                widths[i] = Math.Max(widths[i], row[i].Length);
        }

        foreach (string[] row in rows)
            output.WriteLine($"{row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2].PadLeft(widths[2])}  {row[3].PadLeft(widths[3])}");
    }

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static string Steps(int count, TimeSpan interval) => $"{count} step{(count == 1 ? "" : "s")} of {Moments.Show(interval)}";
}
