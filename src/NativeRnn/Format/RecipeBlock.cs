namespace NativeRnn;

/// <summary>The forecast recipe in a file.</summary>
internal static class RecipeBlock
{
    /// <exception cref="InvalidOperationException">The recipe is beyond the format's limits.</exception>
    public static void Write(ForecastRecipe recipe, BlockWriter writer)
    {
        writer.String(recipe.TimeColumn, "recipe's time column");
        writer.String(recipe.Target, "recipe's target");
        writer.String(recipe.Unit, "recipe's unit");
        writer.Double(recipe.TargetMean);
        writer.Double(recipe.TargetDeviation);
        writer.UInt32((uint)recipe.Window);
        writer.UInt32((uint)recipe.Horizon);
        writer.Int64(recipe.SamplingInterval.Ticks);
        writer.UInt32((uint)recipe.Inputs.Count);
        foreach (RecipeInput input in recipe.Inputs)
        {
            writer.String(input.Name, "recipe's input name");
            writer.String(input.Expression == PlainColumn(input.Name) ? "" : input.Expression, "recipe's input expression");
            writer.Double(input.Mean);
            writer.Double(input.Deviation);
        }

        if (recipe.MissingValue is double missing)
            writer.Double(missing);
        if (writer.Written.Length > ModelFile.MaxRecipeLength)
        {
            throw new InvalidOperationException(
                $"The recipe takes {writer.Written.Length} bytes, but a file holds {ModelFile.MaxRecipeLength} at most.");
        }
    }

    public static ForecastRecipe Read(ref BlockReader reader)
    {
        string timeColumn = reader.String("time column");
        string target = reader.String("target");
        string unit = reader.String("unit");
        double targetMean = reader.FiniteDouble("target mean");
        double targetDeviation = reader.FiniteDouble("target deviation");
        int window = reader.Between(0, int.MaxValue, "window");
        int horizon = reader.Between(0, int.MaxValue, "horizon");
        TimeSpan samplingInterval = new(reader.Int64("sampling interval"));
        int largestInputCount = (reader.Remaining - sizeof(uint)) / ModelFile.MinRecipeInputLength;
        var inputs = new RecipeInput[reader.Between(1, largestInputCount, "input count")];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = ReadInput(ref reader, i);
        double? missingValue = reader.Remaining == sizeof(double) ? reader.FiniteDouble("missing value") : null;
        reader.End();

        return new ForecastRecipe
        {
            TimeColumn = timeColumn,
            Inputs = inputs,
            Target = target,
            TargetMean = targetMean,
            TargetDeviation = targetDeviation,
            Unit = unit,
            Window = window,
            Horizon = horizon,
            SamplingInterval = samplingInterval,
            MissingValue = missingValue,
        };
    }

    private static RecipeInput ReadInput(ref BlockReader reader, int index)
    {
        string name = reader.String($"input {index} name");
        long expressionOffset = reader.Offset;
        string expression = reader.String($"input {index} expression");
        string plain = PlainColumn(name);
        // One model has one file: the short form is the only form.
        if (expression == plain)
            throw reader.Error($"input {index} expression '{plain}' must be stored as an empty string", expressionOffset);
        if (expression.Length == 0)
            expression = plain;
        double mean = reader.FiniteDouble($"input {index} mean");
        double deviation = reader.FiniteDouble($"input {index} deviation");
        return new RecipeInput(name, expression, mean, deviation);
    }

    private static string PlainColumn(string name) => $"[{name}]";
}
