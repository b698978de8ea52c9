using System.Buffers.Binary;
using System.Text;

namespace NativeRnn.Interop.Keras;

/// <summary>Reads fields in order from a part of an HDF5 file; every one is checked against the part's end.</summary>
internal ref struct Hdf5Bytes(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Remaining => _rest.Length;

    /// <summary>The value of an address that leads nowhere.</summary>
    public const long Undefined = -1;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    /// <summary>An address or a length: 64 bits, of which no file uses the highest; <see cref="Undefined"/> stands for none.</summary>
    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>A length that is stored in 1, 2, 4 or 8 bytes.</summary>
    public long Length(int size) => size switch
    {
        1 => Byte(),
        2 => UInt16(),
        4 => UInt32(),
        _ => Int64(),
    };

    public void Skip(int count) => Take(count);

    public ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > _rest.Length)
            throw new Hdf5Exception($"{count} bytes expected, {_rest.Length} left");
        ReadOnlySpan<byte> taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    public void Expect(ReadOnlySpan<byte> signature)
    {
        if (!Take(signature.Length).SequenceEqual(signature))
            throw new Hdf5Exception($"the signature {Encoding.ASCII.GetString(signature)} is missing");
    }

    /// <summary>A version, which must be known.</summary>
    public int Version(string what, int first, int last)
    {
        int version = Byte();
        return version >= first && version <= last ? version : throw new Hdf5Exception($"{what} is of version {version}, expected {first} to {last}");
    }

    /// <summary>A text that ends in a zero byte, or with the bytes.</summary>
    public static string Text(ReadOnlySpan<byte> utf8)
    {
        int end = utf8.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? utf8 : utf8[..end]);
    }
}

/// <summary>Why a part of an HDF5 file cannot be read; <see cref="Hdf5File"/> says which.</summary>
internal sealed class Hdf5Exception(string problem) : Exception(problem);
