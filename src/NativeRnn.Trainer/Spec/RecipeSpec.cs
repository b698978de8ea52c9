using System.Text.Json;

namespace NativeRnn.Trainer;

/// <summary>A forecast recipe for an imported model, as RECIPE.md describes it.</summary>
internal static class RecipeSpec
{
    /// <summary>Reads a recipe file and attaches it to a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="SpecException">It is not a recipe for this network; the message names the JSON path and what was expected.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RnnModel Attach(RnnModel model, string file)
    {
        SpecValue value = SpecValue.Parse(file, File.ReadAllText(file));
        SpecObject root = value.AsObject("time", "inputs", "target", "unit", "window", "horizon", "sampling_interval", "missing");
        List<RecipeInput> inputs = [.. root["inputs"].AsList().Select(ReadInput)];
        if (inputs.Count != model.Architecture.InputSize)
            throw root["inputs"].Error($"found {inputs.Count} inputs, expected {model.Architecture.InputSize}, the network's input size");

        (string target, double mean, double deviation) = ReadTarget(root["target"]);
        ForecastRecipe recipe = new()
        {
            TimeColumn = TrainingSpec.Name(root["time"]),
            Inputs = inputs,
            Target = target,
            TargetMean = mean,
            TargetDeviation = deviation,
            Unit = root.Optional("unit")?.AsText() ?? "",
            Window = root["window"].AsInteger(1, ForecastRecipe.MaxWindowValues / inputs.Count),
            Horizon = root["horizon"].AsInteger(1),
            SamplingInterval = TrainingSpec.ReadInterval(root["sampling_interval"]),
            MissingValue = root.Optional("missing")?.AsNumber("a number, such as -9999", _ => true),
        };
        try
        {
            return model.WithRecipe(recipe);
        }
        catch (ArgumentException exception)
        {
            throw value.Error(exception.Message, exception);
        }
    }

    private static RecipeInput ReadInput(SpecValue value)
    {
        RecipeInput input = TrainingSpec.ReadInput(value, "mean", "deviation");
        if (value.Kind == JsonValueKind.String)
            return input;
        (double mean, double deviation) = ReadStatistics(value.AsObject("name", "expression", "mean", "deviation"));
        return input with { Mean = mean, Deviation = deviation };
    }

    private static (string Name, double Mean, double Deviation) ReadTarget(SpecValue value)
    {
        if (value.Kind == JsonValueKind.String)
            return (TrainingSpec.Name(value), 0, 1);
        SpecObject settings = value.AsObject("name", "mean", "deviation");
        (double mean, double deviation) = ReadStatistics(settings);
        return (TrainingSpec.Name(settings["name"]), mean, deviation);
    }

    private static (double Mean, double Deviation) ReadStatistics(SpecObject settings) => (
        settings.Optional("mean")?.AsNumber("a finite number", _ => true) ?? 0,
        settings.Optional("deviation")?.AsPositive() ?? 1);
}
