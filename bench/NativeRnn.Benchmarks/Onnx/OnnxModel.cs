using NativeRnn.Benchmarks.Cases;

namespace NativeRnn.Benchmarks.Onnx;

/// <summary>
/// A case as an ONNX model of one RNN, GRU or LSTM node. Field numbers are those of onnx.proto3, operator inputs, gate orders and
/// attributes those of the ONNX operator specification, version 14.
/// </summary>
internal static class OnnxModel
{
    public const string Input = "X";
    public const string InitialHidden = "initial_h";
    public const string InitialCell = "initial_c";
    public const string FinalHidden = "Y_h";
    public const string FinalCell = "Y_c";

    private const int IrVersion = 8;
    private const int OperatorSetVersion = 14;
    private const int FloatType = 1;
    private const int IntegerAttribute = 2;
    private const int StringAttribute = 3;

    /// <summary>ONNX's LSTM gates i, o, f, c in terms of ours: i, f, g, o. Its GRU's are z, r, h as ours.</summary>
    private static readonly int[] LstmOrder = [0, 3, 1, 2];

    public static byte[] Write(CaseData data)
    {
        BenchmarkCase benchmarkCase = data.Case;
        int directions = benchmarkCase.Directions, units = benchmarkCase.Units, rows = benchmarkCase.Gates * units;
        int[] stateShape = [directions, benchmarkCase.Batch, units];
        bool isLstm = benchmarkCase.Cell == CellKind.Lstm;
        int[] order = isLstm ? LstmOrder : [.. Enumerable.Range(0, benchmarkCase.Gates)];

        ProtobufMessage graph = new ProtobufMessage()
            .Add(1, Node(benchmarkCase))
            .Add(2, "recurrent")
            .Add(5, Initializer("W", [directions, rows, benchmarkCase.InputSize], PerDirection("kernel")))
            .Add(5, Initializer("R", [directions, rows, units], PerDirection("recurrent_kernel")))
            .Add(5, Initializer("B", [directions, 2 * rows], Biases()))
            .Add(11, Value(Input, [benchmarkCase.Steps, benchmarkCase.Batch, benchmarkCase.InputSize]));
        if (benchmarkCase.IsStreaming)
        {
            graph.Add(11, Value(InitialHidden, stateShape));
            if (isLstm)
                graph.Add(11, Value(InitialCell, stateShape));
        }

        graph.Add(12, Value(FinalHidden, stateShape));
        if (isLstm)
            graph.Add(12, Value(FinalCell, stateShape));

        return new ProtobufMessage()
            .Add(1, IrVersion)
            .Add(7, graph)
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, OperatorSetVersion))
            .ToArray();

        float[] PerDirection(string name)
            => [.. Enumerable.Range(0, directions).SelectMany(direction => data.Weights(direction, name, order))];

        float[] Biases() => [.. Enumerable.Range(0, directions).SelectMany(
            direction => data.Weights(direction, "bias", order).Concat(RecurrentBias(direction)))];

        float[] RecurrentBias(int direction)
            => benchmarkCase.Cell == CellKind.GruResetAfter ? data.Weights(direction, "recurrent_bias", order) : new float[rows];
    }

    private static ProtobufMessage Node(BenchmarkCase benchmarkCase)
    {
        bool isLstm = benchmarkCase.Cell == CellKind.Lstm;
        List<string> inputs = [Input, "W", "R", "B"];
        if (benchmarkCase.IsStreaming)
        {
            // An empty name stands for an input or output that is left out: here the lengths of the sequences.
            inputs.AddRange(["", InitialHidden]);
            if (isLstm)
                inputs.Add(InitialCell);
        }

        ProtobufMessage node = new();
        foreach (string input in inputs)
            node.Add(1, input);
        node.Add(2, "").Add(2, FinalHidden);
        if (isLstm)
            node.Add(2, FinalCell);
        node.Add(4, benchmarkCase.Cell switch
        {
            CellKind.SimpleRnn => "RNN",
            CellKind.Lstm => "LSTM",
            _ => "GRU",
        });
        node.Add(5, Attribute("hidden_size", benchmarkCase.Units));
        if (benchmarkCase.IsBidirectional)
            node.Add(5, new ProtobufMessage().Add(1, "direction").Add(4, "bidirectional").Add(20, StringAttribute));
        if (benchmarkCase.Cell == CellKind.GruResetAfter)
            node.Add(5, Attribute("linear_before_reset", 1));
        return node;
    }

    private static ProtobufMessage Attribute(string name, long value)
        => new ProtobufMessage().Add(1, name).Add(3, value).Add(20, IntegerAttribute);

    private static ProtobufMessage Initializer(string name, int[] shape, float[] values)
    {
        ProtobufMessage tensor = new();
        foreach (int size in shape)
            tensor.Add(1, size);
        return tensor.Add(2, FloatType).Add(8, name).Add(9, values.AsSpan());
    }

    private static ProtobufMessage Value(string name, int[] shape)
    {
        ProtobufMessage dimensions = new();
        foreach (int size in shape)
            dimensions.Add(1, new ProtobufMessage().Add(1, size));
        ProtobufMessage tensorType = new ProtobufMessage().Add(1, FloatType).Add(2, dimensions);
        return new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(1, tensorType));
    }
}
