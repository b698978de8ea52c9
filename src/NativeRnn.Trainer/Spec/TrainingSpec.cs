using System.Text.Json;
using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary>What to train and how, as SPEC.md describes it.</summary>
internal sealed record TrainingSpec
{
    private static readonly (string Name, long Ticks)[] IntervalUnits =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("min", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
    ];

    public required string TimeColumn { get; init; }

    /// <summary>The input features; their means and deviations are not known yet.</summary>
    public required IReadOnlyList<RecipeInput> Inputs { get; init; }

    public required string Target { get; init; }

    public required string Unit { get; init; }

    public required int Window { get; init; }

    public required int Horizon { get; init; }

    public required TimeSpan SamplingInterval { get; init; }

    /// <summary>The number that stands for a missing value in the columns, or null.</summary>
    public required double? MissingValue { get; init; }

    public required DataSplit Split { get; init; }

    public required Architecture Architecture { get; init; }

    public required TrainingOptions Options { get; init; }

    /// <inheritdoc cref="SpecValue.Digest"/>
    public required string Digest { get; init; }

    /// <summary>Reads a spec file.</summary>
    /// <exception cref="SpecException">It is not a spec; the message names the JSON path and what was expected.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrainingSpec Load(string file) => Parse(file, File.ReadAllText(file));

    /// <summary>Reads the text of a spec.</summary>
    /// <param name="file">What messages call it.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="SpecException">It is not a spec; the message names the JSON path and what was expected.</exception>
    public static TrainingSpec Parse(string file, string text)
    {
        SpecValue value = SpecValue.Parse(file, text);
        SpecObject root = value.AsObject(
            "time", "inputs", "target", "unit", "window", "horizon", "sampling_interval", "missing", "split", "layers", "decoder", "teacher_forcing",
            "loss", "optimizer", "schedule", "batch_size", "epochs", "steps_per_epoch", "patience", "clip_norm", "weight_average_decay",
            "seed");

        List<RecipeInput> inputs = ReadInputs(root["inputs"]);
        int window = root["window"].AsInteger(1, ForecastRecipe.MaxWindowValues / inputs.Count);
        int horizon = root["horizon"].AsInteger(1, root.Optional("decoder") is null ? int.MaxValue : Architecture.MaxSize);
        Architecture architecture = LayerSpec.ReadNetwork(root["layers"], root.Optional("decoder"), inputs.Count, horizon);
        return new TrainingSpec
        {
            TimeColumn = Name(root["time"]),
            Inputs = inputs,
            Target = Name(root["target"]),
            Unit = root.Optional("unit")?.AsText() ?? "",
            Window = window,
            Horizon = horizon,
            SamplingInterval = ReadInterval(root["sampling_interval"]),
            MissingValue = root.Optional("missing")?.AsNumber("a number, such as -9999", _ => true),
            Split = DataSplit.Read(root["split"]),
            Architecture = architecture,
            Options = ReadOptions(root, architecture),
            Digest = value.Digest,
        };
    }

    private static List<RecipeInput> ReadInputs(SpecValue value)
    {
        List<RecipeInput> inputs = [];
        foreach (SpecValue entry in value.AsList())
        {
            RecipeInput input = ReadInput(entry);
            if (inputs.Exists(other => other.Name == input.Name))
                throw entry.Error($"there is an input named '{input.Name}' already");
            inputs.Add(input);
        }

        return inputs.Count <= Architecture.MaxSize
            ? inputs
            : throw value.Error($"found {inputs.Count} inputs, expected at most {Architecture.MaxSize}");
    }

    /// <summary>An input feature, a column's name or an object; its mean and deviation are not set.</summary>
    /// <param name="value">The entry.</param>
    /// <param name="statistics">Further properties that the object may have; then the expression may be absent.</param>
    internal static RecipeInput ReadInput(SpecValue value, params ReadOnlySpan<string> statistics)
    {
        if (value.Kind == JsonValueKind.String)
        {
            string column = Name(value);
            return new RecipeInput(column, ColumnExpression.ForColumn(column), Mean: 0, Deviation: 1);
        }

        if (value.Kind != JsonValueKind.Object)
            throw value.Expected("a column's name, or {\"name\": ..., \"expression\": ...}");
        SpecObject settings = value.AsObject(["name", "expression", .. statistics]);
        string name = Name(settings["name"]);
        if (!statistics.IsEmpty && settings.Optional("expression") is null)
            return new RecipeInput(name, ColumnExpression.ForColumn(name), Mean: 0, Deviation: 1);
        SpecValue expression = settings["expression"];
        try
        {
            return new RecipeInput(name, ColumnExpression.Parse(expression.AsText()).Text, Mean: 0, Deviation: 1);
        }
        catch (FormatException exception)
        {
            throw expression.Error(exception.Message, exception);
        }
    }

    internal static string Name(SpecValue value)
    {
        string name = value.AsText("a name in quotes");
        return string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl) ? throw value.Expected("a name of printable characters") : name;
    }

    internal static TimeSpan ReadInterval(SpecValue value)
    {
        const string Expected = "a whole number above 0 and a unit (d, h, min or s), as in \"1d\" or \"10min\"";
        string text = value.AsText(Expected);
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits > 0 && int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0)
        {
            foreach ((string unit, long ticks) in IntervalUnits)
            {
                if (text.AsSpan(digits).SequenceEqual(unit))
                    return count <= TimeSpan.MaxValue.Ticks / ticks ? TimeSpan.FromTicks(count * ticks) : throw value.Expected(Expected);
            }
        }

        throw value.Expected(Expected);
    }

    private static TrainingOptions ReadOptions(SpecObject root, Architecture architecture)
    {
        TrainingOptions standard = new();
        return new TrainingOptions
        {
            Loss = ReadLoss(root["loss"], architecture),
            Optimizer = OptimizerSpec.ReadOptimizer(root["optimizer"]),
            Schedule = root.Optional("schedule") is SpecValue schedule ? OptimizerSpec.ReadSchedule(schedule) : standard.Schedule,
            BatchSize = root.Optional("batch_size")?.AsInteger(1) ?? standard.BatchSize,
            Epochs = root["epochs"].AsInteger(1),
            StepsPerEpoch = root.Optional("steps_per_epoch")?.AsInteger(1),
            Patience = root.Optional("patience")?.AsInteger(1),
            ClipNorm = root.Optional("clip_norm")?.AsPositive(),
            WeightAverageDecay = root.Optional("weight_average_decay")?.AsOpenFraction(),
            TeacherForcing = ReadTeacherForcing(root.Optional("teacher_forcing"), architecture) ?? standard.TeacherForcing,
            Seed = root.Optional("seed")?.AsSeed() ?? standard.Seed,
        };
    }

    private static double? ReadTeacherForcing(SpecValue? value, Architecture architecture)
        => value is null || architecture.Decoder is not null
            ? value?.AsNumber("a number from 0 to 1", rate => rate is >= 0 and <= 1)
            : throw value.Error("only a network with a decoder is trained with teacher forcing");

    private static Loss ReadLoss(SpecValue value, Architecture architecture)
    {
        Loss loss = OptimizerSpec.ReadLoss(value);
        if (loss.Kind == LossKind.CategoricalCrossEntropy)
            throw value.Error(
                "categorical_cross_entropy is over several outputs, but a forecast is 1; "
                + "use binary_cross_entropy for a target that is 0 or 1");
        try
        {
            loss.ValidateFor(architecture);
        }
        catch (ArgumentException exception)
        {
            throw value.Error(exception.Message, exception);
        }

        return loss;
    }
}
