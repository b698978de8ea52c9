using System.Runtime.CompilerServices;
using NativeRnn.Golden;
using NativeRnn.Tests.Reference;
using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Layers;

/// <summary>
/// The committed digests of output bits, on every vector width. When the order of sums is changed on purpose,
/// <c>NATIVERNN_APPROVE=1 dotnet test tests/NativeRnn.Tests --filter GoldenTests</c> writes them anew, with fused multiply-add.
/// </summary>
public sealed class GoldenTests
{
    private const string ApproveVariable = "NATIVERNN_APPROVE";

    public static TheoryData<string> Names => [.. GoldenModel.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_EveryWidth_GivesTheCommittedBits(string name)
    {
        Assert.SkipWhen(IsApproving, "The digests are being written.");
        var golden = GoldenModel.Of(name);
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            float[] output = golden.Run(width);
            if (GoldenModel.HasFma)
                Assert.Equal(GoldenModel.Digests.GetValueOrDefault(name), GoldenModel.Digest(output));
            else
                Closeness.AssertWithin(GoldenModel.ToleranceWithoutFma, Reference(golden), output, $"{name}, {width}");
        }
    }

    [Fact]
    public void Digests_AreOfTheModelsThereAre()
    {
        if (IsApproving && GoldenModel.HasFma)
            File.WriteAllLines(SourceFile(), GoldenModel.Names.Select(name => $"{name}: {GoldenModel.Digest(GoldenModel.Of(name).Run())}"));
        else
            Assert.Equal(GoldenModel.Names.Order(StringComparer.Ordinal), GoldenModel.Digests.Keys.Order(StringComparer.Ordinal));
    }

    private static bool IsApproving => Environment.GetEnvironmentVariable(ApproveVariable) == "1";

    private static double[] Reference(GoldenModel golden)
    {
        Architecture architecture = golden.Model.Architecture;
        var weights = architecture.Parameters.ToDictionary(shape => shape.Name, shape => golden.Model.Weights(shape.Name).ToArray());
        double[][] rows = [.. golden.Input.Chunk(architecture.InputSize).Select(row => Array.ConvertAll(row, value => (double)value))];
        return [.. ReferenceNetwork.Run(architecture, weights, rows).Outputs.SelectMany(row => row)];
    }

    private static string SourceFile([CallerFilePath] string path = "")
        => Path.Combine(Path.GetDirectoryName(path)!, "../../Golden/digests.txt");
}
