using Google.Protobuf;
using NativeRnn.Interop.Onnx;
using NativeRnn.Interop.Onnx.Proto;

namespace NativeRnn.Interop.Tests.Onnx;

/// <summary>The node tests of the ONNX project, which Debian's package libonnx-testdata installs.</summary>
public sealed class OnnxNodeTests
{
    private const string Folder = "/usr/share/libonnx-testdata/data/node";

    public static TheoryData<string> Names =>
    [
        "test_gru_batchwise", "test_gru_defaults", "test_gru_seq_length", "test_gru_with_initial_bias",
        "test_lstm_batchwise", "test_lstm_defaults", "test_lstm_with_initial_bias", "test_lstm_with_peepholes",
        "test_rnn_seq_length", "test_simple_rnn_batchwise", "test_simple_rnn_defaults", "test_simple_rnn_with_initial_bias",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Import_NodeTest_GivesItsOutput(string name)
    {
        string folder = Path.Combine(Folder, name);
        Assert.SkipUnless(Directory.Exists(folder), $"{folder} is not there: apt-get install libonnx-testdata");
        ModelProto proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
        Dictionary<string, TensorProto> inputs = [];
        for (int i = 0; i < proto.Graph.Input.Count; i++)
            inputs.Add(proto.Graph.Input[i].Name, Tensor(folder, $"input_{i}"));
        string data = proto.Graph.Input[0].Name;
        proto.Graph.Initializer.Add(inputs.Where(input => input.Key != data).Select(input => Named(input.Value, input.Key)));

        RnnModel model = OnnxImporter.Parse(proto.ToByteArray());

        NodeProto node = proto.Graph.Node[0];
        bool isBatchFirst = node.Attribute.Any(attribute => attribute is { Name: "layout", I: 1 });
        long[] shape = [.. inputs[data].Dims];
        int steps = (int)shape[isBatchFirst ? 1 : 0], batch = (int)shape[isBatchFirst ? 0 : 1];
        float[] input = TensorReader.Read(inputs[data], data).Numbers!;
        float[] actual = RandomNetwork.Run(model, isBatchFirst ? input : RandomNetwork.SwapOuter(input, steps, batch, (int)shape[2]), batch, steps);
        if (model.Architecture.ReturnsSequence && !isBatchFirst)
            actual = RandomNetwork.SwapOuter(actual, batch, steps, model.Architecture.OutputSize);
        RandomNetwork.AssertClose(TensorReader.Read(Tensor(folder, "output_0"), "output_0").Numbers!, actual, name);
    }

    private static TensorProto Tensor(string folder, string file)
        => TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "test_data_set_0", file + ".pb")));

    private static TensorProto Named(TensorProto tensor, string name)
    {
        tensor.Name = name;
        return tensor;
    }
}
