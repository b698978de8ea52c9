using NativeRnn.Vectors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NativeRnn.TorchVectors;

/// <summary>Whole networks of PyTorch's modules with their state as safetensors files: a recurrent module, its last or every state, linear layers.</summary>
internal static class SafetensorsVectors
{
    private const int InputSize = 3;
    private const int Units = 4;
    private const int Steps = 5;

    private static readonly (string Name, string Module, int Layers, bool Bidirectional, bool Bias, string Prefix, string Head, int[] Linears, string[] Activations)[] Networks =
    [
        ("gru", "gru", 1, false, true, "gru.", "last", [2], []),
        ("gru-bidirectional", "gru", 2, true, true, "encoder.gru.", "last", [5, 1], ["relu"]),
        ("gru-sequence", "gru", 2, false, true, "", "sequence", [], []),
        ("gru-no-bias", "gru", 1, true, false, "rnn.", "sequence", [2], ["sigmoid"]),
        ("lstm", "lstm", 1, false, true, "lstm.", "last", [3], ["softmax"]),
        ("lstm-bidirectional", "lstm", 2, true, true, "model.lstm.", "sequence", [6, 3, 1], ["tanh", "relu"]),
        ("lstm-no-bias", "lstm", 2, false, false, "lstm.", "last", [1], []),
        ("rnn-tanh", "rnn tanh", 2, true, true, "rnn.", "last", [2], []),
        ("lstm-last-step", "lstm", 1, true, true, "lstm.", "laststep", [2], []),
        ("rnn-relu", "rnn relu", 1, false, true, "rnn.", "sequence", [2], []),
    ];

    /// <summary>Writes a safetensors file for each network into a folder, and one of inputs and outputs.</summary>
    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        ShortNumbers numbers = new(seed: 7_300);
        List<TorchVectorCase> cases = [];
        foreach (var network in Networks)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable gradientsOff = no_grad();
            List<(string, long[], float[])> tensors = [];
            double[] inputs = numbers.Draw(Steps * InputSize, bound: 2);
            Tensor rows = RunModule(network, tensor(inputs, [1, Steps, InputSize]), tensors, numbers);
            int size = Units * (network.Bidirectional ? 2 : 1);
            for (int i = 0; i < network.Linears.Length; i++)
            {
                Linear linear = nn.Linear(size, network.Linears[i]);
                size = network.Linears[i];
                Fill(linear, $"head.{2 * i}.", tensors, numbers);
                rows = Activate(i < network.Activations.Length ? network.Activations[i] : "linear", linear.call(rows));
            }

            File.WriteAllBytes(Path.Combine(folder, network.Name + ".safetensors"), SafetensorsBytes.Write(tensors));
            cases.Add(new TorchVectorCase(
                network.Name,
                network.Head,
                network.Module == "rnn relu" ? "relu" : "tanh",
                network.Activations,
                inputs,
                ShortNumbers.Round(rows.contiguous().data<double>())));
        }

        TorchVectorCase.Write(Path.Combine(folder, "torch.json"), cases);
    }

    private static Tensor RunModule(
        (string Name, string Module, int Layers, bool Bidirectional, bool Bias, string Prefix, string Head, int[] Linears, string[] Activations) network,
        Tensor x,
        List<(string, long[], float[])> tensors,
        ShortNumbers numbers)
    {
        Tensor output;
        Tensor hidden;
        switch (network.Module)
        {
            case "gru":
                GRU gru = nn.GRU(InputSize, Units, network.Layers, network.Bias, batchFirst: true, bidirectional: network.Bidirectional);
                Fill(gru, network.Prefix, tensors, numbers);
                (output, hidden) = gru.call(x);
                break;
            case "lstm":
                LSTM lstm = nn.LSTM(InputSize, Units, network.Layers, network.Bias, batchFirst: true, bidirectional: network.Bidirectional);
                Fill(lstm, network.Prefix, tensors, numbers);
                (output, hidden, _) = lstm.call(x);
                break;
            default:
                nn.NonLinearities activation = network.Module == "rnn relu" ? nn.NonLinearities.ReLU : nn.NonLinearities.Tanh;
                RNN rnn = nn.RNN(InputSize, Units, network.Layers, activation, network.Bias, batchFirst: true, bidirectional: network.Bidirectional);
                Fill(rnn, network.Prefix, tensors, numbers);
                (output, hidden) = rnn.call(x);
                break;
        }

        if (network.Head == "sequence")
            return output;
        if (network.Head == "laststep")
            return output[TensorIndex.Colon, -1];

        // [layers * directions, batch, units]: the last layer's directions side by side.
        int directions = network.Bidirectional ? 2 : 1;
        return cat([.. Enumerable.Range(0, directions).Select(direction => hidden[(network.Layers - 1) * directions + direction])], dim: -1);
    }

    private static void Fill(nn.Module module, string prefix, List<(string, long[], float[])> tensors, ShortNumbers numbers)
    {
        module.to(ScalarType.Float64);
        foreach ((string name, Parameter parameter) in module.named_parameters())
        {
            double[] values = numbers.Draw(parameter.numel());
            parameter.copy_(tensor(values, parameter.shape));
            tensors.Add((prefix + name, parameter.shape, Array.ConvertAll(values, value => (float)value)));
        }
    }

    private static Tensor Activate(string name, Tensor x) => name switch
    {
        "linear" => x,
        "relu" => x.relu(),
        "tanh" => x.tanh(),
        "sigmoid" => x.sigmoid(),
        "softmax" => x.softmax(-1),
        _ => throw new ArgumentException($"No activation '{name}'."),
    };
}
