using NativeRnn.Interop;
using NativeRnn.Interop.Torch;
using NativeRnn.Vectors;

namespace NativeRnn.Fuzz.Targets;

/// <summary>Weights of PyTorch modules.</summary>
internal sealed class SafetensorsTarget() : FileTarget(".safetensors")
{
    private static readonly TorchImportOptions[] Options =
        [new(), new() { Head = TorchHead.Sequence }, new() { Head = TorchHead.LastStep, Activations = [Activation.Relu] }];

    public override IEnumerable<string> Words =>
    [
        "dtype", "shape", "data_offsets", "__metadata__", "F32", "F64", "F16", "BF16", "I64", "U8", "weight_ih_l0", "weight_hh_l0", "bias_ih_l0",
        "bias_hh_l0", "weight_ih_l1", "weight_ih_l0_reverse", "weight_hh_l0_reverse", "weight", "bias", "fc.", "[", "]", "{", "}", ",", ":",
        "9223372036854775807", "-1", "1e9",
    ];

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (int gates in (int[])[1, 3, 4])
        {
            yield return Module(gates, units: 2, [""], layers: 1);
            yield return Module(gates, units: 1, ["", "_reverse"], layers: 1);
            yield return Module(gates, units: 1, [""], layers: 2);
        }

        yield return SafetensorsBytes.Join("""{"weight":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]},"bias":{"dtype":"BF16","shape":[1],"data_offsets":[16,18]}}""", new byte[18]);
    }

    protected override object? Read(string path)
    {
        // One file, several readings: what the file does not say.
        object? model = null;
        ModelImportException? refusal = null;
        foreach (TorchImportOptions options in Options)
        {
            try
            {
                model = SafetensorsImporter.Import(path, options);
            }
            catch (ModelImportException exception)
            {
                refusal = exception;
            }
        }

        return model ?? throw refusal!;
    }

    protected override long Allowance(byte[] file) => Options.Length * base.Allowance(file);

    protected override bool IsRefusal(Exception exception) => exception is ModelImportException;

    protected override void Use(object? result, byte[] file) => ModelUse.Run((RnnModel)result!);

    private static byte[] Module(int gates, int units, string[] directions, int layers)
    {
        const int Inputs = 2;
        List<(string, long[], float[])> tensors = [];
        for (int layer = 0; layer < layers; layer++)
        {
            int inputs = layer == 0 ? Inputs : units * directions.Length;
            foreach (string direction in directions)
            {
                tensors.Add(Tensor($"rnn.weight_ih_l{layer}{direction}", gates * units, inputs));
                tensors.Add(Tensor($"rnn.weight_hh_l{layer}{direction}", gates * units, units));
                tensors.Add(Tensor($"rnn.bias_ih_l{layer}{direction}", gates * units));
                tensors.Add(Tensor($"rnn.bias_hh_l{layer}{direction}", gates * units));
            }
        }

        tensors.Add(Tensor("fc.weight", 1, units * directions.Length));
        tensors.Add(Tensor("fc.bias", 1));
        return SafetensorsBytes.Write(tensors);
    }

    private static (string, long[], float[]) Tensor(string name, params long[] shape)
        => (name, shape, new float[shape.Aggregate(1L, (product, size) => product * size)]);
}
