using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using NativeRnn.Interop.Onnx;
using NativeRnn.Interop.Onnx.Proto;
using static NativeRnn.Interop.Onnx.OnnxGraphWriter;

namespace NativeRnn.Interop.Tests.Onnx;

/// <summary>Graphs as PyTorch's two exporters and tf2onnx write them, against ONNX Runtime.</summary>
public sealed class ExporterPatternTests
{
    private const string X = TestGraph.X;

    public static TheoryData<string, int> Cells => new() { { "RNN", 1 }, { "GRU", 3 }, { "LSTM", 4 } };

    private static AttributeProto Ints(string name, params long[] values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.Kind.Ints };
        attribute.Ints.Add(values);
        return attribute;
    }

    private static AttributeProto Value(float number)
    {
        TensorProto tensor = new() { DataType = 1 };
        tensor.Dims.Add(1);
        tensor.FloatData.Add(number);
        return new AttributeProto { Name = "value", T = tensor, Type = AttributeProto.Types.Kind.Tensor };
    }

    /// <summary>torch.onnx.export of a batch-first module: states built from the input's shape, last step, Linear.</summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void TorchScript_BatchFirstLastStep_GivesTheSame(string cell, int gates)
    {
        TestGraph graph = new();
        string batch = graph.Add("Gather", [graph.Add("Shape", [X]), graph.Long(0)], Integer("axis", 0));
        string shape = graph.Add(
            "Concat",
            [graph.Longs(1), graph.Add("Unsqueeze", [batch, graph.Longs(0)]), graph.Longs(5)], Integer("axis", 0));
        string zeros = graph.Add("ConstantOfShape", [shape], Value(0));
        string input = graph.Add("Transpose", [X], Ints("perm", 1, 0, 2));
        string[] states = cell == "LSTM" ? ["", zeros, zeros] : ["", zeros];
        string y = graph.AddMany(cell, 2, [input, .. graph.Weights(gates, 1, 3, 5), .. states], Integer("hidden_size", 5))[0];
        string sequence = graph.Add("Transpose", [graph.Add("Squeeze", [y, graph.Longs(1)])], Ints("perm", 1, 0, 2));
        string last = graph.Add("Gather", [sequence, graph.Long(-1)], Integer("axis", 1));
        string output = graph.Add("Gemm", [last, graph.Random(2, 5), graph.Random(2)], Number("alpha", 1), Number("beta", 1), Integer("transB", 1));

        RnnModel model = graph.AssertSame(output, isBatchFirst: true, 0, 0, 3);

        Assert.Equal(2, model.Architecture.Layers.Count);
        Assert.False(model.Architecture.ReturnsSequence);
    }

    /// <summary>Zero states expanded the way older exporters do, Where(Equal(shape, -1), ...) included.</summary>
    [Fact]
    public void TorchScript_ExpandedStates_GivesTheSame()
    {
        TestGraph graph = new();
        string time = graph.Add("Gather", [graph.Add("Shape", [X]), graph.Long(1)], Integer("axis", 0));
        string shape = graph.Add("Concat", [graph.Longs(1), graph.Add("Unsqueeze", [time, graph.Longs(0)]), graph.Longs(4)], Integer("axis", 0));
        string ones = graph.Add("ConstantOfShape", [graph.Longs(3)], LongValue(1));
        string negative = graph.Add("Mul", [ones, graph.Long(-1)]);
        string expanded = graph.Add("Where", [graph.Add("Equal", [shape, negative]), ones, shape]);
        string zeros = graph.Add("Expand", [graph.Floats([0f], 1, 1, 1), expanded]);
        string y = graph.AddMany("GRU", 2, [X, .. graph.Weights(3, 1, 3, 4), "", zeros], Integer("hidden_size", 4))[0];

        graph.AssertSame(graph.Add("Squeeze", [y, graph.Longs(1)]), isBatchFirst: false, 0, 0, 3);
    }

    /// <summary>
    /// A state learned once for all sequences, <c>h0.expand(-1, batch, -1)</c> [layers * directions, 1, units]; of two bidirectional layers,
    /// each takes its slice.
    /// </summary>
    [Theory]
    [InlineData("RNN", 1, 0)]
    [InlineData("GRU", 3, 0)]
    [InlineData("LSTM", 4, 0)]
    [InlineData("LSTM", 4, 2)]
    public void TorchScript_LearnedInitialStates_GivesTheSame(string cell, int gates, int knownBatch)
    {
        TestGraph graph = new();
        string batch = knownBatch > 0
            ? graph.Longs(knownBatch)
            : graph.Add("Unsqueeze", [graph.Add("Gather", [graph.Add("Shape", [X]), graph.Long(0)], Integer("axis", 0)), graph.Longs(0)]);
        string shape = graph.Add("Concat", [graph.Longs(4), batch, graph.Longs(5)], Integer("axis", 0));
        string[] states = [.. Enumerable.Range(0, cell == "LSTM" ? 2 : 1).Select(_ => graph.Add("Expand", [graph.Random(4, 1, 5), shape]))];
        string value = graph.Add("Transpose", [X], Ints("perm", 1, 0, 2));
        for (int layer = 0; layer < 2; layer++)
        {
            string[] own = [.. states.Select(state => graph.Add("Slice", [state, graph.Longs(2 * layer), graph.Longs(2 * layer + 2), graph.Longs(0)]))];
            string y = graph.AddMany(
                cell, 2, [value, .. graph.Weights(gates, 2, layer == 0 ? 3 : 10, 5), "", .. own],
                Text("direction", "bidirectional"), Integer("hidden_size", 5), Number("clip", 0.6f))[0];
            value = graph.Add("Reshape", [graph.Add("Transpose", [y], Ints("perm", 0, 2, 1, 3)), graph.Longs(0, 0, -1)]);
        }

        RnnModel model = graph.AssertSame(graph.Add("Transpose", [value], Ints("perm", 1, 0, 2)), isBatchFirst: true, knownBatch, 0, 3);

        Assert.All(model.Architecture.Layers, layer => Assert.True(((Bidirectional)layer.Layer).Backward.HasInitialState));
    }

    /// <summary>One of an LSTM's two states, written out for every sequence of the batch or as one number.</summary>
    [Theory]
    [InlineData("rows", 5)]
    [InlineData("rows", 6)]
    [InlineData("fill", 5)]
    [InlineData("fill", 6)]
    public void Import_OneConstantState_GivesTheSame(string way, int input)
    {
        TestGraph graph = new();
        float[] row = [0.5f, -0.25f, 0.75f, 1];
        string state = way == "rows"
            ? graph.Floats([.. row, .. row], 1, 2, 4)
            : graph.Add("ConstantOfShape", [graph.Longs(1, 2, 4)], Value(0.5f));
        string y = graph.AddMany("LSTM", 2, [X, .. graph.Weights(4, 1, 3, 4), "", input == 5 ? state : "", input == 6 ? state : ""], Integer("hidden_size", 4))[1];

        RnnModel model = graph.AssertSame(graph.Add("Squeeze", [y, graph.Longs(0)]), isBatchFirst: false, 0, 2, 3);

        Assert.Contains("initial state", model.Summary().ToString());
    }

    /// <summary>Activations with numbers of their own, three of them different in an LSTM, as dense ones too.</summary>
    [Fact]
    public void Import_ActivationsWithAlphaAndBeta_GivesTheSame()
    {
        TestGraph graph = new();
        string y = graph.AddMany(
            "LSTM", 2, [X, .. graph.Weights(4, 1, 3, 4)], Integer("hidden_size", 4),
            Texts("activations", ["HardSigmoid", "Affine", "ScaledTanh"]), Numbers("activation_alpha", [0.3f, 0.7f, 1.5f]),
            Numbers("activation_beta", [0.45f, 0.2f, 0.6f]))[1];
        string last = graph.Add("Squeeze", [y, graph.Longs(0)]);
        string hard = graph.Add("HardSigmoid", [graph.Add("MatMul", [last, graph.Random(4, 3)])], Number("alpha", 0.4f), Number("beta", 0.1f));

        graph.AssertSame(graph.Add("ThresholdedRelu", [hard], Number("alpha", 0.1f)), isBatchFirst: false, 0, 0, 3);
    }

    /// <summary>Two bidirectional layers, both directions merged by Transpose and Reshape, Linear at every step.</summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void TorchScript_BidirectionalStack_GivesTheSame(string cell, int gates)
    {
        TestGraph graph = new();
        string value = graph.Add("Transpose", [X], Ints("perm", 1, 0, 2));
        foreach (int inputs in new[] { 3, 8 })
        {
            string y = graph.AddMany(cell, 2, [value, .. graph.Weights(gates, 2, inputs, 4)], Text("direction", "bidirectional"), Integer("hidden_size", 4))[0];
            value = graph.Add("Reshape", [graph.Add("Transpose", [y], Ints("perm", 0, 2, 1, 3)), graph.Longs(0, 0, -1)]);
        }

        string rows = graph.Add("Transpose", [value], Ints("perm", 1, 0, 2));
        string output = graph.Add("Sigmoid", [graph.Add("Add", [graph.Random(2), graph.Add("MatMul", [rows, graph.Random(8, 2)])])]);

        RnnModel model = graph.AssertSame(output, isBatchFirst: true, 2, 6, 3);

        Assert.Equal(["bidirectional", "bidirectional", "dense"], model.Architecture.Layers.Select(layer => layer.Layer.Kind));
    }

    /// <summary>What people do with a bidirectional output: its last row, both final states in three ways.</summary>
    [Theory]
    [InlineData("last row")]
    [InlineData("halves")]
    [InlineData("h_n rows")]
    [InlineData("h_n reshaped")]
    public void TorchScript_BidirectionalManyToOne_GivesTheSame(string way)
    {
        TestGraph graph = new();
        string[] y = graph.AddMany("LSTM", 3, [X, .. graph.Weights(4, 2, 3, 5)], Text("direction", "bidirectional"), Integer("hidden_size", 5));
        string rows = graph.Add("Reshape", [graph.Add("Transpose", [y[0]], Ints("perm", 0, 2, 1, 3)), graph.Longs(0, 0, -1)]);
        string last = graph.Add("Gather", [rows, graph.Long(-1)], Integer("axis", 0));
        string first = graph.Add("Gather", [rows, graph.Long(0)], Integer("axis", 0));
        string state = way switch
        {
            "last row" => last,
            "halves" => graph.Add("Concat", [Half(last, 0, 5), Half(first, 5, long.MaxValue)], Integer("axis", 1)),
            "h_n rows" => graph.Add(
                "Concat",
                [graph.Add("Gather", [y[1], graph.Long(-2)], Integer("axis", 0)), graph.Add("Gather", [y[1], graph.Long(-1)], Integer("axis", 0))],
                Integer("axis", 1)),
            _ => graph.Add("Reshape", [graph.Add("Transpose", [y[1]], Ints("perm", 1, 0, 2)), graph.Longs(-1, 10)]),
        };
        string output = graph.Add("Gemm", [state, graph.Random(10, 2), graph.Random(2)]);

        RnnModel model = graph.AssertSame(output, isBatchFirst: false, 0, 0, 3);

        Assert.Equal(way == "last row" ? 3 : 2, model.Architecture.Layers.Count);

        string Half(string value, long from, long to) => graph.Add("Slice", [value, graph.Longs(from), graph.Longs(to), graph.Longs(1), graph.Longs(1)]);
    }

    /// <summary>h_n.view(layers, directions, batch, units)[-1] of a bidirectional stack, whose directions are then joined.</summary>
    [Fact]
    public void TorchScript_LastLayerOfAView_GivesTheSame()
    {
        (TestGraph graph, string view) = ViewOfStates();
        string top = graph.Add("Gather", [view, graph.Long(-1)], Integer("axis", 0));
        string state = graph.Add("Reshape", [graph.Add("Transpose", [top], Ints("perm", 1, 0, 2)), graph.Longs(-1, 8)]);

        RnnModel model = graph.AssertSame(graph.Add("MatMul", [state, graph.Random(8, 2)]), isBatchFirst: false, 0, 0, 3);

        Assert.Equal(["bidirectional", "bidirectional", "dense"], model.Architecture.Layers.Select(layer => layer.Layer.Kind));
    }

    [Fact]
    public void TorchScript_OneDirectionOfAView_IsRefused()
    {
        (TestGraph graph, string view) = ViewOfStates();
        Assert.Contains("(Gather) cuts the dimension 1", graph.Refusal(graph.Add("Gather", [view, graph.Long(0)], Integer("axis", 1)), 0, 0, 3));

        (graph, view) = ViewOfStates();
        Assert.Contains("which do not fit together", graph.Refusal(graph.Add("Concat", [view, view], Integer("axis", 1)), 0, 0, 3));
    }

    private static (TestGraph Graph, string View) ViewOfStates()
    {
        TestGraph graph = new();
        string value = X;
        List<string> finals = [];
        foreach (int inputs in new[] { 3, 8 })
        {
            string[] y = graph.AddMany("LSTM", 2, [value, .. graph.Weights(4, 2, inputs, 4)], Text("direction", "bidirectional"), Integer("hidden_size", 4));
            value = graph.Add("Reshape", [graph.Add("Transpose", [y[0]], Ints("perm", 0, 2, 1, 3)), graph.Longs(0, 0, -1)]);
            finals.Add(y[1]);
        }

        return (graph, graph.Add("Reshape", [graph.Add("Concat", [.. finals], Integer("axis", 0)), graph.Longs(2, 2, -1, 4)]));
    }

    /// <summary>h_n of a stack is the states of all layers; its last row is the network's.</summary>
    [Fact]
    public void TorchScript_LastStateOfAStack_GivesTheSame()
    {
        TestGraph graph = new();
        string[] lower = graph.AddMany("GRU", 2, [X, .. graph.Weights(3, 1, 3, 4)], Integer("hidden_size", 4));
        string[] upper = graph.AddMany("GRU", 2, [graph.Add("Squeeze", [lower[0], graph.Longs(1)]), .. graph.Weights(3, 1, 4, 4)], Integer("hidden_size", 4));
        string states = graph.Add("Concat", [lower[1], upper[1]], Integer("axis", 0));
        string last = graph.Add("Gather", [states, graph.Long(-1)], Integer("axis", 0));

        RnnModel model = graph.AssertSame(graph.Add("Gemm", [last, graph.Random(4, 1), graph.Random(1)]), isBatchFirst: false, 0, 0, 3);

        Assert.Equal(["gru", "gru", "dense"], model.Architecture.Layers.Select(layer => layer.Layer.Kind));
    }

    /// <summary>The newer exporter: shapes by start and end, weights reordered in the graph, states sliced from a stack of zeros.</summary>
    [Fact]
    public void TorchDynamo_StackedLstm_GivesTheSame()
    {
        TestGraph graph = new() { OperatorSet = 18 };
        string batch = graph.Add("Shape", [X], Integer("start", 0), Integer("end", 1));
        string zeros = graph.Add("Expand", [graph.Floats([0f]), graph.Add("Concat", [graph.Longs(2), batch, graph.Longs(4)], Integer("axis", 0))]);
        string value = graph.Add("Transpose", [X], Ints("perm", 1, 0, 2));
        for (int layer = 0; layer < 2; layer++)
        {
            string state = graph.Add("Slice", [zeros, graph.Longs(layer), graph.Longs(layer + 1), graph.Longs(0)]);
            string[] inputs = [.. new[] { layer == 0 ? 3 : 4, 4 }.Select(columns => Reordered(graph.Random(16, columns)))];
            string bias = graph.Add("Concat", [Reordered(graph.Random(16)), Reordered(graph.Random(16))], Integer("axis", 1));
            string y = graph.AddMany("LSTM", 3, [value, .. inputs, bias, "", state, state], Integer("hidden_size", 4), Text("direction", "forward"))[0];
            value = graph.Add("Squeeze", [y, graph.Longs(1)]);
        }

        string rows = graph.Add("Transpose", [value], Ints("perm", 1, 0, 2));
        string last = graph.Add("Squeeze", [graph.Add("Slice", [rows, graph.Longs(-1), graph.Longs(long.MaxValue), graph.Longs(1)]), graph.Longs(1)]);
        graph.AssertSame(graph.Add("Gemm", [last, graph.Random(1, 4), graph.Random(1)], Integer("transB", 1)), isBatchFirst: true, 0, 0, 3);

        // PyTorch's gates i, f, g, o as ONNX's i, o, f, g, with the axis of directions in front.
        string Reordered(string weight)
        {
            string[] gates = graph.AddMany("Split", 4, [weight, graph.Longs(4, 4, 4, 4)], Integer("axis", 0));
            string joined = graph.Add("Concat", [gates[0], gates[3], gates[1], gates[2]], Integer("axis", 0));
            return graph.Add("Unsqueeze", [joined, graph.Longs(0)]);
        }
    }

    /// <summary>tf2onnx: lengths of sequences that are the whole length, TimeDistributed as two Reshapes.</summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void Tf2Onnx_TimeDistributedDense_GivesTheSame(string cell, int gates)
    {
        TestGraph graph = new();
        string input = graph.Add("Transpose", [X], Ints("perm", 1, 0, 2));
        string shape = graph.Add("Shape", [input]);
        string time = graph.Add("Slice", [shape, graph.Longs(0), graph.Longs(1), graph.Longs(0)]);
        string batch = graph.Add("Slice", [shape, graph.Longs(1), graph.Longs(2), graph.Longs(0)]);
        string lengths = graph.Add("Cast", [graph.Add("Expand", [time, batch])], Integer("to", 6));
        string y = graph.AddMany(cell, 2, [input, .. graph.Weights(gates, 1, 3, 5), lengths], Integer("hidden_size", 5))[0];
        string rows = graph.Add("Transpose", [graph.Add("Squeeze", [y, graph.Longs(1)])], Ints("perm", 1, 0, 2));
        string flat = graph.Add("Reshape", [rows, graph.Longs(-1, 5)]);
        string dense = graph.Add("Add", [graph.Add("MatMul", [flat, graph.Random(5, 2)]), graph.Random(2)]);
        string size = graph.Add("Concat", [batch, time, graph.Longs(2)], Integer("axis", 0));

        graph.AssertSame(graph.Add("Tanh", [graph.Add("Reshape", [dense, size])]), isBatchFirst: true, 0, 0, 3);
    }

    /// <summary>Keras' bidirectional layers as two nodes, with every merge; the last step taken by Y_h or by slicing.</summary>
    [Theory]
    [InlineData("Concat", false)]
    [InlineData("Concat", true)]
    [InlineData("Add", true)]
    [InlineData("Mul", false)]
    [InlineData("Average", true)]
    [InlineData("Average", false)]
    public void Tf2Onnx_Bidirectional_GivesTheSame(string merge, bool isSequence)
    {
        TestGraph graph = new();
        string input = graph.Add("Transpose", [X], Ints("perm", 1, 0, 2));
        string forward = Direction(input, "forward"), backward = Direction(input, "reverse");
        string output = merge switch
        {
            "Concat" => graph.Add("Concat", [forward, backward], Integer("axis", -1)),
            "Average" => graph.Add("Mul", [graph.Add("Add", [forward, backward]), graph.Floats([0.5f])]),
            _ => graph.Add(merge, [forward, backward]),
        };

        RnnModel model = graph.AssertSame(isSequence ? graph.Add("Transpose", [output], Ints("perm", 1, 0, 2)) : output, isBatchFirst: true, 0, 0, 3);

        Assert.Equal(isSequence, model.Architecture.ReturnsSequence);
        Assert.Equal(merge, ((Bidirectional)model.Architecture.Layers[0].Layer).Merge switch { Merge.Sum => "Add", Merge.Multiply => "Mul", var other => other.ToString() });

        string Direction(string value, string direction)
        {
            string[] y = graph.AddMany("GRU", 2, [value, .. graph.Weights(3, 1, 3, 4)], Integer("hidden_size", 4), Text("direction", direction));
            return isSequence ? graph.Add("Squeeze", [y[0], graph.Longs(1)]) : graph.Add("Squeeze", [y[1], graph.Longs(0)]);
        }
    }

    /// <summary>Keras' go_backwards: the input reversed, or the output too.</summary>
    [Fact]
    public void Tf2Onnx_GoBackwards_GivesTheSame()
    {
        TestGraph graph = new();
        string turned = graph.Add("Slice", [X, graph.Longs(-1), graph.Longs(long.MinValue), graph.Longs(0), graph.Longs(-1)]);
        string y = graph.AddMany("GRU", 2, [turned, .. graph.Weights(3, 1, 3, 4)], Integer("hidden_size", 4))[0];

        RnnModel model = graph.AssertSame(graph.Add("Squeeze", [y, graph.Longs(1)]), isBatchFirst: false, 0, 0, 3);

        Assert.Equal(["reverse", "gru"], model.Architecture.Layers.Select(layer => layer.Layer.Kind));
    }

    /// <summary>
    /// The newer exporter's own function for the cells: sizes are read off the zero states and off the output, all weights are put in order in the
    /// graph, the merged size is a product of sizes.
    /// </summary>
    [Theory]
    [InlineData("GRU", 3, 1)]
    [InlineData("GRU", 3, 2)]
    [InlineData("LSTM", 4, 1)]
    [InlineData("LSTM", 4, 2)]
    public void TorchDynamo_SizesOffTheStates_GivesTheSame(string cell, int gates, int directions)
    {
        TestGraph graph = new() { OperatorSet = 18 };
        const int units = 4;
        string batch = graph.Add("Shape", [X], Integer("start", 0), Integer("end", 1));
        string zeros = graph.Add("Expand", [graph.Floats([0f]), graph.Add("Concat", [graph.Longs(2 * directions), batch, graph.Longs(units)], Integer("axis", 0))]);
        string hidden = graph.Add("Shape", [zeros], Integer("start", 2), Integer("end", 3));
        string[] bounds = [graph.Longs(0), hidden, .. Enumerable.Range(2, gates - 1).Select(i => graph.Add("Mul", [hidden, graph.Longs(i)]))];
        int[] order = cell == "GRU" ? [1, 0, 2] : [0, 3, 1, 2];
        string value = graph.Add("Transpose", [X], Ints("perm", 1, 0, 2));
        List<string> finals = [];
        for (int layer = 0; layer < 2; layer++)
        {
            string state = graph.Add("Slice", [zeros, graph.Longs(layer * directions), graph.Longs((layer + 1) * directions), graph.Longs(0)]);
            List<string> inputs = [], recurrent = [], biases = [];
            for (int direction = 0; direction < directions; direction++)
            {
                inputs.Add(Row(Reordered(graph.Random(gates * units, layer == 0 ? 3 : directions * units))));
                recurrent.Add(Row(Reordered(graph.Random(gates * units, units))));
                biases.Add(Row(graph.Add("Concat", [Reordered(graph.Random(gates * units)), Reordered(graph.Random(gates * units))], Integer("axis", 0))));
            }

            string[] states = cell == "LSTM" ? [state, state] : [state];
            List<AttributeProto> attributes = [Integer("hidden_size", units), Text("direction", directions == 1 ? "forward" : "bidirectional")];
            if (cell == "GRU")
                attributes.Add(Integer("linear_before_reset", 1));
            string[] y = graph.AddMany(cell, 2, [value, Joined(inputs), Joined(recurrent), Joined(biases), "", .. states], [.. attributes]);
            string turned = graph.Add("Transpose", [y[0]], Ints("perm", 0, 2, 1, 3)), shape = graph.Add("Shape", [turned]);
            string merged = graph.Add("Reshape", [graph.Add("Mul", [Size(shape, 2), Size(shape, 3)]), graph.Add("Constant", [], Ints("value_ints", -1))]);
            value = graph.Add("Reshape", [turned, graph.Add("Concat", [Size(shape, 0), Size(shape, 1), merged], Integer("axis", 0))]);
            finals.Add(y[1]);
        }

        string last = graph.Add("Gather", [graph.Add("Concat", [.. finals], Integer("axis", 0)), graph.Long(-1)], Integer("axis", 0));
        string output = directions == 1 ? last : graph.Add("Transpose", [value], Ints("perm", 1, 0, 2));

        RnnModel model = graph.AssertSame(graph.Add("MatMul", [output, graph.Random(directions * units, 2)]), isBatchFirst: true, 0, 0, 3);

        Assert.Equal(3, model.Architecture.Layers.Count);

        string Reordered(string weight)
            => graph.Add("Concat", [.. order.Select(gate => graph.Add("Slice", [weight, bounds[gate], bounds[gate + 1], graph.Longs(0)]))], Integer("axis", 0));
        string Row(string weight) => graph.Add("Unsqueeze", [weight, graph.Longs(0)]);
        string Joined(List<string> rows) => rows.Count == 1 ? rows[0] : graph.Add("Concat", [.. rows], Integer("axis", 0));
        string Size(string shape, int dimension) => graph.Add("Slice", [shape, graph.Longs(dimension), graph.Longs(dimension + 1)]);
    }

    /// <summary>Gelu without an operator for it, as the exporters of operator sets before 20 write it.</summary>
    [Theory]
    [InlineData("divide, then half of the product")]
    [InlineData("divide, then two")]
    [InlineData("multiply, half of the input")]
    [InlineData("half of the sum")]
    public void Import_GeluByErf_GivesTheSame(string way)
    {
        TestGraph graph = new();
        string state = graph.Add("Squeeze", [graph.AddMany("GRU", 2, [X, .. graph.Weights(3, 1, 3, 4)], Integer("hidden_size", 4))[1], graph.Longs(0)]);
        string x = graph.Add("Gemm", [state, graph.Random(4, 5), graph.Random(5)]);
        string argument = way.StartsWith("divide", StringComparison.Ordinal)
            ? graph.Add("Div", [x, graph.Floats([1.4142135f])])
            : graph.Add("Mul", [graph.Floats([0.70710677f]), x]);
        string sum = graph.Add("Add", [graph.Add("Erf", [argument]), graph.Floats([1f])]);
        string half = graph.Floats([0.5f]);
        string output = way switch
        {
            "divide, then half of the product" => graph.Add("Mul", [graph.Add("Mul", [x, sum]), half]),
            "divide, then two" => graph.Add("Div", [graph.Add("Mul", [sum, x]), graph.Floats([2f])]),
            "multiply, half of the input" => graph.Add("Mul", [graph.Add("Mul", [x, half]), sum]),
            _ => graph.Add("Mul", [x, graph.Add("Mul", [sum, half])]),
        };

        RnnModel model = graph.AssertSame(graph.Add("MatMul", [output, graph.Random(5, 2)]), isBatchFirst: false, 0, 0, 3);

        Assert.Equal(Activation.Gelu, ((Dense)model.Architecture.Layers[1].Layer).Activation);
    }

    /// <summary>Normalisation within the graph: of the input feature by feature, of the output by numbers for all.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Import_NormalisationInTheGraph_GivesTheSame(bool hasDense)
    {
        TestGraph graph = new();
        string input = graph.Add("Div", [graph.Add("Sub", [X, graph.Floats([0.5f, -1.5f, 0.25f], 3)]), graph.Floats([1.5f, 0.75f, 2f], 1, 1, 3)]);
        string y = graph.AddMany("GRU", 2, [input, .. graph.Weights(3, 1, 3, 4)], Integer("hidden_size", 4))[0];
        string value = graph.Add("Squeeze", [y, graph.Longs(1)]);
        if (hasDense)
            value = graph.Add("Add", [graph.Add("MatMul", [value, graph.Random(4, 2)]), graph.Random(2)]);
        value = graph.Add("Add", [graph.Add("Mul", [graph.Add("Mul", [value, graph.Floats([0.5f])]), graph.Random(hasDense ? 2 : 4)]), graph.Floats([20f])]);
        string output = graph.Add("Sub", [graph.Floats([1f]), graph.Add("Tanh", [graph.Add("Mul", [graph.Floats([0.05f]), value])])]);

        graph.AssertSame(output, isBatchFirst: false, 0, 0, 3);
    }

    /// <summary>nn.Embedding and Keras' Embedding: rows by integers that are the input, or that it is cast to.</summary>
    [Theory]
    [InlineData(7, 2)]
    [InlineData(6, 2)]
    [InlineData(1, 2)]
    [InlineData(1, 3)]
    public void Import_Embedding_GivesTheSame(int type, int rank)
    {
        TestGraph graph = new();
        string symbols = rank == 3 ? graph.Add("Squeeze", [graph.Add("Cast", [X], Integer("to", 7)), graph.Longs(2)])
            : type == 1 ? graph.Add("Cast", [X], Integer("to", 6)) : X;
        string rows = graph.Add("Transpose", [graph.Add("Gather", [graph.Random(9, 3), symbols], Integer("axis", 0))], Ints("perm", 1, 0, 2));
        string y = graph.AddMany("LSTM", 2, [rows, .. graph.Weights(4, 1, 3, 5)], Integer("hidden_size", 5))[0];
        string sequence = graph.Add("Transpose", [graph.Add("Squeeze", [y, graph.Longs(1)])], Ints("perm", 1, 0, 2));
        string output = graph.Add("Softmax", [graph.Add("Add", [graph.Add("MatMul", [sequence, graph.Random(5, 9)]), graph.Random(9)])], Integer("axis", -1));
        long[] shape = rank == 3 ? [0, 0, 1] : [0, 0];
        ModelProto proto = graph.Model(output, shape);
        proto.Graph.Input[0].Type.TensorType.ElemType = type;
        byte[] file = proto.ToByteArray();
        const int batch = 2, steps = 6;
        Random random = new(2);
        long[] numbers = [.. Enumerable.Range(0, batch * steps).Select(_ => (long)random.Next(9))];
        long[] sizes = [batch, steps, .. shape[2..]];
        using OrtValue input = type switch
        {
            1 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, number => (float)number), sizes),
            6 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, number => (int)number), sizes),
            _ => OrtValue.CreateTensorValueFromMemory(numbers, sizes),
        };

        RnnModel model = OnnxImporter.Parse(file);

        Assert.Equal(["embedding", "lstm", "dense"], model.Architecture.Layers.Select(layer => layer.Layer.Kind));
        RandomNetwork.AssertClose(
            OnnxRuntimeRun.Of(file, input)[0], RandomNetwork.Run(model, Array.ConvertAll(numbers, number => (float)number), batch, steps), "embedding");
    }

    /// <summary>One sequence without a batch, as nn.GRU takes it, and the state of the one layer by a view of layers and directions.</summary>
    [Fact]
    public void TorchScript_Unbatched_GivesTheSame()
    {
        TestGraph graph = new();
        string[] y = graph.AddMany(
            "GRU", 2, [graph.Add("Unsqueeze", [X, graph.Longs(1)]), .. graph.Weights(3, 2, 3, 4)], Text("direction", "bidirectional"), Integer("hidden_size", 4));
        string top = graph.Add("Gather", [graph.Add("Reshape", [y[1], graph.Longs(1, 2, 1, 4)]), graph.Long(-1)], Integer("axis", 0));
        string state = graph.Add("Reshape", [graph.Add("Transpose", [top], Ints("perm", 1, 0, 2)), graph.Longs(1, 8)]);
        byte[] file = graph.Model(graph.Add("MatMul", [state, graph.Random(8, 2)]), 0, 3).ToByteArray();
        float[] input = RandomNetwork.Uniform(new Random(3), 7 * 3, 1);

        RandomNetwork.AssertClose(OnnxRuntimeRun.Of(file, input, 7, 3), RandomNetwork.Run(OnnxImporter.Parse(file), input, 1, 7), "unbatched");
    }

    [Theory]
    [InlineData("reverse", false)]
    [InlineData("reverse", true)]
    [InlineData("forward", true)]
    [InlineData("bidirectional", false)]
    public void SingleNode_AnyDirection_GivesTheSame(string direction, bool isFinal)
    {
        foreach ((string cell, int gates) in new[] { ("RNN", 1), ("GRU", 3), ("LSTM", 4) })
        {
            TestGraph graph = new();
            int directions = direction == "bidirectional" ? 2 : 1;
            string[] y = graph.AddMany(cell, 2, [X, .. graph.Weights(gates, directions, 3, 5)], Integer("hidden_size", 5), Text("direction", direction));
            // Y of both directions is [steps, 2, batch, units]: the same numbers as ours for one sequence.
            graph.AssertSame(y[isFinal ? 1 : 0], isBatchFirst: false, 0, 1, 3);
        }
    }

    [Fact]
    public void Activations_WithAlphaAndBeta_GiveTheSame()
    {
        TestGraph graph = new();
        string[] y = graph.AddMany(
            "GRU", 2, [X, .. graph.Weights(3, 2, 3, 5)], Integer("hidden_size", 5), Text("direction", "bidirectional"),
            Texts("activations", ["HardSigmoid", "LeakyRelu", "Sigmoid", "Elu"]), Numbers("activation_alpha", [1 / 6f, 0.03f, 0.6f]), Numbers("activation_beta", [0.5f]));

        RnnModel model = graph.AssertSame(y[0], isBatchFirst: false, 0, 1, 3);

        Assert.Equal(Activation.Elu(0.6f), ((Gru)((Bidirectional)model.Architecture.Layers[0].Layer).Backward).Activation);
    }

    private static AttributeProto LongValue(long number)
    {
        TensorProto tensor = new() { DataType = 7 };
        tensor.Dims.Add(1);
        tensor.Int64Data.Add(number);
        return new AttributeProto { Name = "value", T = tensor, Type = AttributeProto.Types.Kind.Tensor };
    }
}
