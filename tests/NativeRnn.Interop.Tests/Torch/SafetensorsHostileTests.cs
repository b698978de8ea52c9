using System.Text;
using NativeRnn.Interop.Torch;
using NativeRnn.Vectors;

namespace NativeRnn.Interop.Tests.Torch;

/// <summary>Safetensors files made to do harm.</summary>
public sealed class SafetensorsHostileTests
{
    private static readonly byte[] File = SafetensorsBytes.Write(
    [
        Tensor("rnn.weight_ih_l0", 1, 2), Tensor("rnn.weight_hh_l0", 1, 1), Tensor("rnn.bias_ih_l0", 1), Tensor("rnn.bias_hh_l0", 1),
        Tensor("fc.weight", 1, 1), Tensor("fc.bias", 1),
    ]);

    private static void Import(byte[] file) => SafetensorsImporter.Import(new MemoryStream(file), "model", new TorchImportOptions());

    [Fact]
    public void Import_Truncated_IsRefused()
        => Assert.Equal((0, File.Length), HostileFile.ReadAll(HostileFile.Truncated(File), Import));

    [Fact]
    public void Import_EveryBitTurned_IsReadOrRefused()
        => HostileFile.AssertReadAndRefused(HostileFile.ReadAll(HostileFile.EveryBit(File), Import));

    [Fact]
    public void Import_EveryByteReplaced_IsReadOrRefused()
        => HostileFile.AssertReadAndRefused(HostileFile.ReadAll(HostileFile.EveryByte(File), Import));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("65537")]
    [InlineData("2147483648")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("1e400")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"\\ud800\"")]
    public void Import_AnyNumberOfTheHeaderReplaced_IsRefused(string value)
    {
        string text = Encoding.UTF8.GetString(File);
        string header = text[8..(text.IndexOf("}}", StringComparison.Ordinal) + 2)];
        byte[] data = new byte[4 * 7];
        for (int at = 0; at < header.Length; at++)
        {
            bool isNumber = char.IsAsciiDigit(header[at]) && header[at - 1] is '[' or ',' && header[at + 1] is ',' or ']';
            if (isNumber && header[at].ToString() != value)
                Assert.False(HostileFile.ReadWithinBounds(SafetensorsBytes.Join(header[..at] + value + header[(at + 1)..], data), Import), header[..at] + value);
        }
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(1L)]
    [InlineData(100_000_000L)]
    [InlineData(100_000_001L)]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    public void Import_LengthOfTheHeader_IsRefused(long length)
        => Assert.False(HostileFile.ReadWithinBounds([.. BitConverter.GetBytes(length), .. File[8..]], Import));

    [Fact]
    public void Import_LargeModel_TakesBoundedMemory()
    {
        byte[] file = SafetensorsBytes.Write(
            [Tensor("rnn.weight_ih_l0", 1500, 500), Tensor("rnn.weight_hh_l0", 1500, 500), Tensor("rnn.bias_ih_l0", 1500), Tensor("rnn.bias_hh_l0", 1500)]);
        Assert.True(HostileFile.ReadWithinBounds(file, Import));
    }

    private static (string, long[], float[]) Tensor(string name, params long[] shape)
        => (name, shape, new float[shape.Aggregate(1L, (product, size) => product * size)]);
}
