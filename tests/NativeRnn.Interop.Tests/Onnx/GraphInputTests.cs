using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using NativeRnn.Interop.Onnx;
using NativeRnn.Interop.Onnx.Proto;
using static NativeRnn.Interop.Onnx.OnnxGraphWriter;

namespace NativeRnn.Interop.Tests.Onnx;

/// <summary>Graphs with more inputs than the sequences: states that the caller gives, lengths of padded sequences; and with several outputs.</summary>
public sealed class GraphInputTests
{
    private const string X = TestGraph.X;
    private const int Float = 1;
    private const int Int64 = 7;
    private const int Batch = 3;
    private const int Steps = 6;

    private static readonly OnnxImportOptions ZeroStates = new() { ZeroInitialStates = true };
    private static readonly OnnxImportOptions OwnLengths = new() { UnpaddedSequences = true };

    public static TheoryData<string, int, string> Cells => new()
    {
        { "RNN", 1, "forward" }, { "GRU", 3, "forward" }, { "LSTM", 4, "forward" }, { "GRU", 3, "bidirectional" }, { "LSTM", 4, "bidirectional" },
    };

    /// <summary>
    /// torch.onnx.export(model, (x, (h0, c0))), two layers, hn and cn as further outputs: without states given ours starts from zeros, with
    /// <see cref="RnnSession.RestoreState"/> from the same as ONNX Runtime.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void Import_StatesAsInputs_AreTheSessionsState(string cell, int gates, string direction)
    {
        const int units = 4;
        int directions = direction == "forward" ? 1 : 2;
        string[] names = cell == "LSTM" ? ["h0", "c0"] : ["h0"];
        byte[] file = WithStates(cell, gates, direction, units, names).ToByteArray();
        Random random = new(4);
        float[] input = RandomNetwork.Uniform(random, Steps * Batch * 3, 1.5);
        float[][] states = [.. names.Select(_ => RandomNetwork.Uniform(random, 2 * directions * Batch * units, 0.9))];
        float[] zeros = new float[states[0].Length];

        RnnModel model = OnnxImporter.Parse(file, ZeroStates);

        float[] batchFirst = RandomNetwork.SwapOuter(input, Steps, Batch, 3);
        float[] expected = Expected([.. states.Select(_ => zeros)]), expectedFromStates = Expected(states);
        using RnnSession session = model.CreateSession(new SessionOptions { MaxBatch = Batch, MaxSteps = Steps });
        float[] actual = new float[Steps * Batch * directions * units];
        session.RunBatch(batchFirst, Batch, actual);
        RandomNetwork.AssertClose(expected, RandomNetwork.SwapOuter(actual, Batch, Steps, directions * units), "from zeros");
        RnnState state = new(model.Architecture, Batch);
        for (int sequence = 0; sequence < Batch; sequence++)
        {
            Span<float> own = state.Values.Slice(sequence * state.Size, state.Size);
            // For each layer and direction h, then c.
            for (int part = 0; part < 2 * directions; part++)
            {
                for (int kind = 0; kind < names.Length; kind++)
                    states[kind].AsSpan((part * Batch + sequence) * units, units).CopyTo(own[((part * names.Length + kind) * units)..]);
            }
        }

        session.RestoreState(state);
        session.RunBatch(batchFirst, Batch, actual, InitialState.Carried);
        RandomNetwork.AssertClose(expectedFromStates, RandomNetwork.SwapOuter(actual, Batch, Steps, directions * units), "from given states");
        Assert.NotEqual(expected, expectedFromStates);

        float[] Expected(float[][] given)
        {
            long[] shape = [2 * directions, Batch, units];
            OrtValue[] values =
            [
                OrtValue.CreateTensorValueFromMemory(input, [Steps, Batch, 3]),
                .. given.Select(values => OrtValue.CreateTensorValueFromMemory(values, shape)),
            ];
            float[] output = OnnxRuntimeRun.Of(file, values)[0];
            Array.ForEach(values, value => value.Dispose());
            return output;
        }
    }

    [Fact]
    public void Import_StatesAsInputs_AreRefusedUnlessSaid()
    {
        byte[] file = WithStates("LSTM", 4, "forward", 4, ["h0", "c0"]).ToByteArray();

        string message = Assert.Throws<ModelImportException>(() => OnnxImporter.Parse(file)).Message;

        Assert.Contains("(LSTM) has as initial_h the graph's input 'h0', but a network here has one input: say that sequences start from zeros (--initial-states zero)", message);
    }

    private static ModelProto WithStates(string cell, int gates, string direction, int units, string[] names)
    {
        int directions = direction == "forward" ? 1 : 2;
        TestGraph graph = new();
        string value = X;
        string[][] finals = new string[2][];
        for (int layer = 0; layer < 2; layer++)
        {
            string[] own = [.. names.Select(name => graph.Add("Slice", [name, graph.Longs(directions * layer), graph.Longs(directions * (layer + 1)), graph.Longs(0)]))];
            string[] y = graph.AddMany(
                cell, 1 + names.Length, [value, .. graph.Weights(gates, directions, layer == 0 ? 3 : directions * units, units), "", .. own],
                Integer("hidden_size", units), Text("direction", direction));
            value = graph.Add("Reshape", [graph.Add("Transpose", [y[0]], Perm(0, 2, 1, 3)), graph.Longs(0, 0, -1)]);
            finals[layer] = y[1..];
        }

        string[] last = [.. names.Select((_, kind) => graph.Add("Concat", [finals[0][kind], finals[1][kind]], Integer("axis", 0)))];
        ModelProto model = graph.Model(value, 0, 0, 3);
        model.Graph.Input.Add(names.Select(name => TestGraph.Input(name, Float, 2 * directions, 0, units)));
        model.Graph.Output.Add(last.Select(name => new ValueInfoProto { Name = name, Type = model.Graph.Output[0].Type }));
        return model;
    }

    /// <summary>nn.LSTMCell: one step with its states, which a session takes as often as it is asked to.</summary>
    [Fact]
    public void Import_OneStepOfACell_Streams()
    {
        TestGraph graph = new();
        string[] states = [graph.Add("Unsqueeze", ["h", graph.Longs(0)]), graph.Add("Unsqueeze", ["c", graph.Longs(0)])];
        string[] y = graph.AddMany(
            "LSTM", 3, [graph.Add("Unsqueeze", [X, graph.Longs(0)]), .. graph.Weights(4, 1, 3, 4), "", .. states], Integer("hidden_size", 4));
        string output = graph.Add("Squeeze", [y[1], graph.Longs(0)]), cell = graph.Add("Squeeze", [y[2], graph.Longs(0)]);
        ModelProto proto = graph.Model(output, 1, 3);
        proto.Graph.Input.Add([TestGraph.Input("h", Float, 1, 4), TestGraph.Input("c", Float, 1, 4)]);
        proto.Graph.Output.Add(new ValueInfoProto { Name = output, Type = proto.Graph.Output[0].Type });
        proto.Graph.Output.Add(new ValueInfoProto { Name = cell, Type = proto.Graph.Output[0].Type });
        byte[] file = proto.ToByteArray();

        using RnnSession session = OnnxImporter.Parse(file, ZeroStates).CreateSession();

        float[] h = new float[4], c = new float[4], actual = new float[4];
        Random random = new(8);
        for (int step = 0; step < 5; step++)
        {
            float[] x = RandomNetwork.Uniform(random, 3, 1);
            using OrtValue first = OrtValue.CreateTensorValueFromMemory(x, [1, 3]), second = OrtValue.CreateTensorValueFromMemory(h, [1, 4]), third = OrtValue.CreateTensorValueFromMemory(c, [1, 4]);
            float[][] expected = OnnxRuntimeRun.Of(file, first, second, third);
            session.Step(x, actual);
            RandomNetwork.AssertClose(expected[0], actual, $"step {step}");
            (h, c) = (expected[1], expected[2]);
        }
    }

    /// <summary>pack_padded_sequence: each sequence of ours, at its own length, is the valid part of ONNX Runtime's padded one.</summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void Import_LengthsAsAnInput_AreEachSequencesOwn(string cell, int gates, string direction)
    {
        const int units = 4;
        int directions = direction == "forward" ? 1 : 2;
        foreach (bool isFinal in new[] { false, true })
        {
            byte[] file = WithLengths(cell, gates, direction, units, isFinal).ToByteArray();
            float[] input = RandomNetwork.Uniform(new Random(9), Steps * Batch * 3, 1.5);
            long[] lengths = [2, Steps, 5];
            using OrtValue x = OrtValue.CreateTensorValueFromMemory(input, [Steps, Batch, 3]), given = OrtValue.CreateTensorValueFromMemory(lengths, [Batch]);
            float[] all = OnnxRuntimeRun.Of(file, x, given)[0];

            RnnModel model = OnnxImporter.Parse(file, OwnLengths);

            int outputs = directions * units;
            float[] batchFirst = RandomNetwork.SwapOuter(input, Steps, Batch, 3), expected = isFinal ? all : RandomNetwork.SwapOuter(all, Steps, Batch, outputs);
            for (int sequence = 0; sequence < Batch; sequence++)
            {
                int length = (int)lengths[sequence], rows = isFinal ? 1 : Steps;
                float[] actual = RandomNetwork.Run(model, batchFirst[(sequence * Steps * 3)..((sequence * Steps + length) * 3)], 1, length);
                RandomNetwork.AssertClose(expected[(sequence * rows * outputs)..((sequence * rows + (isFinal ? 1 : length)) * outputs)], actual, $"{cell}, sequence {sequence}");
            }
        }
    }

    [Theory]
    [InlineData("unsaid", "(GRU) has as sequence_lens the graph's input 'lengths', but a network here has one input: say that every sequence is given at its own length, without padding (--sequence-lengths own)")]
    [InlineData("last step", "(Gather) takes a step or an order of the time axis as a whole, which of sequences with sequence_lens is padding: take the final state")]
    [InlineData("second layer without", "(GRU) has no sequence_lens, but other nodes have")]
    [InlineData("computed", "(Add) is an operator that is not supported")]
    public void Import_LengthsThatMeanSomethingElse_AreRefusedByName(string what, string expected)
    {
        TestGraph graph = new();
        string lengths = what == "computed" ? graph.Add("Add", ["lengths", graph.Long(1)]) : graph.Add("Cast", ["lengths"], Integer("to", 6));
        string value = graph.Add("Squeeze", [graph.AddMany("GRU", 2, [X, .. graph.Weights(3, 1, 3, 4), lengths])[0], graph.Longs(1)]);
        value = what switch
        {
            "last step" => graph.Add("Gather", [value, graph.Long(-1)], Integer("axis", 0)),
            "second layer without" => graph.AddMany("GRU", 2, [value, .. graph.Weights(3, 1, 4, 4)])[1],
            _ => value,
        };
        ModelProto model = graph.Model(value, 0, 0, 3);
        model.Graph.Input.Add(TestGraph.Input("lengths", Int64, 0));

        string message = Assert.Throws<ModelImportException>(() => OnnxImporter.Parse(model.ToByteArray(), what == "unsaid" ? new() : OwnLengths)).Message;

        Assert.Contains(expected, message);
    }

    private static ModelProto WithLengths(string cell, int gates, string direction, int units, bool isFinal)
    {
        int directions = direction == "forward" ? 1 : 2;
        TestGraph graph = new();
        string lengths = graph.Add("Cast", ["lengths"], Integer("to", 6));
        string value = X, state = "";
        foreach (int inputs in new[] { 3, directions * units })
        {
            string[] y = graph.AddMany(
                cell, 2, [value, .. graph.Weights(gates, directions, inputs, units), lengths], Integer("hidden_size", units), Text("direction", direction));
            value = graph.Add("Reshape", [graph.Add("Transpose", [y[0]], Perm(0, 2, 1, 3)), graph.Longs(0, 0, -1)]);
            state = graph.Add("Reshape", [graph.Add("Transpose", [y[1]], Perm(1, 0, 2)), graph.Longs(-1, directions * units)]);
        }

        ModelProto model = graph.Model(isFinal ? state : value, 0, 0, 3);
        model.Graph.Input.Add(TestGraph.Input("lengths", Int64, 0));
        return model;
    }

    /// <summary>A graph that gives the state first and the sequence behind it: one of them is chosen, or it is refused.</summary>
    [Fact]
    public void Import_SeveralOutputs_OneIsChosen()
    {
        TestGraph graph = new();
        string[] y = graph.AddMany("GRU", 2, [X, .. graph.Weights(3, 1, 3, 4)]);
        string sequence = graph.Add("Squeeze", [y[0], graph.Longs(1)]);
        ModelProto proto = graph.Model(y[1], 0, 0, 3);
        proto.Graph.Output.Add(new ValueInfoProto { Name = sequence });
        byte[] file = proto.ToByteArray();

        Assert.Contains($"second output '{sequence}' that is not the final state of a recurrent layer; a network has one: choose 'output' or '{sequence}' (--output)", Assert.Throws<ModelImportException>(() => OnnxImporter.Parse(file)).Message);
        Assert.Contains("no output 'z', but 'output', ", Assert.Throws<ModelImportException>(() => OnnxImporter.Parse(file, new OnnxImportOptions { Output = "z" })).Message);
        Assert.False(OnnxImporter.Parse(file, new OnnxImportOptions { Output = "output" }).Architecture.ReturnsSequence);
        Assert.True(OnnxImporter.Parse(file, new OnnxImportOptions { Output = sequence }).Architecture.ReturnsSequence);
    }

    [Fact]
    public void Import_TwoInputsOfSequences_AreRefused()
    {
        TestGraph graph = new();
        ModelProto model = graph.Model(graph.AddMany("GRU", 2, [graph.Add("Add", [X, "y"]), .. graph.Weights(3, 1, 3, 4)])[1], 0, 0, 3);
        model.Graph.Input.Add(TestGraph.Input("y", Float, 0, 0, 3));

        Assert.Contains("The graph has 2 inputs (input, y), expected 1: the sequences.", Assert.Throws<ModelImportException>(() => OnnxImporter.Parse(model.ToByteArray(), ZeroStates)).Message);
    }

    private static AttributeProto Perm(params long[] order)
    {
        AttributeProto attribute = new() { Name = "perm", Type = AttributeProto.Types.Kind.Ints };
        attribute.Ints.Add(order);
        return attribute;
    }
}
