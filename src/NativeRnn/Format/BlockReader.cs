using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace NativeRnn;

/// <summary>
/// Reads the fields of one part of a file in order. Every read is checked against the part's end, and every error names the
/// part, the field and the field's place in the file.
/// </summary>
internal ref struct BlockReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly long _start;
    private readonly string _name;
    private readonly string? _path;
    private int _position;

    /// <param name="bytes">The part's bytes.</param>
    /// <param name="start">The offset of the first of them in the file.</param>
    /// <param name="name">What errors call the part.</param>
    /// <param name="path">The file, or null.</param>
    public BlockReader(ReadOnlySpan<byte> bytes, long start, string name, string? path)
    {
        _bytes = bytes;
        _start = start;
        _name = name;
        _path = path;
    }

    /// <summary>The offset of the next field in the file.</summary>
    public readonly long Offset => _start + _position;

    public readonly int Remaining => _bytes.Length - _position;

    public readonly ModelFormatException Error(string message, long offset, Exception? innerException = null)
        => new($"{_name}: {message}", offset, _path, innerException);

    public ushort UInt16(string field) => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort), field));

    public uint UInt32(string field) => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint), field));

    public ulong UInt64(string field) => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong), field));

    public long Int64(string field) => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long), field));

    public float Single(string field) => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float), field));

    /// <summary>A number that must be finite.</summary>
    public double FiniteDouble(string field)
    {
        long offset = Offset;
        double value = BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double), field));
        return double.IsFinite(value)
            ? value
            : throw Error($"{field} must be a finite number, found {value.ToString(CultureInfo.InvariantCulture)}", offset);
    }

    /// <summary>A count or size within bounds.</summary>
    public int Between(int smallest, int largest, string field)
    {
        long offset = Offset;
        uint value = UInt32(field);
        return value >= smallest && value <= largest
            ? (int)value
            : throw Error($"{field} must be from {smallest} to {largest}, found {value}", offset);
    }

    /// <summary>A string: its length in bytes as 16 bits, then UTF-8.</summary>
    public string String(string field)
    {
        int length = UInt16(field);
        long offset = Offset;
        ReadOnlySpan<byte> utf8 = Take(length, field);
        return Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : throw Error($"{field} is not valid UTF-8", offset);
    }

    /// <summary>A part of this part, read by a reader of its own.</summary>
    public BlockReader Nested(int length, string name)
    {
        long offset = Offset;
        return new BlockReader(Take(length, name), offset, name, _path);
    }

    /// <summary>Refuses bytes that no field accounts for.</summary>
    public readonly void End()
    {
        if (Remaining != 0)
            throw Error($"{_position} bytes expected, {_bytes.Length} found", Offset);
    }

    private ReadOnlySpan<byte> Take(int length, string field)
    {
        if (length > Remaining)
            throw Error($"{length} bytes expected for {field}, {Remaining} left", Offset);
        ReadOnlySpan<byte> bytes = _bytes.Slice(_position, length);
        _position += length;
        return bytes;
    }
}
