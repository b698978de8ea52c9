namespace NativeRnn.Interop.Keras;

/// <summary>What an object header says; those of its messages that matter here.</summary>
internal enum Hdf5MessageKind
{
    Dataspace = 0x01,
    LinkInfo = 0x02,
    Datatype = 0x03,
    Link = 0x06,
    ExternalFiles = 0x07,
    Layout = 0x08,
    Attribute = 0x0C,
    Continuation = 0x10,
    SymbolTable = 0x11,
}

/// <summary>One message of an object header.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="IsShared">Whether its body is a reference to another object's message.</param>
/// <param name="Body">Its bytes.</param>
internal readonly record struct Hdf5Message(Hdf5MessageKind Kind, bool IsShared, ReadOnlyMemory<byte> Body);

/// <summary>
/// The header of an object, group or array: a list of messages in blocks, of version 1 (HDF5 1.0 on, what Keras writes) or 2 (1.8 on).
/// https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html, section IV.A
/// </summary>
internal static class Hdf5Header
{
    private const int FirstVersionPrefix = 16;
    private const int LongestPrefix = 34;
    private const int ChecksumLength = 4;

    public static List<Hdf5Message> Read(Hdf5Source source, long address)
    {
        List<Hdf5Message> messages = [];
        Queue<(long Address, long Length)> blocks = [];
        byte[] start = source.ReadAtMost(address, LongestPrefix);
        Hdf5Bytes prefix = new(start);
        bool isSecond = start.AsSpan().StartsWith("OHDR"u8);
        bool hasOrder = false;
        if (isSecond)
        {
            prefix.Skip(4);
            prefix.Version("an object header", 2, 2);
            int flags = prefix.Byte();
            hasOrder = (flags & 4) != 0;
            prefix.Skip(((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0));
            long length = prefix.Length(1 << (flags & 3));
            Add(source.Read(address + start.Length - prefix.Remaining, length));
        }
        else
        {
            prefix.Version("an object header", 1, 1);
            // Reserved, number of messages, references.
            prefix.Skip(7);
            blocks.Enqueue((address + FirstVersionPrefix, prefix.UInt32()));
        }

        while (blocks.TryDequeue(out (long Address, long Length) block))
        {
            ReadOnlyMemory<byte> bytes = source.Read(block.Address, block.Length);
            if (isSecond)
            {
                Hdf5Bytes fields = new(bytes.Span);
                fields.Expect("OCHK"u8);
                bytes = bytes.Slice(4, Math.Max(0, fields.Remaining - ChecksumLength));
            }

            Add(bytes);
        }

        return messages;

        void Add(ReadOnlyMemory<byte> bytes)
        {
            // What is shorter than the head of a message is a gap.
            int headLength = isSecond ? hasOrder ? 6 : 4 : 8;
            while (bytes.Length >= headLength)
            {
                Hdf5Bytes fields = new(bytes.Span);
                int kind = isSecond ? fields.Byte() : fields.UInt16();
                int length = fields.UInt16();
                int flags = fields.Byte();
                fields.Skip(headLength - (bytes.Length - fields.Remaining));
                fields.Skip(length);
                AddMessage(source, messages, blocks, kind, flags, bytes.Slice(headLength, length));
                bytes = bytes[(headLength + length)..];
            }
        }
    }

    private static void AddMessage(
        Hdf5Source source, List<Hdf5Message> messages, Queue<(long, long)> blocks, int kind, int flags, ReadOnlyMemory<byte> body)
    {
        if (!Enum.IsDefined((Hdf5MessageKind)kind))
            return;
        source.CountEntry();
        if ((Hdf5MessageKind)kind == Hdf5MessageKind.Continuation)
        {
            Hdf5Bytes fields = new(body.Span);
            blocks.Enqueue((fields.Int64(), fields.Int64()));
        }
        else
        {
            messages.Add(new Hdf5Message((Hdf5MessageKind)kind, (flags & 2) != 0, body));
        }
    }
}
