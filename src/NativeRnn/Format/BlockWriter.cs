using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace NativeRnn;

/// <summary>Collects the fields of one part of a file; the counterpart of <see cref="BlockReader"/>.</summary>
internal sealed class BlockWriter
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Append(sizeof(ushort)), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Append(sizeof(uint)), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Append(sizeof(ulong)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Append(sizeof(long)), value);

    public void Single(float value) => BinaryPrimitives.WriteSingleLittleEndian(Append(sizeof(float)), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Append(sizeof(double)), value);

    /// <exception cref="InvalidOperationException">The text is too long, or not valid Unicode.</exception>
    public void String(string value, string field)
    {
        byte[] utf8;
        try
        {
            utf8 = StrictUtf8.GetBytes(value);
        }
        catch (EncoderFallbackException exception)
        {
            throw new InvalidOperationException($"The {field} is not valid Unicode and cannot be written.", exception);
        }

        if (utf8.Length > ushort.MaxValue)
        {
            throw new InvalidOperationException(
                $"The {field} has {utf8.Length} bytes in UTF-8, but a file holds {ushort.MaxValue} at most.");
        }

        UInt16((ushort)utf8.Length);
        Bytes(utf8);
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Append(bytes.Length));

    private Span<byte> Append(int length)
    {
        Span<byte> span = _buffer.GetSpan(length)[..length];
        _buffer.Advance(length);
        return span;
    }
}
