using Google.Protobuf;
using NativeRnn.Interop;
using NativeRnn.Interop.Onnx;
using NativeRnn.Tests.Format;

namespace NativeRnn.Fuzz.Targets;

/// <summary>ONNX models: those of our exporter, graphs as other tools write them and, where they are installed, the ONNX project's test cases.</summary>
internal sealed class OnnxTarget : FuzzTarget
{
    private const string TestCases = "/usr/share/libonnx-testdata";
    private const int LargestSeed = 4096;

    public override IEnumerable<string> Words =>
    [
        "RNN", "GRU", "LSTM", "MatMul", "Gemm", "Add", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Slice", "Gather", "Split", "Concat",
        "Identity", "Constant", "ConstantOfShape", "Shape", "Cast", "Expand", "Flatten", "Softmax", "Tanh", "Sigmoid", "Relu", "Dropout",
        "axis", "axes", "perm", "starts", "ends", "steps", "split", "allowzero", "hidden_size", "direction", "bidirectional", "reverse",
        "forward", "layout", "clip", "linear_before_reset", "input_forget", "activations", "activation_alpha", "activation_beta",
    ];

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (Architecture architecture in SampleModels.Variants.Values)
        {
            byte[]? exported = null;
            try
            {
                exported = OnnxExporter.ToBytes(SampleModels.WithRandomWeights(architecture));
            }
            catch (NotSupportedException)
            {
                // Some layers ONNX has no operator for.
            }

            if (exported is not null)
                yield return exported;
        }

        yield return RecurrentNode();
        if (!Directory.Exists(TestCases))
            yield break;
        foreach (string file in Directory.EnumerateFiles(TestCases, "model.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            byte[] bytes = File.ReadAllBytes(file);
            if (bytes.Length <= LargestSeed && IsNear(file))
                yield return bytes;
        }
    }

    protected override object? Read(byte[] file) => OnnxImporter.Parse(file);

    protected override bool IsRefusal(Exception exception) => exception is ModelImportException;

    protected override void Use(object? result, byte[] file) => ModelUse.Run((RnnModel)result!);

    private static bool IsNear(string file)
        => Array.Exists(
            (string[])["test_gru", "test_lstm", "test_rnn", "test_simple_rnn", "reshape", "slice", "split", "squeeze", "transpose", "gather_", "concat", "gemm", "expand", "constant", "shape"],
            part => file.Contains(part, StringComparison.Ordinal));

    /// <summary>A GRU between the operators that exporters put round it.</summary>
    private static byte[] RecurrentNode()
    {
        OnnxGraphWriter graph = new();
        string weights = graph.Tensor("w", new float[2 * 3 * 2], 1, 6, 2);
        string recurrent = graph.Tensor("r", new float[2 * 3 * 2], 1, 6, 2);
        string turned = graph.Add("turn", "Transpose", [OnnxGraphWriter.Input], new Interop.Onnx.Proto.AttributeProto { Name = "perm", Ints = { 1, 0, 2 }, Type = Interop.Onnx.Proto.AttributeProto.Types.Kind.Ints });
        string gru = graph.Add("gru", "GRU", [turned, weights, recurrent], OnnxGraphWriter.Integer("hidden_size", 2), OnnxGraphWriter.Integer("linear_before_reset", 1));
        string squeezed = graph.Add("squeeze", "Squeeze", [gru, graph.Tensor("axes", [1L], 1)]);
        string sliced = graph.Add("slice", "Slice", [squeezed, graph.Tensor("starts", [-1L], 1), graph.Tensor("ends", [long.MaxValue], 1), graph.Tensor("axis", [0L], 1)]);
        string reshaped = graph.Add("reshape", "Reshape", [sliced, graph.Tensor("shape", [-1L, 2], 2)]);
        string product = graph.Add("matmul", "MatMul", [reshaped, graph.Tensor("m", new float[2], 2, 1)]);
        return graph.ToModel(graph.Add("add", "Add", [product, graph.Tensor("b", new float[1], 1)]), 2, 1, isSequence: false).ToByteArray();
    }
}
