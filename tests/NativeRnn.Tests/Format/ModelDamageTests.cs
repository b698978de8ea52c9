namespace NativeRnn.Tests.Format;

/// <summary>Files that were altered by accident: the checksum or the length tells.</summary>
public sealed class ModelDamageTests
{
    public static TheoryData<WeightType> WeightTypes => [.. Enum.GetValues<WeightType>()];

    [Theory]
    [MemberData(nameof(WeightTypes))]
    public void Parse_AnyBitFlipped_IsRefusedNamingWhatIsWrong(WeightType type)
    {
        byte[] file = SampleModels.ForecasterOf(type).ToBytes();
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            int at = bit / 8;
            file[at] ^= (byte)(1 << (bit % 8));

            ModelFormatException exception = Assert.Throws<ModelFormatException>(() => RnnModel.Parse(file));

            string named = at switch { < 4 => "not a .nrnn file", < 8 => "version", < 16 => "bytes expected", _ => "checksum" };
            Assert.Contains(named, exception.Message, StringComparison.Ordinal);
            file[at] ^= (byte)(1 << (bit % 8));
        }

        RnnModel.Parse(file);
    }

    [Theory]
    [MemberData(nameof(WeightTypes))]
    public void Parse_TruncatedToAnyLength_IsRefusedWithBothLengths(WeightType type)
    {
        byte[] file = SampleModels.ForecasterOf(type).ToBytes();
        for (int length = 0; length < file.Length; length++)
        {
            ModelFormatException exception = Assert.Throws<ModelFormatException>(() => RnnModel.Parse(file.AsSpan(0, length)));

            string expected = length < 36 ? "at least 36" : "840";
            Assert.StartsWith($"truncated: {expected} bytes expected, {length} found", exception.Message, StringComparison.Ordinal);
            Assert.Equal(length, exception.Offset);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(4096)]
    public void Parse_BytesAppended_IsRefusedWithBothLengths(int count)
    {
        byte[] file = [.. SampleModels.Forecaster.ToBytes(), .. new byte[count]];

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => RnnModel.Parse(file));

        Assert.StartsWith($"840 bytes expected, {840 + count} found", exception.Message, StringComparison.Ordinal);
        Assert.Equal(840, exception.Offset);
    }

    [Fact]
    public void Parse_TwoTensorsExchanged_IsRefusedByTheChecksum()
    {
        byte[] file = SampleModels.Forecaster.ToBytes();
        byte[] exchanged = [.. file];
        file.AsSpan(512, 12).CopyTo(exchanged.AsSpan(576));
        file.AsSpan(576, 12).CopyTo(exchanged.AsSpan(512));

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => RnnModel.Parse(exchanged));

        Assert.Contains("checksum", exception.Message, StringComparison.Ordinal);
        Assert.Equal(836, exception.Offset);
    }
}
