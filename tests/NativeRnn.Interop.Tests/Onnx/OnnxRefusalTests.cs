using Google.Protobuf;
using NativeRnn.Interop.Onnx;
using NativeRnn.Interop.Onnx.Proto;
using static NativeRnn.Interop.Onnx.OnnxGraphWriter;

namespace NativeRnn.Interop.Tests.Onnx;

/// <summary>What is not supported is refused by node, operator and attribute; what is damaged gives an error and nothing else.</summary>
public sealed class OnnxRefusalTests
{
    private const string X = TestGraph.X;

    private static readonly (string Cell, string Expected, AttributeProto[] Attributes)[] Attributes =
    [
        ("GRU", "(GRU) has the attribute clip = -3, expected a number above 0", [Number("clip", -3)]),
        ("GRU", "(GRU) has the attribute clip = 0, expected a number above 0", [Number("clip", 0)]),
        ("GRU", "(GRU) has the activation ThresholdedRelu without its own activation_alpha, which tools understand differently", [Texts("activations", ["Sigmoid", "ThresholdedRelu"])]),
        ("LSTM", "(LSTM) has the activation Affine without its own activation_beta", [Texts("activations", ["Sigmoid", "Tanh", "Affine"]), Numbers("activation_alpha", [1])]),
        ("RNN", "(RNN) has the activation LeakyRelu without its own activation_alpha", [Texts("activations", ["LeakyRelu"])]),
        ("GRU", "(GRU) has the attribute hidden_size = 7, but weights of 4 units", [Integer("hidden_size", 7)]),
        ("GRU", "(GRU) has the attribute direction = sideways", [Text("direction", "sideways")]),
        ("GRU", "(GRU) has the attribute fancy, which is not supported", [Integer("fancy", 1)]),
        ("GRU", "(GRU) has the attribute layout = 2", [Integer("layout", 2)]),
        ("GRU", "(GRU) has 3 activations, expected 2", [Texts("activations", ["Tanh", "Tanh", "Tanh"])]),
        ("GRU", "the activation Swish with alpha 0 and beta 0, which is not supported", [Texts("activations", ["Sigmoid", "Swish"])]),
        ("LSTM", "has input_forget = 1 with the gate activation tanh", [Integer("input_forget", 1), Texts("activations", ["Tanh", "Tanh", "Tanh"])]),
        ("GRU", "has the attribute hidden_size of type Float, expected Int", [Number("hidden_size", 4)]),
    ];

    [Fact]
    public void Import_AttributeThatIsNotSupported_IsRefusedByName()
    {
        foreach ((string cell, string expected, AttributeProto[] attributes) in Attributes)
        {
            TestGraph graph = new();
            string y = graph.AddMany(cell, 2, [X, .. graph.Weights(cell == "LSTM" ? 4 : cell == "GRU" ? 3 : 1, 1, 3, 4)], attributes)[1];

            Assert.Contains(expected, graph.Refusal(y, 0, 0, 3));
        }
    }

    public static TheoryData<string, string> Graphs => new()
    {
        { "operator", "Node 'Conv_" },
        { "initial state of the input", "(GRU) has an initial_h that is a tensor of the input" },
        { "initial states", "(GRU) has an initial_h that differs from sequence to sequence" },
        { "initial state of another size", "(GRU) has an initial_h of the shape [1, 1, 5], which does not fit 1 directions of 4 units" },
        { "initial state of integers", "(GRU) has an initial_h that is a constant [3], expected constant float32" },
        { "lengths", "(GRU) has sequence_lens other than the whole length" },
        { "equal lengths", "(GRU) has sequence_lens other than the whole length" },
        { "log softmax", "(LogSoftmax) is an operator that is not supported" },
        { "gelu by tanh", "(Gelu) has the attribute approximate, which is not supported" },
        { "error function", "an Erf that is not part of gelu" },
        { "divided by", "(Div) combines a tensor of the input, [time, batch, features] with a constant in a way that is not supported" },
        { "embedding of floats", "(Gather) takes a constant [9, 4] by a tensor of the input" },
        { "integers", "(GRU) takes the integers of the input, which only an embedding does" },
        { "wrong weights", "(GRU) has R as a constant [1, 12, 5], expected [1, 3q, q]" },
        { "wrong bias", "(GRU) has B as a constant [1, 12], expected [1, 24]" },
        { "features", "but weights for 3 features" },
        { "mixed reshape", "(Reshape) gives [time, batch, features] a shape that cuts or mixes axes" },
        { "middle step", "that is neither the last step, the first, nor a direction" },
        { "residual", "(Add) combines" },
        { "backward first", "takes 2 outputs side by side that are not those of a forward and a backward" },
        { "time into features", "whose last dimension is not the features alone" },
        { "time to last", "expected time before features" },
        { "cycle", "which no node before it computes" },
    };

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Import_GraphThatIsNotSupported_IsRefusedByName(string what, string expected)
    {
        TestGraph graph = new();
        string[] weights = graph.Weights(3, 1, 3, 4);
        string Sequence(params string[] inputs) => graph.Add("Squeeze", [graph.AddMany("GRU", 2, inputs)[0], graph.Longs(1)]);
        string output = what switch
        {
            "operator" => graph.Add("Conv", [X, graph.Random(1, 1, 1)]),
            "initial state of the input" => Sequence([X, .. weights, "", graph.AddMany("GRU", 2, [X, .. weights])[1]]),
            "initial states" => Sequence([X, .. weights, "", graph.Random(1, 2, 4)]),
            "initial state of another size" => Sequence([X, .. weights, "", graph.Random(1, 1, 5)]),
            "initial state of integers" => Sequence([X, .. weights, "", graph.Longs(1, 2, 3)]),
            "lengths" => Sequence([X, .. weights, graph.Longs(2, 3)]),
            "equal lengths" => Sequence([X, .. weights, graph.Integers(2, 2)]),
            "log softmax" => graph.Add("LogSoftmax", [Sequence([X, .. weights])]),
            "gelu by tanh" => graph.Add("Gelu", [Sequence([X, .. weights])], Text("approximate", "tanh")),
            "error function" => graph.Add("Relu", [graph.Add("Erf", [graph.Add("Div", [Sequence([X, .. weights]), graph.Floats([1.4142135f])])])]),
            "divided by" => graph.Add("Div", [graph.Floats([0.5f]), Sequence([X, .. weights])]),
            "embedding of floats" => graph.Add("Gather", [graph.Random(9, 4), X]),
            "integers" => Sequence([graph.Add("Cast", [X], Integer("to", 7)), .. weights]),
            "wrong weights" => Sequence(X, weights[0], graph.Random(1, 12, 5)),
            "wrong bias" => Sequence(X, weights[0], weights[1], graph.Random(1, 12)),
            "features" => Sequence([graph.Add("Add", [graph.Add("MatMul", [X, graph.Random(3, 2)]), graph.Random(2)]), .. weights]),
            "mixed reshape" => graph.Add("Reshape", [Sequence([X, .. weights]), graph.Longs(0, -1, 2)]),
            "middle step" => graph.Add("Gather", [Sequence([X, .. weights]), graph.Long(2)], Integer("axis", 0)),
            "residual" => graph.Add("Add", [Sequence([X, .. weights]), Sequence([X, .. graph.Weights(3, 1, 3, 4)])]),
            "backward first" => graph.Add(
                "Concat",
                [
                    graph.Add("Squeeze", [graph.AddMany("GRU", 2, [X, .. weights], Text("direction", "reverse"))[0], graph.Longs(1)]),
                    Sequence([X, .. graph.Weights(3, 1, 3, 4)]),
                ],
                Integer("axis", 2)),
            "time into features" => graph.Add("MatMul", [graph.Add("Flatten", [Sequence([X, .. weights])]), graph.Random(4, 2)]),
            "time to last" => graph.Add("Transpose", [Sequence([X, .. weights])]),
            _ => graph.Add("Relu", ["Relu_1"]),
        };

        Assert.Contains(expected, graph.Refusal(output, 0, 0, 3));
    }

    [Fact]
    public void Import_EveryTruncation_IsAnError()
    {
        byte[] file = OnnxExporter.ToBytes(RandomNetwork.WithWeights(new Random(1), new Architecture(2, [new Gru(2), new Dense(1)])));
        for (int length = 0; length < file.Length; length++)
            Assert.Throws<ModelImportException>(() => OnnxImporter.Parse(file[..length]));
    }

    [Fact]
    public void Import_AnyChangedByte_IsAnErrorOrAModel()
    {
        byte[] file = OnnxExporter.ToBytes(RandomNetwork.WithWeights(new Random(1), new Architecture(2, [new Bidirectional(new Gru(2)), new Dense(1)])));
        Random random = new(3);
        for (int i = 0; i < 5000; i++)
        {
            byte[] changed = [.. file];
            for (int j = random.Next(1, 4); j > 0; j--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                OnnxImporter.Parse(changed);
            }
            catch (ModelImportException)
            {
            }
        }
    }

    [Fact]
    public void Import_TensorsThatLie_AreRefusedWithoutLargeAllocations()
    {
        (string Expected, Action<TensorProto> Change)[] lies =
        [
            ("impossible shape", tensor => tensor.Dims.Add(long.MaxValue)),
            ("impossible shape", tensor => tensor.Dims.Add([1 << 20, 1 << 20])),
            ("impossible shape", tensor => tensor.Dims.Add(-1)),
            ("elements, but its shape says", tensor => tensor.Dims.Add(1 << 20)),
            ("is in an external file", tensor => tensor.DataLocation = 1),
            ("has the element type 10", tensor => tensor.DataType = 10),
        ];
        foreach ((string expected, Action<TensorProto> change) in lies)
        {
            TestGraph graph = new();
            ModelProto model = graph.Model(graph.AddMany("GRU", 2, [X, .. graph.Weights(3, 1, 3, 4)])[1], 0, 0, 3);
            change(model.Graph.Initializer[0]);
            byte[] bytes = model.ToByteArray();
            long before = GC.GetAllocatedBytesForCurrentThread();

            string message = Assert.Throws<ModelImportException>(() => OnnxImporter.Parse(bytes)).Message;

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Contains(expected, message);
            Assert.True(allocated < 1 << 20, $"{allocated} bytes");
        }
    }

    [Fact]
    public void Import_ConstantsThatDouble_AreRefused()
    {
        TestGraph graph = new();
        string value = graph.Random(1, 12, 3);
        for (int i = 0; i < 60; i++)
            value = graph.Add("Concat", [value, value], Integer("axis", 0));

        Assert.Contains("makes constants many times the size of the file", graph.Refusal(graph.AddMany("GRU", 2, [X, value, value])[1], 0, 0, 3));
    }
}
