using System.Buffers.Binary;

namespace NativeRnn.Interop.Keras;

/// <summary>
/// Finds what in an HDF5 file names another file, external links and external storage, so that such a file is refused before the library that
/// would follow them opens anything. The bytes are looked through for the two messages wherever they stand, whether or not a group leads there:
/// HDF5 File Format Specification 3.0, IV.A.2.g (Link) and IV.A.2.h (Data Storage - External Data Files).
/// </summary>
internal static class ForeignFiles
{
    private const int BlockSize = 1 << 20;

    /// <summary>What of a message must stand in the block in which it begins.</summary>
    private const int Overlap = 32;

    private const int LongestName = 4096;

    private const byte LinkVersion = 1;
    private const byte ExternalLink = 64;
    private const byte ExternalFiles = 7;
    private const byte ExternalFilesVersion = 1;

    /// <summary>Refuses a file that names another one; leaves the stream at its beginning.</summary>
    /// <param name="stream">The file, seekable.</param>
    /// <exception cref="ModelImportException">It names another file, or has addresses of another size than Keras's files.</exception>
    public static void Refuse(Stream stream)
    {
        RequireUsualAddresses(stream);
        byte[] block = new byte[BlockSize + Overlap];
        for (long start = 0; start < stream.Length; start += BlockSize)
        {
            stream.Position = start;
            int length = stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
            block.AsSpan(length).Clear();
            if (HasExternalLink(stream, start, block) || HasExternalStorage(block))
                throw new ModelImportException("the HDF5 data link to another file, which is not supported: save the model as one file");
        }

        stream.Position = 0;
    }

    /// <summary>Sizes of offsets and lengths, of which the messages below are made.</summary>
    private static void RequireUsualAddresses(Stream stream)
    {
        Span<byte> superblock = stackalloc byte[16];
        stream.Position = 0;
        if (stream.ReadAtLeast(superblock, superblock.Length, throwOnEndOfStream: false) < superblock.Length)
            throw new ModelImportException("the HDF5 data end within their header");
        ReadOnlySpan<byte> sizes = superblock.Slice(superblock[8] < 2 ? 13 : 9, 2);
        if (sizes is not [sizeof(ulong), sizeof(ulong)])
            throw new ModelImportException($"the HDF5 data have addresses of {sizes[0]} and lengths of {sizes[1]} bytes; expected 8, as Keras writes them");
    }

    /// <summary>Version 1, flags that say that a type follows, type 64.</summary>
    private static bool HasExternalLink(Stream stream, long start, ReadOnlySpan<byte> block)
    {
        for (int i = 0, next; (next = block[i..].IndexOf(ExternalLink)) >= 0; i += next + 1)
        {
            int at = i + next - 2;
            if (at is >= 0 and < BlockSize && block[at] == LinkVersion && (block[at + 1] & ~0x17) == 8 && NamesFile(stream, start + at, block[at + 1]))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Whether what is laid out as such a link goes on as one: order, encoding, the length and the name of the link, the length of the target, a
    /// version, and two names that end with zeros.
    /// </summary>
    private static bool NamesFile(Stream stream, long position, byte flags)
    {
        int sizeOfLength = 1 << (flags & 3);
        position += 3 + ((flags & 4) != 0 ? sizeof(ulong) : 0) + ((flags & 16) != 0 ? 1 : 0);
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        number.Clear();
        if (!TryRead(stream, position, number[..sizeOfLength]))
            return false;
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(number);
        if (length == 0 || length > (ulong)stream.Length)
            return false;
        Span<byte> target = stackalloc byte[3 + 2 * LongestName];
        stream.Position = Math.Min(stream.Length, position + sizeOfLength + (long)length);
        target = target[..stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false)];
        return target.Length > 3 && target[2] < 16 && TakeName(ref target, 3) && TakeName(ref target, 0);
    }

    private static bool TakeName(ref Span<byte> bytes, int from)
    {
        bytes = bytes[from..];
        int end = bytes.IndexOf((byte)0);
        bool isName = end is > 0 and < LongestName && !bytes[..end].ContainsAnyInRange((byte)1, (byte)31);
        bytes = isName ? bytes[(end + 1)..] : bytes;
        return isName;
    }

    private static bool TryRead(Stream stream, long position, Span<byte> destination)
    {
        if (position + destination.Length > stream.Length)
            return false;
        stream.Position = position;
        stream.ReadExactly(destination);
        return true;
    }

    /// <summary>
    /// A message of type 7 in an object header of version 1 (type, size, flags and three bytes more) or 2 (a shorter type, with or without an order):
    /// a version, the numbers of places and of files, the address of their names.
    /// </summary>
    private static bool HasExternalStorage(ReadOnlySpan<byte> block)
    {
        for (int i = 0, next; (next = block[i..].IndexOf(ExternalFiles)) >= 0; i += next + 1)
        {
            int at = i + next;
            if (at >= BlockSize)
                break;
            int size = BinaryPrimitives.ReadUInt16LittleEndian(block[(at + 1)..]);
            if (IsList(block[(at + 4)..], size) || IsList(block[(at + 6)..], size)
                || (block[at + 1] == 0 && IsList(block[(at + 8)..], BinaryPrimitives.ReadUInt16LittleEndian(block[(at + 2)..]))))
            {
                return true;
            }
        }

        return false;

        static bool IsList(ReadOnlySpan<byte> body, int size)
        {
            int places = BinaryPrimitives.ReadUInt16LittleEndian(body[4..]), files = BinaryPrimitives.ReadUInt16LittleEndian(body[6..]);
            ulong names = BinaryPrimitives.ReadUInt64LittleEndian(body[8..]);
            return body[0] == ExternalFilesVersion && files >= 1 && files <= places && size >= 16 + 24 * files && names < 1UL << 48;
        }
    }
}
