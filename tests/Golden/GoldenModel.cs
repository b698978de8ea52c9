using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using NativeRnn.Tests.Samples;

namespace NativeRnn.Golden;

/// <summary>
/// A model of every layer in every variant, with every activation and weight type, with seeded weights and inputs, and the digest of the output bits
/// that it must give on every processor with fused multiply-add: <c>digests.txt</c>.
/// </summary>
internal sealed class GoldenModel
{
    /// <summary>What the last bits of products without fused multiply-add may make of the outputs, which are all near 1 or below.</summary>
    public const double ToleranceWithoutFma = 2e-6;

    private const int Steps = 37;

    private static readonly Dictionary<string, (Architecture Architecture, WeightType Type)> Architectures = Create();

    private GoldenModel(string name, Architecture architecture, WeightType type)
    {
        Name = name;
        SplitMix64 random = new(1);
        Dictionary<string, float[]> weights = [];
        foreach (ParameterShape shape in architecture.Parameters)
            weights.Add(shape.Name, Uniform(ref random, (int)shape.Count, shape.IsVector ? 0.5 : 1 / Math.Sqrt(shape.Columns)));
        Model = new RnnModel(architecture, weights).Quantize(type);
        Input = architecture.Layers[0].Layer is Embedding embedding
            ? [.. Enumerable.Range(0, Steps).Select(step => (float)(step * step % embedding.Symbols))]
            : Uniform(ref random, Steps * architecture.InputSize, Math.Sqrt(3));
    }

    public static IEnumerable<string> Names => Architectures.Keys;

    /// <summary>The committed digests by name.</summary>
    public static Dictionary<string, string> Digests { get; } = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "digests.txt"))
        .Select(line => line.Split(": "))
        .ToDictionary(parts => parts[0], parts => parts[1]);

    /// <summary>Whether this process computes with fused multiply-add.</summary>
    public static bool HasFma => Fma.IsSupported || AdvSimd.IsSupported;

    public string Name { get; }

    public RnnModel Model { get; }

    /// <summary>One sequence, [steps, features].</summary>
    public float[] Input { get; }

    public static GoldenModel Of(string name) => new(name, Architectures[name].Architecture, Architectures[name].Type);

    public float[] Run(VectorWidth width = VectorWidth.Auto)
    {
        using RnnSession session = Model.CreateSession(new SessionOptions { VectorWidth = width });
        float[] output = new float[(Model.Architecture.ReturnsSequence ? Steps : 1) * Model.Architecture.OutputSize];
        session.Run(Input, output);
        return output;
    }

    /// <summary>The first 64 bits of the SHA-256 of the outputs as little-endian float32.</summary>
    public static string Digest(ReadOnlySpan<float> output) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(output)))[..16];

    private static float[] Uniform(ref SplitMix64 random, int count, double bound)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (float)((2 * random.NextDouble() - 1) * bound);
        return values;
    }

    private static Dictionary<string, (Architecture Architecture, WeightType Type)> Create()
    {
        Dictionary<string, (Architecture Architecture, WeightType Type)> architectures = [];
        foreach (string variant in LayerVariants.VariantNames)
            Add(variant, 7, LayerVariants.Create(variant, 33, returnSequences: true), new Dense(3) { Activation = Activation.Softmax });
        foreach (Activation activation in LayerVariants.Elementwise)
        {
            Add(
                "activation " + activation,
                7,
                new Lstm(20) { ReturnSequences = true, Activation = activation },
                new Gru(9) { ReturnSequences = true, Activation = activation },
                new Dense(5) { Activation = activation });
        }

        Add("embedding", 1, new Embedding(11, 6), new Gru(20) { ReturnSequences = true }, new Dense(11) { Activation = Activation.Softmax });
        Add("reverse, last step", 3, new Reverse(), new Gru(17) { ReturnSequences = true }, new Dropout(0.2f), new LastStep(), new Dense(2));
        Add("gru 256", 64, new Gru(256), new Dense(1));
        Add("lstm 130", 65, new Lstm(130), new Dense(1));
        Add("stack", 14, new Bidirectional(new Gru(32) { ReturnSequences = true }), new Lstm(64) { ReturnSequences = true }, new SimpleRnn(8), new Dense(1));
        foreach (WeightType type in (WeightType[])[WeightType.BFloat16, WeightType.Int8])
        {
            foreach (string variant in (string[])["simple_rnn", "output_recurrent_rnn 5", "gru reset before", "gru reset after", "lstm peepholes"])
                architectures.Add($"{variant} {type}", (new Architecture(7, [LayerVariants.Create(variant, 33, returnSequences: true), new Dense(3)]), type));
        }

        return architectures;

        void Add(string name, int inputSize, params Layer[] layers)
            => architectures.Add(name, (new Architecture(inputSize, layers), WeightType.Float32));
    }
}
