using NativeRnn.Training;

namespace NativeRnn.Trainer.Tests;

public sealed class TrainingSpecTests
{
    [Fact]
    public void Parse_EveryProperty_IsAsWritten()
    {
        const string Text = """
            // A comment.
            {
              "time": "when", "inputs": ["a b]", { "name": "twice", "expression": "2 * y" }], "target": "y", "unit": "m/s",
              "window": 7, "horizon": 3, "sampling_interval": "10min",
              "split": { "train_until": 100, "validation_until": 120, "test_until": 140 },
              "layers": [{ "dropout": { "rate": 0 } }, { "lstm": { "units": 1 } }],
              "loss": { "huber": { "delta": 2 } }, "optimizer": "rmsprop", "schedule": { "exponential_decay": { "per_epoch": 0.9 } },
              "batch_size": 16, "epochs": 9, "steps_per_epoch": 4, "patience": 2, "clip_norm": 1.5, "weight_average_decay": 0.99,
              "seed": 18446744073709551615, /* the largest */
            }
            """;

        TrainingSpec spec = TrainingSpec.Parse("spec.json", Text);

        Assert.Equal("when", spec.TimeColumn);
        Assert.Equal([new RecipeInput("a b]", "[a b]]]", 0, 1), new RecipeInput("twice", "2 * y", 0, 1)], spec.Inputs);
        Assert.Equal("y", spec.Target);
        Assert.Equal("m/s", spec.Unit);
        Assert.Equal(7, spec.Window);
        Assert.Equal(3, spec.Horizon);
        Assert.Equal(TimeSpan.FromMinutes(10), spec.SamplingInterval);
        Assert.Equal(new DataSplit(new RowBound(100), new RowBound(120), new RowBound(140)), spec.Split);
        Assert.Equal([new Dropout(0), new Lstm(1)], spec.Architecture.Layers.Select(layer => layer.Layer));
        Assert.Equal(
            new TrainingOptions
            {
                Loss = Loss.Huber(2),
                Optimizer = new RmsProp(),
                Schedule = new ExponentialDecay(0.9),
                BatchSize = 16,
                Epochs = 9,
                StepsPerEpoch = 4,
                Patience = 2,
                ClipNorm = 1.5,
                WeightAverageDecay = 0.99,
                Seed = ulong.MaxValue,
            },
            spec.Options);
    }

    [Fact]
    public void Parse_OptionalPropertiesAbsent_AreAtTheirDefaults()
    {
        TrainingSpec spec = TrainingSpec.Parse("spec.json", SpecText.Daily.With("split", """{ "train_until": "2012-03-04 05:06" }"""));

        Assert.Equal("", spec.Unit);
        Assert.Equal(new DataSplit(new RowBound(new DateTime(2012, 3, 4, 5, 6, 0)), null, null), spec.Split);
        Assert.Equal(new TrainingOptions { Optimizer = new Sgd(), Epochs = 2 }, spec.Options);
    }

    [Theory]
    [InlineData("\"mse\"", LossKind.MeanSquaredError, 0)]
    [InlineData("\"mae\"", LossKind.MeanAbsoluteError, 0)]
    [InlineData("\"huber\"", LossKind.Huber, 1)]
    [InlineData("""{ "huber": { "delta": 0.25 } }""", LossKind.Huber, 0.25)]
    public void Parse_Loss_IsAsWritten(string json, LossKind kind, double delta)
        => Assert.Equal(new Loss(kind, delta), TrainingSpec.Parse("spec.json", SpecText.Daily.With("loss", json)).Options.Loss);

    [Fact]
    public void Parse_BinaryCrossEntropyOnSigmoid_IsAccepted()
    {
        string spec = SpecText.Daily.With("loss", "\"binary_cross_entropy\"")
            .With("layers", """[{ "gru": { "units": 2 } }, { "dense": { "units": 1, "activation": "sigmoid" } }]""");

        Assert.Equal(Loss.BinaryCrossEntropy, TrainingSpec.Parse("spec.json", spec).Options.Loss);
    }

    public static TheoryData<string, Optimizer> Optimizers => new()
    {
        { "\"sgd\"", new Sgd() },
        { """{ "sgd": { "learning_rate": 0.5, "momentum": 0.8, "nesterov": true } }""", new Sgd(0.5) { Momentum = 0.8, Nesterov = true } },
        { "\"rmsprop\"", new RmsProp() },
        { """{ "rmsprop": { "learning_rate": 0.5, "rho": 0.8, "epsilon": 1e-3 } }""", new RmsProp(0.5) { Rho = 0.8, Epsilon = 1e-3 } },
        { "\"adam\"", new Adam() },
        {
            """{ "adam": { "learning_rate": 0.5, "beta1": 0.8, "beta2": 0.7, "epsilon": 1e-3 } }""",
            new Adam(0.5) { Beta1 = 0.8, Beta2 = 0.7, Epsilon = 1e-3 }
        },
        { "\"adamw\"", new AdamW() },
        {
            """{ "adamw": { "learning_rate": 0.5, "beta1": 0.8, "beta2": 0.7, "epsilon": 1e-3, "weight_decay": 0.1 } }""",
            new AdamW(0.5) { Beta1 = 0.8, Beta2 = 0.7, Epsilon = 1e-3, WeightDecay = 0.1 }
        },
    };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Parse_Optimizer_IsAsWritten(string json, Optimizer expected)
        => Assert.Equal(expected, TrainingSpec.Parse("spec.json", SpecText.Daily.With("optimizer", json)).Options.Optimizer);

    public static TheoryData<string, LearningRateSchedule> Schedules => new()
    {
        { "\"constant\"", new ConstantRate() },
        { """{ "step_decay": { "every_epochs": 3 } }""", new StepDecay(3) },
        { """{ "step_decay": { "every_epochs": 3, "multiplier": 0.1 } }""", new StepDecay(3, 0.1) },
        { """{ "exponential_decay": { "per_epoch": 0.9 } }""", new ExponentialDecay(0.9) },
        { "\"cosine_decay\"", new CosineDecay() },
        { """{ "cosine_decay": { "warm_up_epochs": 1.5, "final_fraction": 0.1 } }""", new CosineDecay(1.5, 0.1) },
        { """{ "reduce_on_plateau": { "patience": 4 } }""", new ReduceOnPlateau(4) },
        { """{ "reduce_on_plateau": { "patience": 4, "multiplier": 0.2, "smallest": 0.01 } }""", new ReduceOnPlateau(4, 0.2, 0.01) },
    };

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Parse_Schedule_IsAsWritten(string json, LearningRateSchedule expected)
        => Assert.Equal(expected, TrainingSpec.Parse("spec.json", SpecText.Daily.With("schedule", json)).Options.Schedule);

    [Theory]
    [InlineData("1d", 86400)]
    [InlineData("36h", 129600)]
    [InlineData("10min", 600)]
    [InlineData("5s", 5)]
    public void Parse_SamplingInterval_IsAsWritten(string text, int seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), TrainingSpec.Parse("spec.json", SpecText.Daily.With("sampling_interval", $"\"{text}\"")).SamplingInterval);

    [Theory]
    [InlineData("time", null, "$.time: this property is missing")]
    [InlineData("time", "3", "$.time: found 3, expected a name in quotes")]
    [InlineData("time", "\" \"", "$.time: found ' ', expected a name of printable characters")]
    [InlineData("widnow", "3", "$: there is no property 'widnow' here; there are time, inputs, target,")]
    [InlineData("inputs", "[]", "$.inputs: found an empty list, expected a list")]
    [InlineData("inputs", "\"x\"", "$.inputs: found 'x', expected a list")]
    [InlineData("inputs", "[3]", "$.inputs[0]: found 3, expected a column's name, or {")]
    [InlineData("inputs", """["x", "x"]""", "$.inputs[1]: there is an input named 'x' already")]
    [InlineData("inputs", """[{ "name": "z", "expression": "sin(" }]""", "$.inputs[0].expression: ")]
    [InlineData("inputs", """[{ "name": "z" }]""", "$.inputs[0].expression: this property is missing")]
    [InlineData("inputs", """[{ "name": "z", "expresion": "1" }]""", "$.inputs[0]: there is no property 'expresion' here; there are name, expression")]
    [InlineData("unit", "5", "$.unit: found 5, expected a text in quotes")]
    [InlineData("window", "0", "$.window: found 0, expected a whole number from 1 to 16777216")]
    [InlineData("horizon", "0", "$.horizon: found 0, expected a whole number of at least 1")]
    [InlineData("sampling_interval", "\"1 day\"", "$.sampling_interval: found '1 day', expected a whole number above 0 and a unit (d, h, min or s)")]
    [InlineData("sampling_interval", "\"0d\"", "$.sampling_interval: found '0d', expected")]
    [InlineData("sampling_interval", "60", "$.sampling_interval: found 60, expected")]
    [InlineData("split", "{}", "$.split.train_until: this property is missing")]
    [InlineData("split", """{ "train_until": "soon" }""", "$.split.train_until: found 'soon', expected a row number")]
    [InlineData("split", """{ "train_until": 0 }""", "$.split.train_until: found 0, expected a whole number of at least 1")]
    [InlineData("split", """{ "train_until": "20" }""", "$.split.train_until: found '20', expected a row number")]
    [InlineData("split", """{ "train_until": 20, "validation_until": 20 }""", "$.split.validation_until: found 20, but the bound before it is 20; they must increase")]
    [InlineData("split", """{ "train_until": 20, "test_until": 10 }""", "$.split.test_until: found 10, but the bound before it is 20; they must increase")]
    [InlineData("split", """{ "train_until": "2014-01-01", "validation_until": "2013-01-01" }""", "$.split.validation_until: found 2013-01-01, but the bound before it is 2014-01-01")]
    [InlineData("split", """{ "train_until": 20, "validation_until": "2013-01-01" }""", "$.split.validation_until: found 2013-01-01 after 20, but the bounds of a split are either all times or all row numbers")]
    [InlineData("loss", "\"l1\"", "$.loss: found 'l1', expected one of mse, mae, huber, binary_cross_entropy, categorical_cross_entropy")]
    [InlineData("loss", """{ "huber": { "delta": 0 } }""", "$.loss.huber.delta: found 0, expected a number above 0")]
    [InlineData("loss", """{ "mse": { "delta": 1 } }""", "$.loss.mse: there is no property 'delta' here")]
    [InlineData("loss", "\"categorical_cross_entropy\"", "$.loss: categorical_cross_entropy is over several outputs")]
    [InlineData("loss", "\"binary_cross_entropy\"", "$.loss: Binary cross-entropy needs a last dense layer with sigmoid activation")]
    [InlineData("optimizer", null, "$.optimizer: this property is missing")]
    [InlineData("optimizer", """{ "adam": { "momentum": 0.9 } }""", "$.optimizer.adam: there is no property 'momentum' here; there are learning_rate, beta1, beta2, epsilon")]
    [InlineData("optimizer", """{ "adam": { "learning_rate": 0 } }""", "$.optimizer.adam.learning_rate: found 0, expected a number above 0")]
    [InlineData("optimizer", """{ "adam": { "beta1": 1 } }""", "$.optimizer.adam.beta1: found 1, expected a number of at least 0 and below 1")]
    [InlineData("optimizer", """{ "adam": 0.1 }""", "$.optimizer.adam: found 0.1, expected an object in braces")]
    [InlineData("schedule", """{ "step_decay": {} }""", "$.schedule.step_decay.every_epochs: this property is missing")]
    [InlineData("schedule", """{ "cosine_decay": { "final_fraction": 2 } }""", "$.schedule.cosine_decay.final_fraction: found 2, expected a number from 0 to 1")]
    [InlineData("schedule", """{ "reduce_on_plateau": { "patience": 1, "multiplier": 1 } }""", "$.schedule.reduce_on_plateau.multiplier: found 1, expected a number above 0 and below 1")]
    [InlineData("epochs", null, "$.epochs: this property is missing")]
    [InlineData("batch_size", "0", "$.batch_size: found 0, expected a whole number of at least 1")]
    [InlineData("steps_per_epoch", "0", "$.steps_per_epoch: found 0, expected")]
    [InlineData("patience", "0", "$.patience: found 0, expected")]
    [InlineData("clip_norm", "0", "$.clip_norm: found 0, expected a number above 0")]
    [InlineData("weight_average_decay", "1", "$.weight_average_decay: found 1, expected a number above 0 and below 1")]
    [InlineData("seed", "-1", "$.seed: found -1, expected a whole number of at least 0")]
    public void Parse_Error_NamesPathAndExpectation(string property, string? json, string expected)
    {
        SpecException exception = Assert.Throws<SpecException>(() => TrainingSpec.Parse("spec.json", SpecText.Daily.With(property, json)));

        Assert.StartsWith("spec.json, " + expected, exception.Message);
    }

    [Theory]
    [InlineData("{\n  \"time\": oops\n}", "spec.json, line 2: not valid JSON: ")]
    [InlineData("", "spec.json, line 1: not valid JSON: ")]
    [InlineData("{ \"time\": \"a\", \"time\": \"b\" }", "spec.json, ")]
    [InlineData("{ \"time\": \"\\ud800\" }", "spec.json, $.")]
    [InlineData("{ \"\\ud800\": 1 }", "spec.json, $: a property's name is not Unicode")]
    [InlineData("{ \"inputs\": [\"\\udc00\"] }", "spec.json, $.inputs[0]: the text is not Unicode")]
    [InlineData("[]", "spec.json, $: found an empty list, expected an object in braces")]
    public void Parse_NotASpec_IsRefused(string text, string expected)
        => Assert.StartsWith(expected, Assert.Throws<SpecException>(() => TrainingSpec.Parse("spec.json", text)).Message);

    [Fact]
    public void Load_ShippedSpec_CanBeRead()
        => Assert.Equal("temp_max", TrainingSpec.Load(Path.Combine(AppContext.BaseDirectory, "seattle.json")).Target);
}
