using System.Text.Json.Nodes;

namespace NativeRnn.Trainer.Tests;

/// <summary>Specs as JSON, made from small complete ones by changing a property or two.</summary>
internal static class SpecText
{
    /// <summary>The data of <see cref="Seattle"/>.</summary>
    public static readonly string SeattleData = Path.Combine(AppContext.BaseDirectory, "seattle-weather.csv");

    /// <summary>A network over Seattle's weather that trains in a moment.</summary>
    public const string Seattle = """
        {
          "time": "date",
          "inputs": ["temp_max", "wind", { "name": "season", "expression": "cos(2 * pi() * year_fraction())" }],
          "target": "temp_max",
          "unit": "°C",
          "window": 5,
          "horizon": 1,
          "sampling_interval": "1d",
          "split": { "train_until": "2013-01-01", "validation_until": "2013-07-01" },
          "layers": [{ "gru": { "units": 4, "dropout": 0.1 } }, { "dense": { "units": 1 } }],
          "loss": "mae",
          "optimizer": { "adam": { "learning_rate": 0.01 } },
          "epochs": 3,
          "batch_size": 32,
          "seed": 5,
        }
        """;

    /// <summary>A spec over the columns x and y of a table with a row a day.</summary>
    public const string Daily = """
        {
          "time": "t", "inputs": ["x"], "target": "y", "window": 3, "horizon": 2, "sampling_interval": "1d",
          "split": { "train_until": 20, "validation_until": 30 },
          "layers": [{ "simple_rnn": { "units": 2 } }, { "dense": { "units": 1 } }],
          "loss": "mse", "optimizer": "sgd", "epochs": 2
        }
        """;

    /// <summary>A spec with another value for a property of the root, or, for null, without it.</summary>
    public static string With(this string spec, string property, string? json)
    {
        JsonObject root = JsonNode.Parse(spec, documentOptions: new() { AllowTrailingCommas = true })!.AsObject();
        root.Remove(property);
        if (json is not null)
            root.Add(property, JsonNode.Parse(json));
        return root.ToJsonString();
    }
}
