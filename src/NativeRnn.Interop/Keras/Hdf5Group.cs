namespace NativeRnn.Interop.Keras;

/// <summary>
/// The links of a group, by name: a symbol table (a tree of lists, with the names in a heap) or messages in its header. Links to a path,
/// in this file or another, are none that Keras writes; they are there under their names and lead to an error.
/// https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html, sections III.A, III.B, III.D and IV.A.2.g
/// </summary>
internal static class Hdf5Group
{
    private const int DeepestTree = 16;

    /// <summary>Whether an object's header is that of a group.</summary>
    public static bool IsGroup(IReadOnlyList<Hdf5Message> messages)
        => messages.Any(message => message.Kind is Hdf5MessageKind.Link or Hdf5MessageKind.LinkInfo or Hdf5MessageKind.SymbolTable);

    /// <summary>The addresses of a group's members; null for one that is a link to a path. The order is that of the file.</summary>
    public static Dictionary<string, long?> Read(Hdf5Source source, IReadOnlyList<Hdf5Message> messages)
    {
        Dictionary<string, long?> links = [];
        foreach (Hdf5Message message in messages)
        {
            Hdf5Bytes fields = new(message.Body.Span);
            switch (message.Kind)
            {
                case Hdf5MessageKind.Link:
                    ReadLink(ref fields, out string name, out long? address);
                    Add(source, links, name, address);
                    break;
                case Hdf5MessageKind.LinkInfo:
                    RequireCompact(ref fields);
                    break;
                case Hdf5MessageKind.SymbolTable:
                    ReadSymbolTable(source, fields.Int64(), fields.Int64(), links);
                    break;
                default:
                    break;
            }
        }

        return links;
    }

    private static void Add(Hdf5Source source, Dictionary<string, long?> links, string name, long? address)
    {
        // Many links can have one name's place in a heap, or parts of one.
        source.CountEntry(name.Length);
        if (!links.TryAdd(name, address))
            throw new Hdf5Exception($"there are two members named '{name}'");
    }

    private static void ReadLink(scoped ref Hdf5Bytes fields, out string name, out long? address)
    {
        fields.Version("a link", 1, 1);
        int flags = fields.Byte();
        int kind = (flags & 8) != 0 ? fields.Byte() : 0;
        fields.Skip((flags & 4) != 0 ? 8 : 0);
        fields.Skip((flags & 16) != 0 ? 1 : 0);
        name = Hdf5Bytes.Text(fields.Take(fields.Length(1 << (flags & 3))));
        address = kind == 0 ? fields.Int64() : null;
    }

    private static void RequireCompact(scoped ref Hdf5Bytes fields)
    {
        fields.Version("the links of a group", 0, 0);
        bool hasOrder = (fields.Byte() & 1) != 0;
        fields.Skip(hasOrder ? 8 : 0);
        if (fields.Int64() != Hdf5Bytes.Undefined)
            throw new Hdf5Exception("a group keeps its links in a fractal heap; save the file with libver='earliest'");
    }

    private static void ReadSymbolTable(Hdf5Source source, long tree, long heap, Dictionary<string, long?> links)
    {
        Hdf5Bytes header = new(source.Read(heap, 32));
        header.Expect("HEAP"u8);
        header.Version("a heap of names", 0, 0);
        header.Skip(3);
        long length = header.Int64();
        header.Skip(8);
        byte[] names = source.Read(header.Int64(), length);
        ReadTree(source, tree, names, links, depth: 0);
    }

    private static void ReadTree(Hdf5Source source, long address, byte[] names, Dictionary<string, long?> links, int depth)
    {
        Hdf5Bytes header = new(source.Read(address, 24));
        header.Expect("TREE"u8);
        int kind = header.Byte();
        int level = header.Byte();
        int count = header.UInt16();
        if (kind != 0 || depth > DeepestTree)
            throw new Hdf5Exception(kind != 0 ? "a tree is not one of links" : "a tree of links is too deep");

        // A key before each child and one behind the last; keys are names' places.
        Hdf5Bytes children = new(source.Read(address + 24, 16L * count));
        for (int i = 0; i < count; i++)
        {
            children.Skip(8);
            long child = children.Int64();
            if (level > 0)
                ReadTree(source, child, names, links, depth + 1);
            else
                ReadSymbols(source, child, names, links);
        }
    }

    private static void ReadSymbols(Hdf5Source source, long address, byte[] names, Dictionary<string, long?> links)
    {
        Hdf5Bytes header = new(source.Read(address, 8));
        header.Expect("SNOD"u8);
        header.Version("a list of links", 1, 1);
        header.Skip(1);
        int count = header.UInt16();
        Hdf5Bytes entries = new(source.Read(address + 8, 40L * count));
        for (int i = 0; i < count; i++)
        {
            long nameAt = entries.Int64();
            long target = entries.Int64();
            bool isPath = entries.UInt32() == 2;
            entries.Skip(20);
            if (nameAt < 0 || nameAt >= names.Length)
                throw new Hdf5Exception($"a link's name is at {nameAt} of {names.Length} bytes of names");
            string name = Hdf5Bytes.Text(names.AsSpan((int)nameAt));
            Add(source, links, name, isPath ? null : target);
        }
    }
}
