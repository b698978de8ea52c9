using System.Runtime.InteropServices;

namespace NativeRnn.Interop.Keras;

/// <summary>
/// An HDF5 file as Keras writes them: groups, contiguous arrays of floats, texts as attributes. That is a small part of HDF5, read here
/// and not by a library because a model may come from anywhere: nothing is allocated that the file does not hold, no other file is opened.
/// https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html
/// </summary>
internal sealed class Hdf5File : IDisposable
{
    /// <summary>Groups within groups below a layer; Keras makes six. Links may form circles.</summary>
    private const int DeepestGroup = 10;

    /// <summary>Arrays below a layer; a bidirectional GRU has six.</summary>
    private const int MostArrays = 100;

    private const int LongestSuperblock = 72;

    private readonly Stream _stream;
    private readonly Hdf5Source _source;
    private readonly long _root;
    private readonly Dictionary<long, List<Hdf5Message>> _headers = [];
    private readonly Dictionary<long, Dictionary<string, long?>> _groups = [];

    private Hdf5File(Stream stream)
    {
        _stream = stream;
        _source = new Hdf5Source(stream);
        _root = ReadSuperblock();
    }

    /// <summary>Opens a file.</summary>
    /// <param name="stream">The file, seekable; closed with this object.</param>
    public static Hdf5File Open(Stream stream) => Guard("header", () => new Hdf5File(stream));

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>Whether the file has a group or an array of this path.</summary>
    public bool Contains(string path) => Guard(path, () => Find(path) is not null);

    /// <summary>A text attribute of the file, or null.</summary>
    public string? Attribute(string name) => Guard(name, () =>
    {
        foreach (Hdf5Message message in Header(_root))
        {
            if (message.Kind == Hdf5MessageKind.Attribute && Hdf5Text.Read(_source, message, name) is string text)
                return text;
        }

        return null;
    });

    /// <summary>The arrays below a group, by their paths relative to it; none where the group is absent.</summary>
    public Dictionary<string, Hdf5Array> Arrays(string group) => Guard(group, () =>
    {
        Dictionary<string, Hdf5Array> arrays = [];
        if (Find(group) is long address)
            Collect(address, "", depth: 0, arrays);
        return arrays;
    });

    /// <summary>Refuses an array whose values are not all in the file, as floats one behind the other; each array is reserved once.</summary>
    /// <param name="array">The array.</param>
    /// <param name="count">The number of its values, by its shape.</param>
    /// <param name="where">How messages name it.</param>
    public void Reserve(Hdf5Array array, long count, string where) => Guard(where, () =>
    {
        // A chunked array may be compressed, a virtual one stand in other files: either can claim more than the file holds.
        if (array.Layout != Hdf5Array.Contiguous)
            throw new ModelImportException($"{where} is not stored contiguous, as Keras writes it");
        if (array.Type is not { Kind: Hdf5Type.Float, IsPlain: true })
            throw new ModelImportException($"{where} holds values of {array.Type.Size} bytes of HDF5's class {array.Type.Kind}; expected floats of 4 or 8");
        if (array.IsElsewhere)
            throw new ModelImportException($"{where} is not in this file but in another one that it names, which is not supported");
        _source.Reserve(array.Address, count * array.Type.Size);
        return true;
    });

    /// <summary>Reads values of an array that is reserved, in single precision.</summary>
    /// <param name="array">The array.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="values">Receives them.</param>
    /// <param name="where">How messages name it.</param>
    public void Read(Hdf5Array array, long first, Span<float> values, string where)
    {
        if (array.Type.Size == sizeof(float))
        {
            _source.Fill(array.Address + first * sizeof(float), MemoryMarshal.AsBytes(values));
            return;
        }

        Span<double> part = stackalloc double[64];
        for (int done = 0; done < values.Length; done += part.Length)
        {
            Span<float> destination = values.Slice(done, Math.Min(part.Length, values.Length - done));
            _source.Fill(array.Address + (first + done) * sizeof(double), MemoryMarshal.AsBytes(part[..destination.Length]));
            for (int i = 0; i < destination.Length; i++)
                destination[i] = Narrow(part[i], where);
        }
    }

    private static float Narrow(double value, string where)
    {
        float narrowed = (float)value;
        return narrowed == value || double.IsNaN(value)
            ? narrowed
            : throw new ModelImportException($"{where} holds {value:R} in double precision, which float32 does not hold exactly (cast the weights to float32 and save again)");
    }

    private long ReadSuperblock()
    {
        Hdf5Bytes block = new(_source.ReadAtMost(0, LongestSuperblock));
        block.Expect([0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);
        int version = block.Version("the file", 0, 3);
        // Versions of other parts before the two sizes; tree sizes and flags behind them.
        block.Skip(version < 2 ? 4 : 0);
        (int addressSize, int lengthSize) = (block.Byte(), block.Byte());
        if (addressSize != 8 || lengthSize != 8)
            throw new Hdf5Exception($"addresses have {addressSize} and lengths {lengthSize} bytes, expected 8");
        block.Skip(version switch { 0 => 9, 1 => 13, _ => 1 });
        if (block.Int64() != 0)
            throw new Hdf5Exception("addresses do not count from the start of the file");
        // Free space, end of file and driver, then the root's name; or an extension and the end of file.
        block.Skip(version < 2 ? 32 : 16);
        return block.Int64();
    }

    private List<Hdf5Message> Header(long address)
    {
        if (!_headers.TryGetValue(address, out List<Hdf5Message>? messages))
        {
            _source.CountEntry();
            _headers.Add(address, messages = Hdf5Header.Read(_source, address));
        }

        return messages;
    }

    private Dictionary<string, long?> Group(long address)
    {
        if (!_groups.TryGetValue(address, out Dictionary<string, long?>? links))
            _groups.Add(address, links = Hdf5Group.Read(_source, Header(address)));
        return links;
    }

    private long? Find(string path)
    {
        long address = _root;
        foreach (string name in path.Split('/'))
        {
            if (!Group(address).TryGetValue(name, out long? target))
                return null;
            address = target ?? throw LinkToPath(path);
        }

        return address;
    }

    private void Collect(long group, string prefix, int depth, Dictionary<string, Hdf5Array> arrays)
    {
        if (depth > DeepestGroup)
            throw new ModelImportException($"'{prefix}': groups are nested more than {DeepestGroup} deep");
        foreach ((string name, long? target) in Group(group))
        {
            string path = prefix + name;
            long address = target ?? throw LinkToPath(path);
            if (Hdf5Array.Read(path, Header(address)) is Hdf5Array array)
                arrays.Add(path, array);
            else if (Hdf5Group.IsGroup(Header(address)))
                Collect(address, path + "/", depth + 1, arrays);
            else
                throw new ModelImportException($"'{path}' is neither a group nor an array");
            if (arrays.Count > MostArrays)
                throw new ModelImportException($"'{prefix}' holds more than {MostArrays} arrays");
        }
    }

    private static ModelImportException LinkToPath(string path)
        => new($"'{path}' is a link to a path, in this file or another one, which is not supported");

    private static T Guard<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Hdf5Exception exception)
        {
            throw new ModelImportException($"the HDF5 data of '{what}' are damaged or not supported: {exception.Message}", exception);
        }
    }
}
