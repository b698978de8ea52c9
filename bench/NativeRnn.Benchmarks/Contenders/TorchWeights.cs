using TorchSharp;
using TorchSharp.Modules;

namespace NativeRnn.Benchmarks.Contenders;

/// <summary>Gives the weights of our GRUs and dense layer to PyTorch's modules.</summary>
internal static class TorchWeights
{
    /// <summary>PyTorch's gate order r, z, n in terms of ours, z, r, n.</summary>
    private static readonly int[] GateOrder = [1, 0, 2];

    /// <param name="gru">A GRU of one direction and one layer or several, which are of ours <c>gru</c>, <c>gru_1</c> and so on.</param>
    /// <param name="dense">The layer behind it.</param>
    /// <param name="weights">Our weights of a parameter, such as <c>gru.kernel</c>; the GRU is reset after.</param>
    public static void Set(GRU gru, Linear dense, Func<string, float[]> weights)
    {
        using IDisposable noGradients = torch.no_grad();
        Dictionary<string, Parameter> parameters = gru.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        for (int layer = 0; parameters.ContainsKey($"weight_ih_l{layer}"); layer++)
        {
            string name = layer == 0 ? "gru" : $"gru_{layer}";
            Set(parameters[$"weight_ih_l{layer}"], Reordered(weights($"{name}.kernel")));
            Set(parameters[$"weight_hh_l{layer}"], Reordered(weights($"{name}.recurrent_kernel")));
            Set(parameters[$"bias_ih_l{layer}"], Reordered(weights($"{name}.bias")));
            Set(parameters[$"bias_hh_l{layer}"], Reordered(weights($"{name}.recurrent_bias")));
        }

        Set(dense.weight, weights("dense.kernel"));
        Set(dense.bias!, weights("dense.bias"));
    }

    private static float[] Reordered(float[] rows)
    {
        int block = rows.Length / GateOrder.Length;
        return [.. GateOrder.SelectMany(gate => rows[(gate * block)..((gate + 1) * block)])];
    }

    private static void Set(Parameter parameter, float[] values)
    {
        using torch.Tensor tensor = torch.tensor(values, parameter.shape);
        parameter.copy_(tensor);
    }
}
