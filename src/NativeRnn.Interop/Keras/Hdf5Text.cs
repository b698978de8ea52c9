using System.Text;

namespace NativeRnn.Interop.Keras;

/// <summary>A text kept as an attribute: within the attribute itself, or in a heap that it refers to.</summary>
internal static class Hdf5Text
{
    private const int HeapHeader = 16;

    /// <summary>The description of a model; those of Keras have some kilobytes.</summary>
    private const int LargestText = 1 << 20;

    /// <summary>The text of an attribute message, or null where the attribute has another name.</summary>
    public static string? Read(Hdf5Source source, Hdf5Message message, string name)
    {
        Hdf5Bytes fields = new(message.Body.Span);
        int version = fields.Version("an attribute", 1, 3);
        int flags = fields.Byte();
        (int nameLength, int typeLength, int spaceLength) = (fields.UInt16(), fields.UInt16(), fields.UInt16());
        fields.Skip(version == 3 ? 1 : 0);
        // The first version fills each part up to 8 bytes.
        ReadOnlySpan<byte> storedName = fields.Take(Padded(nameLength));
        if (!Encoding.UTF8.GetBytes(name).AsSpan().SequenceEqual(storedName[..Math.Max(0, storedName.IndexOf((byte)0))]))
            return null;
        if (message.IsShared || (version > 1 && flags != 0))
            throw new Hdf5Exception("its type is shared with other attributes");
        Hdf5Bytes typeFields = new(fields.Take(Padded(typeLength)));
        Hdf5Bytes spaceFields = new(fields.Take(Padded(spaceLength)));
        Hdf5Type type = Hdf5Type.Read(ref typeFields);
        bool isOne = Hdf5Array.ReadShape(ref spaceFields).All(size => size == 1);
        return (isOne, type) switch
        {
            (true, { Kind: Hdf5Type.FixedText }) => Hdf5Bytes.Text(fields.Take(type.Size)),
            (true, { Kind: Hdf5Type.Variable, IsPlain: true }) => FromHeap(source, ref fields),
            _ => throw new ModelImportException($"the attribute '{name}' is not one text"),
        };

        int Padded(int length) => version == 1 ? (length + 7) & -8 : length;
    }

    /// <summary>A text in a global heap: a collection of numbered objects.</summary>
    private static string FromHeap(Hdf5Source source, scoped ref Hdf5Bytes reference)
    {
        uint length = reference.UInt32();
        long address = reference.Int64();
        uint wanted = reference.UInt32();
        Hdf5Bytes header = new(source.Read(address, HeapHeader));
        header.Expect("GCOL"u8);
        header.Version("a heap", 1, 1);
        header.Skip(3);
        long end = address + header.Int64();
        // What is not a whole object is free space.
        for (long at = address + HeapHeader; at <= end - HeapHeader;)
        {
            Hdf5Bytes entry = new(source.Read(at, HeapHeader));
            int number = entry.UInt16();
            entry.Skip(6);
            long size = entry.Int64();
            at += HeapHeader;
            if (number == wanted)
            {
                if (length > size || length > LargestText)
                    throw new Hdf5Exception($"a text has {length} bytes, but its place in the heap {size}");
                return Hdf5Bytes.Text(source.Read(at, length));
            }

            if (number == 0 || size < 0 || size > end - at)
                break;
            at += (size + 7) & -8;
        }

        throw new Hdf5Exception("a text is not in the heap");
    }
}
