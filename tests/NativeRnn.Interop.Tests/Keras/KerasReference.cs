using System.Text.Json.Nodes;
using static NativeRnn.Tests.Reference.ReferenceAlgebra;

namespace NativeRnn.Interop.Tests.Keras;

/// <summary>
/// What Keras computes, in double precision, from the arrays in Keras's own layout (x times kernel, gates side by side) and its
/// documentation: GRU z, r, h; LSTM i, f, c, o; go_backwards gives the sequence in the order it was run in.
/// </summary>
internal static class KerasReference
{
    public static double[][] Run(IEnumerable<KerasTestLayer> layers, double[][] rows, bool keras3)
    {
        foreach (KerasTestLayer layer in layers)
            rows = RunLayer(layer, rows, keras3);
        return rows;
    }

    private static double[][] RunLayer(KerasTestLayer layer, double[][] rows, bool keras3)
    {
        JsonObject config = layer.Config;
        switch (layer.ClassName)
        {
            case "Dense":
                return RunDense(config, layer.Weights, rows, keras3);
            case "Embedding":
                float[] table = layer.Weights["embeddings"].Values;
                int size = layer.Weights["embeddings"].Shape[1];
                return [.. rows.Select(row => table.Skip((int)row[0] * size).Take(size).Select(value => (double)value).ToArray())];
            case "TimeDistributed":
                return RunDense(config["layer"]!["config"]!.AsObject(), layer.Weights, rows, keras3);
            case "SimpleRNN" or "GRU" or "LSTM":
                return RunRecurrent(layer.ClassName, config, layer.Weights, "", Flag(config, "go_backwards"), rows, keras3);
            case "Bidirectional":
                JsonNode forward = config["layer"]!;
                JsonNode backward = config["backward_layer"] ?? forward;
                double[][] ahead = RunRecurrent((string)forward["class_name"]!, forward["config"]!.AsObject(), layer.Weights, "forward.", false, rows, keras3);
                double[][] back = RunRecurrent((string)backward["class_name"]!, backward["config"]!.AsObject(), layer.Weights, "backward.", true, rows, keras3);
                Array.Reverse(back);
                return [.. ahead.Zip(back, (first, second) => Merge((string?)config["merge_mode"] ?? "concat", first, second))];
            case "Activation":
                return [.. rows.Select(row => Activate(config["activation"], row, keras3))];
            case "LeakyReLU":
                double slope = (double)(config["negative_slope"] ?? config["alpha"])!;
                return [.. rows.Select(row => row.Select(x => x > 0 ? x : slope * x).ToArray())];
            default:
                return rows;
        }
    }

    private static double[] Merge(string mode, double[] first, double[] second) => mode switch
    {
        "concat" => [.. first, .. second],
        "sum" => Sum(first, second),
        "mul" => Product(first, second),
        "ave" => [.. Sum(first, second).Select(value => value / 2)],
        _ => throw new ArgumentException(mode),
    };

    private static double[][] RunDense(JsonObject config, Dictionary<string, KerasArray> weights, double[][] rows, bool keras3)
        => [.. rows.Select(row => Activate(config["activation"], Add(Times(row, weights["kernel"]), weights.GetValueOrDefault("bias"), 0), keras3))];

    private static double[][] RunRecurrent(
        string kind, JsonObject config, Dictionary<string, KerasArray> weights, string prefix, bool backwards, double[][] rows, bool keras3)
    {
        KerasArray kernel = weights[prefix + "kernel"];
        KerasArray recurrent = weights[prefix + "recurrent_kernel"];
        KerasArray? bias = weights.GetValueOrDefault(prefix + "bias");
        int units = (int)config["units"]!;
        double[] h = new double[units];
        double[] c = new double[units];
        List<double[]> outputs = [];
        foreach (double[] x in backwards ? rows.Reverse() : rows)
        {
            double[] input = Add(Times(x, kernel), bias, 0);
            double[] F(double[] v) => Activate(config["activation"], v, keras3);
            double[] S(double[] v) => Activate(config["recurrent_activation"], v, keras3);
            double[] Gate(double[] v, int gate) => v[(gate * units)..((gate + 1) * units)];
            double[] hidden = Times(h, recurrent);
            switch (kind)
            {
                case "SimpleRNN":
                    h = F(Sum(input, hidden));
                    break;
                case "GRU":
                    bool after = Flag(config, "reset_after");
                    if (after)
                        hidden = Add(hidden, bias, 3 * units);
                    double[] z = S(Sum(Gate(input, 0), Gate(hidden, 0)));
                    double[] r = S(Sum(Gate(input, 1), Gate(hidden, 1)));
                    double[] candidate = after ? Product(r, Gate(hidden, 2)) : Gate(Times(Product(r, h), recurrent), 2);
                    h = Sum(Product(z, h), Product(OneMinus(z), F(Sum(Gate(input, 2), candidate))));
                    break;
                case "LSTM":
                    double[] sum = Sum(input, hidden);
                    c = Sum(Product(S(Gate(sum, 1)), c), Product(S(Gate(sum, 0)), F(Gate(sum, 2))));
                    h = Product(S(Gate(sum, 3)), F(c));
                    break;
            }

            outputs.Add(h);
        }

        return Flag(config, "return_sequences") ? [.. outputs] : [outputs[^1]];
    }

    private static double[] Times(double[] x, KerasArray matrix)
    {
        Assert.Equal(x.Length, matrix.Shape[0]);
        double[] result = new double[matrix.Shape[1]];
        for (int i = 0; i < x.Length; i++)
            for (int j = 0; j < result.Length; j++)
                result[j] += x[i] * matrix.Values[i * result.Length + j];
        return result;
    }

    private static double[] Add(double[] values, KerasArray? bias, int offset)
        => bias is null ? values : [.. values.Select((value, i) => value + bias.Values[offset + i])];

    private static double[] Activate(JsonNode? name, double[] values, bool keras3) => (string?)name switch
    {
        null or "linear" => values,
        "hard_sigmoid" when keras3 => [.. values.Select(x => Math.Min(1, Math.Max(0, x / 6 + 0.5)))],
        "hard_sigmoid" => [.. values.Select(x => Math.Min(1, Math.Max(0, 0.2 * x + 0.5)))],
        "leaky_relu" => [.. values.Select(x => x > 0 ? x : 0.2 * x)],
        string other => Apply(Activation.Parse(other), values),
    };

    private static bool Flag(JsonObject config, string name) => (bool?)config[name] ?? false;
}
