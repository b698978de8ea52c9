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
    private const int Int8Type = 3;
    private const int IntegerAttribute = 2;
    private const string MicrosoftDomain = "com.microsoft";
    private const int StringAttribute = 3;

    /// <summary>ONNX's LSTM gates i, o, f, c in terms of ours: i, f, g, o. Its GRU's are z, r, h as ours.</summary>
    private static readonly int[] LstmOrder = [0, 3, 1, 2];

    /// <summary>The operator of the case in float32.</summary>
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

    /// <summary>
    /// An LSTM in the operator of ONNX Runtime's own domain com.microsoft that quantises its inputs as it runs, DynamicQuantizeLSTM version 1: int8
    /// weights, transposed, with a scale for each output as ours have, and zero points of 0.
    /// </summary>
    public static byte[] WriteQuantizedLstm(CaseData data)
    {
        BenchmarkCase benchmarkCase = data.Case;
        int units = benchmarkCase.Units, rows = 4 * units;
        ProtobufMessage node = new();
        foreach (string input in (string[])[Input, "W", "R", "B", "", "", "", "", "W_scale", "W_zero", "R_scale", "R_zero"])
            node.Add(1, input);
        node.Add(2, "").Add(2, FinalHidden).Add(2, FinalCell).Add(4, "DynamicQuantizeLSTM").Add(5, Attribute("hidden_size", units)).Add(7, MicrosoftDomain);

        ProtobufMessage graph = new ProtobufMessage()
            .Add(1, node)
            .Add(2, "recurrent")
            .Add(5, Initializer("B", [1, 2 * rows], [.. data.Weights(0, "bias", LstmOrder), .. new float[rows]]))
            .Add(11, Value(Input, [benchmarkCase.Steps, benchmarkCase.Batch, benchmarkCase.InputSize]))
            .Add(12, Value(FinalHidden, [1, benchmarkCase.Batch, units]))
            .Add(12, Value(FinalCell, [1, benchmarkCase.Batch, units]));
        AddQuantized("W", data.Weights(0, "kernel", LstmOrder), benchmarkCase.InputSize);
        AddQuantized("R", data.Weights(0, "recurrent_kernel", LstmOrder), units);

        return new ProtobufMessage()
            .Add(1, IrVersion)
            .Add(7, graph)
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, OperatorSetVersion))
            .Add(8, new ProtobufMessage().Add(1, MicrosoftDomain).Add(2, 1))
            .ToArray();

        void AddQuantized(string name, float[] weights, int columns)
        {
            WeightTensor quantized = Quantization.Quantize(weights, new ParameterShape(name, rows, columns), WeightType.Int8);
            byte[] transposed = new byte[weights.Length];
            for (int row = 0; row < rows; row++)
                for (int column = 0; column < columns; column++)
                    transposed[column * rows + row] = (byte)quantized.Bytes[row * columns + column];
            graph.Add(5, Bytes(name, [1, columns, rows], transposed))
                .Add(5, Initializer(name + "_scale", [1, rows], quantized.Scales.ToArray()))
                .Add(5, Bytes(name + "_zero", [1, rows], new byte[rows]));
        }
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
        => Tensor(name, shape, FloatType).Add(9, values.AsSpan());

    private static ProtobufMessage Bytes(string name, int[] shape, byte[] values) => Tensor(name, shape, Int8Type).Add(9, values.AsSpan());

    private static ProtobufMessage Tensor(string name, int[] shape, int type)
    {
        ProtobufMessage tensor = new();
        foreach (int size in shape)
            tensor.Add(1, size);
        return tensor.Add(2, type).Add(8, name);
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
