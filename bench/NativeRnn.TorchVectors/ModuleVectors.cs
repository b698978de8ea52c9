using NativeRnn.Vectors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NativeRnn.TorchVectors;

/// <summary>
/// Outputs of PyTorch's own recurrent modules, one and two layers, one and two directions, with their weights in this library's layout:
/// PyTorch orders a GRU's gates r, z, n (ours z, r, n) and has two biases everywhere, which only the GRU's candidate needs apart.
/// </summary>
internal static class ModuleVectors
{
    private const int InputSize = 3;
    private const int Units = 4;
    private const int Steps = 4;
    private const int Batch = 2;

    private static readonly int[] LayerCounts = [1, 2];
    private static readonly bool[] Directions = [false, true];
    private static readonly string[] Modules = ["rnn tanh", "rnn relu", "gru", "lstm"];

    public static IReadOnlyList<VectorCase> Create()
    {
        ShortNumbers numbers = new(seed: 20_240);
        return [.. from module in Modules
                   from layers in LayerCounts
                   from bidirectional in Directions
                   select Create(module, layers, bidirectional, numbers)];
    }

    private static VectorCase Create(string kind, int layers, bool bidirectional, ShortNumbers numbers)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable gradientsOff = no_grad();
        double[] inputs = numbers.Draw(Batch * Steps * InputSize, bound: 2);
        Tensor x = tensor(inputs, [Batch, Steps, InputSize]);

        (nn.Module module, Func<(Tensor Output, Tensor Hidden)> run) = CreateModule(kind, layers, bidirectional, x);
        module.to(ScalarType.Float64);
        Dictionary<string, double[]> torchWeights = [];
        foreach ((string name, Parameter parameter) in module.named_parameters())
        {
            double[] values = numbers.Draw(parameter.numel());
            parameter.copy_(tensor(values, parameter.shape));
            torchWeights.Add(name, values);
        }

        (Tensor output, Tensor hidden) = run();

        // hidden is [layers * directions, batch, units]; the last layer's directions side by side are its many-to-one output.
        int directions = bidirectional ? 2 : 1;
        Tensor last = cat([.. Enumerable.Range(0, directions).Select(direction => hidden[(layers - 1) * directions + direction])], dim: -1);

        Layer layer = Describe(kind, bidirectional);
        Architecture architecture = new(InputSize, Enumerable.Repeat(layer, layers));
        return new VectorCase
        {
            Name = $"{kind}, {layers} layer(s){(bidirectional ? ", bidirectional" : "")}",
            InputSize = InputSize,
            Layers = [.. Enumerable.Repeat(LayerDescription.Of(layer), layers)],
            Batch = Batch,
            Steps = Steps,
            Weights = Convert(kind, architecture, torchWeights),
            Inputs = inputs,
            Outputs = ShortNumbers.Round(output.contiguous().data<double>()),
            LastOutputs = ShortNumbers.Round(last.contiguous().data<double>()),
        };
    }

    private static (nn.Module Module, Func<(Tensor Output, Tensor Hidden)> Run) CreateModule(string kind, int layers, bool bidirectional, Tensor x)
    {
        switch (kind)
        {
            case "rnn tanh" or "rnn relu":
                nn.NonLinearities activation = kind == "rnn relu" ? nn.NonLinearities.ReLU : nn.NonLinearities.Tanh;
                RNN rnn = nn.RNN(InputSize, Units, layers, activation, batchFirst: true, bidirectional: bidirectional);
                return (rnn, () => rnn.call(x));
            case "gru":
                GRU gru = nn.GRU(InputSize, Units, layers, batchFirst: true, bidirectional: bidirectional);
                return (gru, () => gru.call(x));
            case "lstm":
                LSTM lstm = nn.LSTM(InputSize, Units, layers, batchFirst: true, bidirectional: bidirectional);
                return (lstm, () =>
                {
                    (Tensor output, Tensor hidden, _) = lstm.call(x);
                    return (output, hidden);
                }
                );
            default:
                throw new ArgumentException($"No module '{kind}'.", nameof(kind));
        }
    }

    private static Layer Describe(string kind, bool bidirectional)
    {
        RecurrentLayer cell = kind switch
        {
            "rnn tanh" => new SimpleRnn(Units) { ReturnSequences = true },
            "rnn relu" => new SimpleRnn(Units) { ReturnSequences = true, Activation = Activation.Relu },
            "gru" => new Gru(Units) { ReturnSequences = true, ResetAfter = true },
            "lstm" => new Lstm(Units) { ReturnSequences = true },
            _ => throw new ArgumentException($"No module '{kind}'.", nameof(kind)),
        };
        return bidirectional ? new Bidirectional(cell) : cell;
    }

    private static Dictionary<string, double[]> Convert(string kind, Architecture architecture, Dictionary<string, double[]> torchWeights)
    {
        Dictionary<string, double[]> weights = [];
        for (int layer = 0; layer < architecture.Layers.Count; layer++)
        {
            string name = architecture.Layers[layer].Name;
            if (architecture.Layers[layer].Layer is Bidirectional)
            {
                ConvertCell($"{name}.forward.", $"_l{layer}");
                ConvertCell($"{name}.backward.", $"_l{layer}_reverse");
            }
            else
            {
                ConvertCell($"{name}.", $"_l{layer}");
            }
        }

        return weights;

        void ConvertCell(string prefix, string suffix)
        {
            double[] inputBias = Reorder(torchWeights["bias_ih" + suffix]);
            double[] recurrentBias = Reorder(torchWeights["bias_hh" + suffix]);
            weights[prefix + "kernel"] = Reorder(torchWeights["weight_ih" + suffix]);
            weights[prefix + "recurrent_kernel"] = Reorder(torchWeights["weight_hh" + suffix]);
            weights[prefix + "bias"] = kind == "gru" ? inputBias : [.. inputBias.Zip(recurrentBias, (first, second) => first + second)];
            if (kind == "gru")
                weights[prefix + "recurrent_bias"] = recurrentBias;
        }

        double[] Reorder(double[] gates)
        {
            if (kind != "gru")
                return gates;
            int third = gates.Length / 3;
            return [.. gates[third..(2 * third)], .. gates[..third], .. gates[(2 * third)..]];
        }
    }
}
