using NativeRnn.Tests.Reference;
using NativeRnn.Tests.Samples;
using NativeRnn.Vectors;

namespace NativeRnn.Tests.Vectors;

/// <summary>What PyTorch's own recurrent modules computed in double precision, against the reference and against the library.</summary>
public sealed class TorchVectorTests
{
    // The file holds 13 significant digits of outputs of order 1.
    private const double ReferenceTolerance = 2e-12;
    private const double RuntimeTolerance = 2e-6;

    private static readonly VectorCase[] Cases = VectorCase.Read(Path.Combine(AppContext.BaseDirectory, "Vectors", "forward.json"));

    public static TheoryData<string> Names => [.. Cases.Select(value => value.Name)];

    [Fact]
    public void File_EveryModule_IsThere()
        => Assert.Equal(16, Cases.Count(value => value.LastOutputs is not null));

    [Theory]
    [MemberData(nameof(Names))]
    public void Reference_OnTorchsWeights_GivesTorchsOutputs(string name)
    {
        VectorCase value = Find(name);
        CompareReference(value, value.Architecture, value.Outputs);
        CompareReference(value, value.ManyToOneArchitecture, value.LastOutputs!);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void RunBatch_OnTorchsWeights_GivesTorchsOutputs(string name)
    {
        VectorCase value = Find(name);
        CompareRuntime(value, value.Architecture, value.Outputs);
        CompareRuntime(value, value.ManyToOneArchitecture, value.LastOutputs!);
    }

    private static VectorCase Find(string name) => Assert.Single(Cases, value => value.Name == name);

    private static Dictionary<string, float[]> Weights(VectorCase value) => value.Weights.ToDictionary(pair => pair.Key, pair => Narrow(pair.Value));

    private static float[] Narrow(double[] values) => Array.ConvertAll(values, value => (float)value);

    private static void CompareReference(VectorCase value, Architecture architecture, double[] expected)
    {
        Dictionary<string, float[]> weights = Weights(value);
        double[] actual = [.. value.Inputs.Chunk(value.Steps * value.InputSize)
            .SelectMany(sequence => ReferenceNetwork.Run(architecture, weights, [.. sequence.Chunk(value.InputSize)]).Outputs)
            .SelectMany(row => row)];
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], ReferenceTolerance * Math.Max(1, Math.Abs(expected[i])));
    }

    private static void CompareRuntime(VectorCase value, Architecture architecture, double[] expected)
    {
        RnnModel model = new(architecture, Weights(value));
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using RnnSession session = model.CreateSession(new SessionOptions { MaxBatch = value.Batch, VectorWidth = width });
            float[] outputs = new float[expected.Length];
            session.RunBatch(Narrow(value.Inputs), value.Batch, outputs);
            Closeness.AssertWithin(RuntimeTolerance, expected, outputs, $"{value.Name}, {width}");
        }
    }
}
