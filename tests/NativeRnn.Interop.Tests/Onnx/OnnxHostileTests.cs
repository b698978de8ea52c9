using Google.Protobuf;
using NativeRnn.Interop.Onnx;

namespace NativeRnn.Interop.Tests.Onnx;

/// <summary>ONNX models made to do harm.</summary>
public sealed class OnnxHostileTests
{
    private static readonly Dictionary<string, byte[]> Files = CreateFiles();

    public static TheoryData<string> Kinds => [.. Files.Keys];

    private static void Import(byte[] file) => OnnxImporter.Parse(file);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Parse_Truncated_IsReadOrRefused(string kind)
        => Assert.True(HostileFile.ReadAll(HostileFile.Truncated(Files[kind]), Import).Refused > Files[kind].Length / 2);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Parse_EveryBitTurned_IsReadOrRefused(string kind)
        => HostileFile.AssertReadAndRefused(HostileFile.ReadAll(HostileFile.EveryBit(Files[kind]), Import));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Parse_EveryByteReplaced_IsReadOrRefused(string kind)
        => HostileFile.AssertReadAndRefused(HostileFile.ReadAll(HostileFile.EveryByte(Files[kind]), Import));

    [Fact]
    public void Parse_LargeModel_TakesBoundedMemory()
    {
        Random random = new(1);
        byte[] file = OnnxExporter.ToBytes(RandomNetwork.WithWeights(random, new Architecture(500, [new Gru(500) { ResetAfter = true }])));
        // The message, its numbers, and the weights in our order.
        Assert.True(HostileFile.ReadWithinBounds(file, Import, copies: 3));
    }

    private static Dictionary<string, byte[]> CreateFiles()
    {
        Random random = new(1);
        return new()
        {
            ["GRU and dense"] = OnnxExporter.ToBytes(RandomNetwork.WithWeights(random, new Architecture(1, [new Gru(1) { ResetAfter = true }, new Dense(1)]))),
            ["bidirectional LSTM"] = OnnxExporter.ToBytes(RandomNetwork.WithWeights(random, new Architecture(1, [new Bidirectional(new Lstm(1))]))),
            ["slices and shapes"] = Shapes(),
        };
    }

    /// <summary>The operators that exporters put round a recurrent one.</summary>
    private static byte[] Shapes()
    {
        TestGraph graph = new();
        string[] weights = graph.Weights(1, 1, 1, 1);
        string rnn = graph.AddMany("RNN", 2, [TestGraph.X, .. weights], OnnxGraphWriter.Integer("hidden_size", 1))[0];
        string squeezed = graph.Add("Squeeze", [rnn, graph.Longs(1)]);
        string sliced = graph.Add("Slice", [squeezed, graph.Longs(-1), graph.Longs(long.MaxValue), graph.Longs(0)]);
        string gathered = graph.Add("Squeeze", [sliced, graph.Longs(0)]);
        return graph.Model(graph.Add("MatMul", [gathered, graph.Random(1, 2)]), 0, 0, 1).ToByteArray();
    }
}
