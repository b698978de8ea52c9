using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace NativeRnn.Interop.Torch;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Such as <c>lstm.weight_ih_l0</c>.</param>
/// <param name="Type">Such as <c>F32</c>.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Begin">Its first byte, counted from the end of the header.</param>
/// <param name="End">The byte after its last.</param>
internal sealed record SafetensorsTensor(string Name, string Type, long[] Shape, long Begin, long End)
{
    /// <inheritdoc/>
    public override string ToString() => $"'{Name}' [{string.Join(", ", Shape)}]";
}

/// <summary>
/// A safetensors file: the header's length as 8 bytes, a JSON header, then the tensors without holes or overlaps. Everything the
/// specification demands is checked before a tensor is read. https://github.com/huggingface/safetensors
/// </summary>
internal sealed class SafetensorsFile
{
    private const int LargestHeader = 100_000_000;

    private static readonly Dictionary<string, int> TypeSizes = new()
    {
        ["BOOL"] = 1,
        ["U8"] = 1,
        ["I8"] = 1,
        ["F8_E5M2"] = 1,
        ["F8_E4M3"] = 1,
        ["U16"] = 2,
        ["I16"] = 2,
        ["F16"] = 2,
        ["BF16"] = 2,
        ["U32"] = 4,
        ["I32"] = 4,
        ["F32"] = 4,
        ["U64"] = 8,
        ["I64"] = 8,
        ["F64"] = 8,
    };

    private readonly Stream _stream;
    private readonly long _dataStart;

    private SafetensorsFile(Stream stream, long dataStart, IReadOnlyList<SafetensorsTensor> tensors)
    {
        _stream = stream;
        _dataStart = dataStart;
        Tensors = tensors;
    }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors { get; }

    /// <summary>Reads and checks the header.</summary>
    /// <param name="stream">The file, seekable; the caller closes it.</param>
    public static SafetensorsFile Open(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
            throw new ModelImportException($"the file has {stream.Length} bytes; expected at least 8");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LargestHeader)
            throw new ModelImportException($"the header says it has {length} bytes; at most {LargestHeader} are allowed");
        if ((long)length > stream.Length - prefix.Length)
            throw new ModelImportException($"the header says it has {length} bytes, but {stream.Length - prefix.Length} follow");

        byte[] header = new byte[length];
        stream.ReadExactly(header);
        if (header is not [(byte)'{', ..])
            throw new ModelImportException("the header does not start with '{'");
        long dataStart = prefix.Length + (long)length;
        using JsonDocument document = Json.Parse(header, "the header");
        if (Json.Find(document.RootElement, "__metadata__") is { } metadata && !IsMapOfTexts(metadata))
            throw new ModelImportException($"__metadata__ is {Json.Shorten(metadata)}; expected texts by name");
        SafetensorsTensor[] tensors =
        [
            .. document.RootElement.EnumerateObject().Where(property => property.Name != "__metadata__")
                .Select(property => ReadTensor(property.Name, property.Value)).OrderBy(tensor => tensor.Begin).ThenBy(tensor => tensor.End),
        ];
        RequireContiguous(tensors, stream.Length - dataStart);
        return new SafetensorsFile(stream, dataStart, tensors);
    }

    /// <summary>A tensor's values in single precision; a double that float32 does not hold exactly is refused.</summary>
    public float[] Read(SafetensorsTensor tensor)
    {
        long count = tensor.Shape.Aggregate(1L, (product, size) => product * size);
        if (count > Architecture.MaxParameters)
            throw new ModelImportException($"{tensor} has {count} weights; at most {Architecture.MaxParameters} are supported");
        _stream.Position = _dataStart + tensor.Begin;
        return tensor.Type switch
        {
            "F32" => Read<float>(count, value => value),
            "F64" => Read<double>(count, value => Narrow(value, tensor)),
            "F16" => Read<Half>(count, value => (float)value),
            "BF16" => Read<ushort>(count, value => BitConverter.UInt32BitsToSingle((uint)value << 16)),
            _ => throw new ModelImportException($"{tensor} is of type {tensor.Type}; expected F32, F64, F16 or BF16"),
        };
    }

    private float[] Read<T>(long count, Func<T, float> convert) where T : unmanaged
    {
        // Part by part, so that a large tensor is in memory once.
        Span<T> part = new T[Math.Min(count, 4096)];
        float[] values = new float[count];
        for (int done = 0; done < values.Length; done += part.Length)
        {
            part = part[..Math.Min(part.Length, values.Length - done)];
            _stream.ReadExactly(MemoryMarshal.AsBytes(part));
            for (int i = 0; i < part.Length; i++)
                values[done + i] = convert(part[i]);
        }

        return values;
    }

    private static float Narrow(double value, SafetensorsTensor tensor)
    {
        float narrowed = (float)value;
        return narrowed == value || double.IsNaN(value)
            ? narrowed
            : throw new ModelImportException($"{tensor} holds {value:R} in double precision, which float32 does not hold exactly (save the module after .float())");
    }

    private static SafetensorsTensor ReadTensor(string name, JsonElement entry)
    {
        string where = $"tensor '{name}'";
        string type = Json.Text(entry, "dtype", where);
        if (!TypeSizes.TryGetValue(type, out int size))
            throw new ModelImportException($"{where} is of type '{type}', which is not known");
        long[] shape = Numbers(entry, "shape", where);
        long[] offsets = Numbers(entry, "data_offsets", where);
        if (offsets is not [var begin, var end] || begin > end)
            throw new ModelImportException($"{where}: data_offsets are [{string.Join(", ", offsets)}]; expected a begin and an end not before it");

        long bytes = size;
        try
        {
            foreach (long length in shape)
                bytes = checked(bytes * length);
        }
        catch (OverflowException exception)
        {
            throw new ModelImportException($"{where}: the shape [{string.Join(", ", shape)}] is more than 2^63 bytes", exception);
        }

        if (bytes != end - begin)
            throw new ModelImportException($"{where}: the shape [{string.Join(", ", shape)}] of {type} takes {bytes} bytes, but data_offsets give it {end - begin}");
        return new SafetensorsTensor(name, type, shape, begin, end);
    }

    private static bool IsMapOfTexts(JsonElement metadata)
        => metadata.ValueKind == JsonValueKind.Object && metadata.EnumerateObject().All(entry => entry.Value.ValueKind == JsonValueKind.String);

    private static long[] Numbers(JsonElement entry, string name, string where)
    {
        JsonElement[] values = Json.Array(entry, name, where);
        long[] numbers = new long[values.Length];
        for (int i = 0; i < values.Length; i++)
            if (values[i].ValueKind != JsonValueKind.Number || !values[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
                throw new ModelImportException($"{where}: {name} holds {Json.Shorten(values[i])}; expected whole numbers from 0");
        return numbers;
    }

    private static void RequireContiguous(SafetensorsTensor[] tensors, long length)
    {
        long position = 0;
        foreach (SafetensorsTensor tensor in tensors)
        {
            if (tensor.Begin != position)
                throw new ModelImportException($"{tensor} starts at byte {tensor.Begin}, but the tensor before it ends at {position}: {(tensor.Begin > position ? "a hole" : "an overlap")}");
            position = tensor.End;
        }

        if (position != length)
            throw new ModelImportException($"the tensors take {position} bytes, but {length} follow the header");
    }
}
