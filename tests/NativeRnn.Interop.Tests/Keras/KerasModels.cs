using System.Text.Json.Nodes;

namespace NativeRnn.Interop.Tests.Keras;

/// <summary>Keras layers with random weights.</summary>
internal sealed class KerasModels(int seed)
{
    private readonly Random _random = new(seed);

    public static KerasTestLayer Input(int features)
        => new("InputLayer", "input_1", new() { ["batch_shape"] = new JsonArray(null, null, features), ["dtype"] = "float32", ["sparse"] = false }, []);

    /// <summary>An input of numbers of symbols, [batch, steps].</summary>
    public static KerasTestLayer Symbols()
        => new("InputLayer", "input_1", new() { ["batch_shape"] = new JsonArray(null, null), ["dtype"] = "float32", ["sparse"] = false }, []);

    public KerasTestLayer Embedding(string name, int symbols, int units)
    {
        JsonObject config = new() { ["input_dim"] = symbols, ["output_dim"] = units, ["mask_zero"] = false, ["embeddings_initializer"] = null, ["input_length"] = null };
        return new("Embedding", name, config, new() { ["embeddings"] = Draw(symbols, units) });
    }

    public static KerasTestLayer Plain(string className, string name, JsonObject config) => new(className, name, config, []);

    public KerasTestLayer Dense(string name, int inputs, int units, string activation = "linear", bool bias = true)
    {
        JsonObject config = new() { ["units"] = units, ["activation"] = activation, ["use_bias"] = bias, ["kernel_regularizer"] = null, ["dtype"] = Policy("float32") };
        Dictionary<string, KerasArray> weights = new() { ["kernel"] = Draw(inputs, units) };
        if (bias)
            weights["bias"] = Draw(units);
        return new("Dense", name, config, weights);
    }

    public KerasTestLayer TimeDistributedDense(string name, int inputs, int units, string activation)
    {
        KerasTestLayer dense = Dense("inner", inputs, units, activation);
        return new("TimeDistributed", name, new() { ["layer"] = new JsonObject { ["class_name"] = "Dense", ["config"] = WithName(dense) } }, dense.Weights);
    }

    public KerasTestLayer Recurrent(string className, string name, int inputs, int units, JsonObject? settings = null)
    {
        JsonObject config = new()
        {
            ["units"] = units,
            ["activation"] = "tanh",
            ["use_bias"] = true,
            ["return_sequences"] = false,
            ["return_state"] = false,
            ["go_backwards"] = false,
            ["stateful"] = false,
            ["unroll"] = false,
            ["dropout"] = 0.1,
            ["recurrent_dropout"] = 0.0,
            ["kernel_initializer"] = new JsonObject { ["class_name"] = "GlorotUniform" },
            ["dtype"] = "float32",
        };
        if (className != "SimpleRNN")
            config["recurrent_activation"] = "sigmoid";
        if (className == "GRU")
            config["reset_after"] = true;
        foreach ((string key, JsonNode? value) in settings ?? [])
            config[key] = value?.DeepClone();

        int gates = className switch { "SimpleRNN" => 1, "GRU" => 3, _ => 4 };
        Dictionary<string, KerasArray> weights = new()
        {
            ["kernel"] = Draw(inputs, gates * units),
            ["recurrent_kernel"] = Draw(units, gates * units),
        };
        if ((bool)config["use_bias"]!)
            weights["bias"] = (bool?)config["reset_after"] ?? false ? Draw(2, gates * units) : Draw(gates * units);
        return new(className, name, config, weights);
    }

    public static KerasTestLayer Bidirectional(string name, KerasTestLayer forward, KerasTestLayer backward, string merge, bool own)
    {
        JsonObject config = new()
        {
            ["merge_mode"] = merge,
            ["layer"] = new JsonObject { ["class_name"] = forward.ClassName, ["config"] = WithName(forward) },
        };
        if (own)
        {
            JsonObject settings = WithName(backward);
            settings["go_backwards"] = true;
            config["backward_layer"] = new JsonObject { ["class_name"] = backward.ClassName, ["config"] = settings };
        }

        Dictionary<string, KerasArray> weights = [];
        foreach ((string role, KerasArray array) in forward.Weights)
            weights["forward." + role] = array;
        foreach ((string role, KerasArray array) in backward.Weights)
            weights["backward." + role] = array;
        return new("Bidirectional", name, config, weights);
    }

    public double[][] Inputs(int steps, int features)
        => [.. Enumerable.Range(0, steps).Select(_ => Draw(features).Values.Select(value => 2.0 * value).ToArray())];

    public static JsonObject Policy(string name)
        => new() { ["module"] = "keras", ["class_name"] = "DTypePolicy", ["config"] = new JsonObject { ["name"] = name } };

    public KerasArray Draw(params int[] shape)
    {
        float[] values = new float[shape.Aggregate((product, size) => product * size)];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(1.2 * _random.NextDouble() - 0.6);
        return new KerasArray(values, shape);
    }

    private static JsonObject WithName(KerasTestLayer layer)
    {
        JsonObject config = layer.Config.DeepClone().AsObject();
        config["name"] = layer.Name;
        return config;
    }
}
