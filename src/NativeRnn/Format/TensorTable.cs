namespace NativeRnn;

/// <summary>
/// The table that says how each tensor is stored and where. Names, order and shapes follow from the architecture; the table
/// repeats the shapes so that a reader finds the weights, and a wrong file is found out, without knowing the layers.
/// </summary>
internal static class TensorTable
{
    /// <summary>Appends an entry for each tensor.</summary>
    /// <param name="tensors">The tensors in order.</param>
    /// <param name="dataStart">Where the part before the tensors ends.</param>
    /// <param name="writer">Receives the entries.</param>
    /// <returns>The offset of each tensor in the file, and behind them the end of the last.</returns>
    public static long[] Write(IReadOnlyList<(ParameterShape Shape, WeightTensor Weights)> tensors, long dataStart, BlockWriter writer)
    {
        var offsets = new long[tensors.Count + 1];
        long end = dataStart;
        for (int i = 0; i < tensors.Count; i++)
        {
            (ParameterShape shape, WeightTensor weights) = tensors[i];
            offsets[i] = ModelFile.AlignTensor(end);
            end = offsets[i] + weights.ByteCount;
            writer.UInt16((ushort)weights.Type);
            writer.UInt16(Rank(shape));
            writer.UInt32((uint)shape.Rows);
            writer.UInt32(Columns(shape));
            writer.UInt32(0);
            writer.UInt64((ulong)offsets[i]);
        }

        offsets[^1] = end;
        return offsets;
    }

    /// <summary>Checks the table and that the tensors, with zeros between them, fill the file to the checksum.</summary>
    /// <returns>How each tensor is stored and where.</returns>
    public static StoredTensor[] Read(
        ReadOnlySpan<byte> file, ModelHeader header, Architecture architecture, ReadOnlySpan<ParameterShape> shapes, string? path)
    {
        int expectedCount = shapes.Length + (header.HasSelfTest ? 2 : 0);
        if (header.TensorCount != expectedCount)
        {
            string selfTest = header.HasSelfTest ? " and the self-test 2 of them" : "";
            throw new ModelFormatException(
                $"header: tensor count {expectedCount} expected, as the architecture takes {shapes.Length}{selfTest}, "
                + $"found {header.TensorCount}",
                ModelFile.TensorCountOffset, path);
        }

        BlockReader reader = new(header.TensorTable.Of(file), header.TensorTable.Start, "tensor table", path);
        var tensors = new StoredTensor[expectedCount];
        int contentsEnd = file.Length - ModelFile.ChecksumLength;
        int end = header.Recipe.End;
        for (int i = 0; i < shapes.Length; i++)
        {
            tensors[i] = ReadEntry(ref reader, shapes[i], CanBeQuantized(header, shapes[i]), file, end, path);
            end = tensors[i].Part.End;
        }

        if (header.Version == ModelFile.QuantizedVersion && Array.TrueForAll(tensors[..shapes.Length], tensor => tensor.Type == WeightType.Float32))
        {
            throw new ModelFormatException(
                $"version {ModelFile.Float32Version} expected, as every tensor is {WeightType.Float32.Name()}, found {header.Version}", ModelFile.VersionOffset, path);
        }

        if (header.HasSelfTest)
        {
            BlockReader ahead = reader;
            int steps = ReadRows(ref ahead, "self-test steps");
            ParameterShape input = new("self-test input", steps, architecture.InputSize);
            tensors[^2] = ReadEntry(ref reader, input, canBeQuantized: false, file, end, path);
            ahead = reader;
            int outputRows = architecture.Decoder is null ? architecture.OutputRows(steps) : ReadRows(ref ahead, "self-test output rows");
            ParameterShape output = new("self-test output", outputRows, architecture.OutputSize);
            tensors[^1] = ReadEntry(ref reader, output, canBeQuantized: false, file, tensors[^2].Part.End, path);
            end = tensors[^1].Part.End;
        }

        if (end != contentsEnd)
        {
            throw new ModelFormatException(
                $"tensors: the last ends at byte {end}, but the checksum stands at byte {contentsEnd}", end, path);
        }

        return tensors;
    }

    /// <summary>Only the matrices of a layer take fewer than 32 bits, and only in files that say so by their version.</summary>
    private static bool CanBeQuantized(ModelHeader header, ParameterShape shape)
        => header.Version == ModelFile.QuantizedVersion && !shape.IsVector;

    private static StoredTensor ReadEntry(
        ref BlockReader reader, ParameterShape shape, bool canBeQuantized, ReadOnlySpan<byte> file, int previousEnd, string? path)
    {
        long entry = reader.Offset;
        WeightType type = ReadType(ref reader, shape, canBeQuantized);
        ushort rank = reader.UInt16("rank");
        uint rows = reader.UInt32("rows");
        uint columns = reader.UInt32("columns");
        if (rank != Rank(shape) || rows != shape.Rows || columns != Columns(shape))
            throw reader.Error($"{shape} expected with rank {Rank(shape)}, found rank {rank}, {rows} rows, {columns} columns", entry);

        long reservedOffset = reader.Offset;
        uint reserved = reader.UInt32("reserved field");
        if (reserved != 0)
            throw reader.Error($"{shape.Name}: the reserved field must be 0, found {reserved}", reservedOffset);

        long offsetOffset = reader.Offset;
        ulong offset = reader.UInt64("offset");
        long expectedOffset = ModelFile.AlignTensor(previousEnd);
        if (offset != (ulong)expectedOffset)
            throw reader.Error($"{shape.Name}: offset {expectedOffset} expected, found {offset}", offsetOffset);

        int contentsEnd = file.Length - ModelFile.ChecksumLength;
        long end = expectedOffset + TensorData.Length(shape, type);
        if (end > contentsEnd)
            throw reader.Error($"{shape} ends at byte {end}, but the file's contents at {contentsEnd}", entry);

        int padding = file[previousEnd..(int)expectedOffset].IndexOfAnyExcept((byte)0);
        if (padding >= 0)
        {
            int at = previousEnd + padding;
            throw new ModelFormatException($"padding before {shape.Name}: zeros expected, found 0x{file[at]:x2}", at, path);
        }

        return new StoredTensor(shape, type, new FilePart((int)expectedOffset, (int)(end - expectedOffset)));
    }

    private static WeightType ReadType(ref BlockReader reader, ParameterShape shape, bool canBeQuantized)
    {
        long offset = reader.Offset;
        var type = (WeightType)reader.UInt16("element type");
        if (type == WeightType.Float32 || canBeQuantized && type.IsDefined())
            return type;
        string expected = canBeQuantized
            ? $"{Show(WeightType.Float32)}, {Show(WeightType.BFloat16)} or {Show(WeightType.Int8)}"
            : Show(WeightType.Float32);
        string reason = !canBeQuantized && type.IsDefined()
            ? $"; only matrices of layers, in files of version {ModelFile.QuantizedVersion}, can have another"
            : "";
        throw reader.Error($"{shape.Name}: element type {expected} expected, found {(type.IsDefined() ? Show(type) : (ushort)type)}{reason}", offset);
    }

    private static string Show(WeightType type) => $"{(int)type} ({type.Name()})";

    /// <summary>The rows of a tensor of the self-test, which only the table knows.</summary>
    private static int ReadRows(ref BlockReader reader, string field)
    {
        reader.UInt16("element type");
        reader.UInt16("rank");
        return reader.Between(1, int.MaxValue, field);
    }

    private static ushort Rank(ParameterShape shape) => shape.IsVector ? (ushort)1 : (ushort)2;

    private static uint Columns(ParameterShape shape) => shape.IsVector ? 1 : (uint)shape.Columns;
}
