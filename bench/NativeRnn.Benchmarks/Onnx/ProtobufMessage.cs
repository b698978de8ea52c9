using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace NativeRnn.Benchmarks.Onnx;

/// <summary>Writes one protocol-buffer message field by field: as much of the wire format as ONNX models need.</summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ProtobufMessage Add(int field, long value)
    {
        WriteVarint((ulong)field << 3 | Varint);
        WriteVarint((ulong)value);
        return this;
    }

    public ProtobufMessage Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    public ProtobufMessage Add(int field, ProtobufMessage value) => Add(field, value.ToArray());

    public ProtobufMessage Add(int field, ReadOnlySpan<float> values) => Add(field, MemoryMarshal.AsBytes(values));

    public ProtobufMessage Add(int field, ReadOnlySpan<byte> value)
    {
        WriteVarint((ulong)field << 3 | LengthDelimited);
        WriteVarint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Write([(byte)(value | 0x80)]);
        _bytes.Write([(byte)value]);
    }
}
