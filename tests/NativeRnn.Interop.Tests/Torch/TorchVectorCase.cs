using System.Text.Json;

namespace NativeRnn.Vectors;

/// <summary>A network of nn.RNN, nn.GRU or nn.LSTM and nn.Linear, what it is imported with, and what PyTorch computed.</summary>
/// <param name="Name">The safetensors file beside, without its ending.</param>
/// <param name="Head">last, sequence or laststep.</param>
/// <param name="Nonlinearity">tanh or relu.</param>
/// <param name="Activations">The activations between or behind the linear layers.</param>
/// <param name="Inputs"><c>[steps, features]</c> of one sequence.</param>
/// <param name="Outputs"><c>[rows, outputs]</c>, computed in double precision.</param>
internal sealed record TorchVectorCase(string Name, string Head, string Nonlinearity, string[] Activations, double[] Inputs, double[] Outputs)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public static TorchVectorCase[] Read(string file) => JsonSerializer.Deserialize<TorchVectorCase[]>(File.ReadAllText(file), Format)!;

    public static void Write(string file, IEnumerable<TorchVectorCase> cases)
        => File.WriteAllText(file, "[\n" + string.Join(",\n", cases.Select(value => JsonSerializer.Serialize(value, Format))) + "\n]\n");
}
