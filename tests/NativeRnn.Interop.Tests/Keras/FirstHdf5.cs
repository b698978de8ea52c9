using System.Runtime.InteropServices;
using System.Text;

namespace NativeRnn.Interop.Tests.Keras;

/// <summary>
/// Writes HDF5 files of the first version, as h5py and so Keras do: a superblock of version 0, groups with symbol tables, texts of
/// attributes in a global heap. Written from the specification, https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html, apart from the reader.
/// </summary>
internal sealed class FirstHdf5
{
    private const int SuperblockLength = 96;
    private const int LinksInAList = 8;
    private const long Undefined = -1;

    private readonly List<byte> _file = [.. new byte[SuperblockLength]];
    private readonly Dictionary<object, long> _values = new(ReferenceEqualityComparer.Instance);

    /// <summary>Writes a file.</summary>
    /// <param name="arrays">Arrays by their paths, <c>group/group/name</c>; one that is there twice has its values in one place.</param>
    /// <param name="attributes">Texts of the root.</param>
    public static byte[] Write(IReadOnlyDictionary<string, KerasArray> arrays, IReadOnlyDictionary<string, string> attributes)
    {
        FirstHdf5 writer = new();
        long root = writer.Group(arrays.Select(array => (array.Key.Split('/'), array.Value)), writer.Attributes(attributes));
        byte[] superblock =
        [
            0x89, .. "HDF"u8, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0, 0, 8, 8, 0, LinksInAList / 2, 0, 16, 0, .. U32(0),
            .. I64(0), .. I64(Undefined), .. I64(writer._file.Count), .. I64(Undefined), .. I64(0), .. I64(root), .. I64(0), .. I64(0), .. I64(0),
        ];
        return [.. superblock, .. writer._file[SuperblockLength..]];
    }

    private long Group(IEnumerable<(string[] Path, KerasArray Array)> members, params byte[][] attributes)
    {
        List<(string Name, long Address)> links = [];
        foreach (var member in members.GroupBy(member => member.Path[0]).OrderBy(member => member.Key, StringComparer.Ordinal))
        {
            (string[] path, KerasArray array) = member.First();
            links.Add((member.Key, path.Length == 1 ? Array(array) : Group(member.Select(inner => (inner.Path[1..], inner.Array)))));
        }

        List<byte> names = [.. new byte[8]];
        List<byte> entries = [];
        foreach ((string name, long address) in links)
        {
            entries.AddRange([.. I64(names.Count), .. I64(address), .. new byte[24]]);
            names.AddRange(Padded([.. Encoding.UTF8.GetBytes(name), 0]));
        }

        long heap = Append([.. "HEAP"u8, .. new byte[4], .. I64(names.Count), .. I64(1), .. I64(_file.Count + 32), .. names]);
        // Behind each list, as its key, the place of its last name.
        List<byte> children = [.. I64(0)];
        int lists = 0;
        for (int first = 0; first < links.Count; first += LinksInAList, lists++)
        {
            int count = Math.Min(LinksInAList, links.Count - first);
            children.AddRange([.. I64(Append([.. "SNOD"u8, 1, 0, .. U16(count), .. entries[(40 * first)..(40 * (first + count))]])), .. entries[(40 * (first + count - 1))..(40 * (first + count - 1) + 8)]]);
        }

        long tree = Append([.. "TREE"u8, 0, 0, .. U16(lists), .. I64(Undefined), .. I64(Undefined), .. children]);
        return Header([.. attributes, Message(0x11, [.. I64(tree), .. I64(heap)])]);
    }

    private long Array(KerasArray array)
    {
        byte[] values = MemoryMarshal.AsBytes(array.Values.AsSpan()).ToArray();
        if (!_values.TryGetValue(array, out long address))
            _values.Add(array, address = Append(values));
        return Header(
            Message(0x01, [1, (byte)array.Shape.Length, 0, .. new byte[5], .. array.Shape.SelectMany(size => I64(size))]),
            Message(0x03, [0x11, 0x20, 31, 0, .. U32(4), .. U16(0), .. U16(32), 23, 8, 0, 23, .. U32(127)]),
            Message(0x05, [2, 2, 2, 0]),
            Message(0x08, [3, 1, .. I64(address), .. I64(values.Length)]));
    }

    private byte[][] Attributes(IReadOnlyDictionary<string, string> attributes)
    {
        List<byte> heap = [];
        List<byte[]> messages = [];
        foreach ((_, string value) in attributes)
        {
            byte[] text = Encoding.UTF8.GetBytes(value);
            heap.AddRange([.. U16(messages.Count + 1), .. U16(1), .. U32(0), .. I64(text.Length), .. Padded(text)]);
            messages.Add(text);
        }

        // Free space ends a heap.
        long address = Append([.. "GCOL"u8, 1, 0, 0, 0, .. I64(16 + heap.Count + 16), .. heap, .. new byte[16]]);
        int number = 0;
        return
        [
            .. attributes.Keys.Select(name =>
            {
                byte[] nameBytes = [.. Encoding.UTF8.GetBytes(name), 0];
                byte[] type = [0x19, 1, 0, 0, .. U32(16), 0x13, 0, 0, 0, .. U32(1)];
                byte[] space = [1, 0, 0, .. new byte[5]];
                byte[] head = [1, 0, .. U16(nameBytes.Length), .. U16(type.Length), .. U16(space.Length), .. Padded(nameBytes), .. Padded(type), .. Padded(space)];
                byte[] text = messages[number++];
                return Message(0x0C, [.. head, .. U32(text.Length), .. I64(address), .. U32(number)]);
            }),
        ];
    }

    /// <summary>A header in two blocks: its last message is where the first one says that it goes on.</summary>
    private long Header(params byte[][] messages)
    {
        long last = Append(messages[^1]);
        byte[] block = [.. messages[..^1].SelectMany(message => message), .. Message(0x10, [.. I64(last), .. I64(messages[^1].Length)])];
        return Append([1, 0, .. U16(messages.Length + 1), .. U32(1), .. U32(block.Length), .. U32(0), .. block]);
    }

    private static byte[] Message(int kind, byte[] body)
    {
        byte[] padded = Padded(body);
        return [.. U16(kind), .. U16(padded.Length), 0, 0, 0, 0, .. padded];
    }

    private long Append(byte[] bytes)
    {
        long address = _file.Count;
        _file.AddRange(Padded(bytes));
        return address;
    }

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[(8 - bytes.Length % 8) % 8]];

    private static byte[] U16(int value) => BitConverter.GetBytes((ushort)value);

    private static byte[] U32(int value) => BitConverter.GetBytes((uint)value);

    private static byte[] I64(long value) => BitConverter.GetBytes(value);
}
