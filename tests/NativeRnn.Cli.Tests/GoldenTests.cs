using System.Globalization;
using NativeRnn.Golden;

namespace NativeRnn.Cli.Tests;

/// <summary>The committed digests of output bits, from the command line: just in time, or the executable that CI publishes for each processor.</summary>
public sealed class GoldenTests : IDisposable
{
    private static readonly Lazy<bool> HasFma = new(() =>
    {
        string version = CommandLineProcess.Run("--version").Output;
        return version.Contains("just in time", StringComparison.Ordinal)
            ? GoldenModel.HasFma
            : !version.Contains("x86-64-v2", StringComparison.Ordinal);
    });

    private readonly TestFolder _folder = new();

    public static TheoryData<string> Names => [.. GoldenModel.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Predict_GivesTheCommittedBits(string name)
    {
        var golden = GoldenModel.Of(name);
        string input = string.Join('\n', golden.Input.Chunk(golden.Model.Architecture.InputSize)
            .Select(row => string.Join(',', row.Select(value => value.ToString("G9", CultureInfo.InvariantCulture)))));

        CommandLineResult result = CommandLineProcess.Run("predict", _folder.Save(golden.Model), "--input", _folder.Write(input + "\n"));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        float[] output = [.. result.Output.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(text => float.Parse(text, CultureInfo.InvariantCulture))];
        if (HasFma.Value)
            Assert.Equal(GoldenModel.Digests[name], GoldenModel.Digest(output));
        else
            AssertWithin(GoldenModel.ToleranceWithoutFma, golden.Run(), output);
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertWithin(double tolerance, float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal((double)expected[i], actual[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
    }
}
