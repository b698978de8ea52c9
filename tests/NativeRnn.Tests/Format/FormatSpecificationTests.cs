using System.Globalization;
using System.Text.RegularExpressions;

namespace NativeRnn.Tests.Format;

/// <summary>FORMAT.md and the writer must say the same, and neither may change unnoticed.</summary>
public sealed partial class FormatSpecificationTests
{
    [Fact]
    public void Example_OfTheSpecification_IsTheFileOfItsModel()
    {
        Assert.Equal(SpecifiedExample(), SampleModels.Line.ToBytes());

        var read = RnnModel.Parse(SpecifiedExample());
        Assert.Equal([new Dense(1)], read.Architecture.Layers.Select(layer => layer.Layer));
        Assert.Equal([2f], read.Weights("dense.kernel").ToArray());
        Assert.Equal([-0.5f], read.Weights("dense.bias").ToArray());
    }

    [Fact]
    public void ToBytes_Line_GivesTheseBytes()
    {
        string expected =
            "4E524E4E" + "01000000" + "C800000000000000" + "16000000" + "00000000" + "02000000" + "00000000"
            + "01000200" + "01000000" + "01000000" + "00000000" + "8000000000000000"
            + "01000100" + "01000000" + "01000000" + "00000000" + "C000000000000000"
            + "01000000" + "01000000" + "06000A00" + "01000000" + "000000000000"
            + new string('0', 2 * 26)
            + "00000040"
            + new string('0', 2 * 60)
            + "000000BF"
            + "836E4F69";

        Assert.Equal(expected, Convert.ToHexString(SampleModels.Line.ToBytes()));
    }

    [Fact]
    public void ToBytes_Forecaster_GivesTheseDescriptiveBytes()
    {
        // Header, table, architecture and recipe; the tensors behind them are random.
        string expected =
            "4E524E4E" + "01000000" + "4803000000000000" + "36000000" + "86000000" + "07000000" + "01000000"
            + "01000200" + "03000000" + "02000000" + "00000000" + "C001000000000000"
            + "01000200" + "03000000" + "01000000" + "00000000" + "0002000000000000"
            + "01000100" + "03000000" + "01000000" + "00000000" + "4002000000000000"
            + "01000200" + "01000000" + "01000000" + "00000000" + "8002000000000000"
            + "01000100" + "01000000" + "01000000" + "00000000" + "C002000000000000"
            + "01000200" + "02000000" + "02000000" + "00000000" + "0003000000000000"
            + "01000200" + "01000000" + "01000000" + "00000000" + "4003000000000000"
            + "02000000" + "02000000"
            + "03001C00" + "01000000" + "00000000" + "00000000" + "00000000" + "010000000000" + "020000000000"
            + "06000A00" + "01000000" + "000000000000"
            + "040064617465" + "040074656D70" + "0300C2B043" + "0000000000002740" + "0000000000001D40" + "0A000000" + "01000000"
            + "00C0692AC9000000" + "02000000"
            + "040074656D70" + "0000" + "0000000000002740" + "0000000000001D40"
            + "0600736561736F6E" + "1F0073696E2832202A20706928" + "29202A20796561725F6672616374696F6E282929"
            + "0000000000000000" + "666666666666E63F";

        Assert.Equal(expected, Convert.ToHexString(SampleModels.Forecaster.ToBytes().AsSpan(0, expected.Length / 2)));
    }

    private static byte[] SpecifiedExample()
    {
        string specification = File.ReadAllText(Path.Combine(SourceDirectory(), "src", "NativeRnn", "Format", "FORMAT.md"));
        string example = specification[specification.IndexOf("## A whole file", StringComparison.Ordinal)..].Split("```")[1];
        List<byte> bytes = [];
        foreach (string line in example.Split('\n'))
        {
            foreach (Capture pair in HexColumn().Match(line).Groups["byte"].Captures)
                bytes.Add(byte.Parse(pair.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }

        return [.. bytes];
    }

    private static string SourceDirectory()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "NativeRnn.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException($"No NativeRnn.sln above {AppContext.BaseDirectory}.");
    }

    [GeneratedRegex("^(?<byte>[0-9A-F]{2})( (?<byte>[0-9A-F]{2}))*( {2,}|$)")]
    private static partial Regex HexColumn();
}
