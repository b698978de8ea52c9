namespace NativeRnn.Tests.Format;

public sealed class Crc32CTests
{
    // The check value of the polynomial's catalogue entry, and test vectors of RFC 3720, appendix B.4.
    [Theory]
    [InlineData("313233343536373839", 0xE3069283)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AA)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 0x62A8AB43)]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", 0x46DD794E)]
    [InlineData("", 0x00000000)]
    public void Compute_PublishedVector_GivesPublishedChecksum(string hex, uint expected)
        => Assert.Equal(expected, Crc32C.Compute(Convert.FromHexString(hex)));

    [Fact]
    public void Compute_EveryLengthUpTo64_AgreesWithBitByBitDivision()
    {
        byte[] bytes = new byte[64];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
            Assert.Equal(BitByBit(bytes.AsSpan(0, length)), Crc32C.Compute(bytes.AsSpan(0, length)));
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        uint remainder = uint.MaxValue;
        foreach (byte value in bytes)
        {
            remainder ^= value;
            for (int bit = 0; bit < 8; bit++)
                remainder = (remainder >> 1) ^ ((remainder & 1) * 0x82F63B78);
        }

        return ~remainder;
    }
}
