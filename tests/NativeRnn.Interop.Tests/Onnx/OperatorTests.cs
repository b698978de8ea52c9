using NativeRnn.Interop.Onnx.Proto;
using static NativeRnn.Interop.Onnx.OnnxGraphWriter;

namespace NativeRnn.Interop.Tests.Onnx;

/// <summary>
/// Single recurrent nodes with every attribute and input that ONNX Runtime's own tests of them combine, at random: directions, biases,
/// peepholes, clip, input_forget, linear_before_reset, activations in any spelling with some of their numbers left out, states, lengths.
/// </summary>
public sealed class OperatorTests
{
    private const string X = TestGraph.X;
    private const int NodesPerSeed = 40;

    private static readonly (string Name, bool HasAlpha, bool HasBeta)[] Functions =
    [
        ("Tanh", false, false), ("Sigmoid", false, false), ("Relu", false, false), ("Softsign", false, false), ("Softplus", false, false),
        ("LeakyRelu", true, false), ("Elu", true, false), ("HardSigmoid", true, true),
        ("ThresholdedRelu", true, false), ("Affine", true, true), ("ScaledTanh", true, true),
    ];

    /// <summary>The functions up to those that have numbers without defaults.</summary>
    private const int FunctionsWithDefaults = 8;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Import_RandomNode_GivesOnnxRuntimesNumbers(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < NodesPerSeed; i++)
        {
            (string cell, int gates, int functions) = random.Next(3) switch
            {
                0 => ("RNN", 1, 1),
                1 => ("GRU", 3, 2),
                _ => ("LSTM", 4, 3),
            };
            string direction = random.Next(3) switch { 0 => "forward", 1 => "reverse", _ => "bidirectional" };
            int directions = direction == "bidirectional" ? 2 : 1;
            int units = random.Next(1, 9), features = random.Next(1, 6), steps = random.Next(1, 6), batch = directions == 2 ? 1 : random.Next(1, 5);
            TestGraph graph = new(seed * 1000 + i);
            bool isFinal = random.Next(2) == 0, isCoupled = cell == "LSTM" && random.Next(4) == 0;
            List<AttributeProto> attributes = [Integer("hidden_size", units), Text("direction", direction)];
            if (random.Next(3) == 0)
                attributes.Add(Number("clip", random.Next(3) switch { 0 => 9999, 1 => 0.1f, _ => 0.7f }));
            if (cell == "GRU" && random.Next(2) == 0)
                attributes.Add(Integer("linear_before_reset", 1));
            if (isCoupled)
                attributes.Add(Integer("input_forget", 1));
            if (!isCoupled && random.Next(2) == 0)
                attributes.AddRange(Activations(random, cell, functions * directions));

            string[] weights = graph.Weights(gates, directions, features, units);
            List<string> inputs = [X, weights[0], weights[1], random.Next(3) == 0 ? "" : weights[2]];
            inputs.Add(random.Next(3) == 0 ? graph.Integers([.. Enumerable.Repeat(steps, batch)]) : "");
            inputs.Add(State());
            if (cell == "LSTM")
                inputs.AddRange(State(), random.Next(3) == 0 ? graph.Random(directions, 3 * units) : "");
            string[] outputs = [isFinal ? "" : "all", isFinal ? "final" : ""];
            graph.AddNamed(cell, outputs, [.. inputs], [.. attributes]);

            graph.AssertSame(isFinal ? "final" : "all", isBatchFirst: false, steps, batch, features);

            string State()
            {
                float[] row = RandomNetwork.Uniform(random, directions * units, 0.8);
                float[] all = [.. Enumerable.Range(0, directions).SelectMany(d => Enumerable.Repeat(row[(d * units)..((d + 1) * units)], batch)).SelectMany(own => own)];
                return random.Next(3) switch
                {
                    0 => "",
                    1 => graph.Floats(new float[all.Length], directions, batch, units),
                    _ => graph.Floats(all, directions, batch, units),
                };
            }
        }
    }

    /// <summary>
    /// Gates stay bounded, because sums of unbounded products grow beyond what float32 compares. Of a GRU or LSTM numbers are left out from the end;
    /// both directions of an RNN have one function, because ONNX Runtime takes its numbers by direction, and its names as they are spelt.
    /// </summary>
    private static List<AttributeProto> Activations(Random random, string cell, int count)
    {
        List<string> names = [];
        List<float> alphas = [], betas = [];
        bool isRnn = cell == "RNN", leavesOut = !isRnn && random.Next(3) == 0;
        int only = random.Next(Functions.Length);
        for (int i = 0; i < count; i++)
        {
            bool isGate = (cell == "GRU" && i % 2 == 0) || (cell == "LSTM" && i % 3 == 0);
            (string name, bool hasAlpha, bool hasBeta) = Functions[isGate ? random.Next(2) : isRnn ? only : random.Next(leavesOut ? FunctionsWithDefaults : Functions.Length)];
            names.Add(isRnn || random.Next(2) == 0 ? name : name.ToLowerInvariant());
            if (hasAlpha)
                alphas.Add(0.2f + 0.6f * random.NextSingle());
            if (hasBeta)
                betas.Add(0.2f + 0.6f * random.NextSingle());
        }

        if (leavesOut)
        {
            alphas = alphas[..random.Next(alphas.Count + 1)];
            betas = betas[..random.Next(betas.Count + 1)];
        }

        List<AttributeProto> attributes = [Texts("activations", names)];
        if (alphas.Count > 0)
            attributes.Add(Numbers("activation_alpha", alphas));
        if (betas.Count > 0)
            attributes.Add(Numbers("activation_beta", betas));
        return attributes;
    }

    /// <summary>Inputs so large that a product overflows its gates: they saturate, as ONNX Runtime's do.</summary>
    [Fact]
    public void Import_HugeInputs_Saturate()
    {
        TestGraph graph = new();
        string y = graph.AddMany("GRU", 2, [X, .. graph.Weights(3, 1, 2, 32)], Integer("hidden_size", 32))[1];
        byte[] file = Google.Protobuf.MessageExtensions.ToByteArray(graph.Model(y, 1, 2, 2));
        float[] input = [1000, 2000, -1e20f, -1e10f];

        RnnModel model = NativeRnn.Interop.Onnx.OnnxImporter.Parse(file);

        RandomNetwork.AssertClose(OnnxRuntimeRun.Of(file, input, 1, 2, 2), RandomNetwork.Run(model, input, 2, 1), "huge");
    }
}
