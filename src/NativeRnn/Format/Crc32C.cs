using System.Buffers.Binary;
using System.Numerics;

namespace NativeRnn;

/// <summary>
/// CRC-32C: Castagnoli's polynomial 0x1EDC6F41 (0x82F63B78 with its bits reversed), as in iSCSI (RFC 3720, section 12.1). It
/// detects every single flipped bit and every burst of up to 32 bits, and processors have an instruction for it.
/// </summary>
internal static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint remainder = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            remainder = BitOperations.Crc32C(remainder, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
            remainder = BitOperations.Crc32C(remainder, value);
        return ~remainder;
    }
}
