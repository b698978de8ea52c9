using System.Buffers.Binary;

namespace NativeRnn;

/// <summary>Reads and writes the state file that STATE.md describes.</summary>
internal static class StateFile
{
    private const uint Version = 1;
    private const int HeaderLength = 28;
    private const int ChecksumLength = 4;

    private static ReadOnlySpan<byte> Magic => "NRST"u8;

    /// <exception cref="ArgumentException">The state does not fit the model, or is too large for a file.</exception>
    public static byte[] ToBytes(RnnState state, RnnModel model, ReadOnlySpan<byte> attachment)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (state.Size != model.Architecture.StateSize)
            throw new ArgumentException($"The network's state has {model.Architecture.StateSize} values a sequence, but the one given has {state.Size}.", nameof(model));
        long length = HeaderLength + (long)sizeof(float) * state.Values.Length + attachment.Length + ChecksumLength;
        if (length > Array.MaxLength)
            throw new ArgumentException($"A state file of {length} bytes is more than the {Array.MaxLength} supported.", nameof(attachment));

        byte[] file = new byte[length];
        Span<byte> rest = file;
        Magic.CopyTo(rest);
        rest = rest[Magic.Length..];
        Append(ref rest, Version);
        Append(ref rest, (uint)length);
        Append(ref rest, model.Checksum);
        Append(ref rest, (uint)state.Batch);
        Append(ref rest, (uint)state.Size);
        Append(ref rest, (uint)attachment.Length);
        foreach (float value in state.Values)
            Append(ref rest, BitConverter.SingleToUInt32Bits(value));
        attachment.CopyTo(rest);
        rest = rest[attachment.Length..];
        Append(ref rest, Crc32C.Compute(file.AsSpan(0, file.Length - ChecksumLength)));
        return file;
    }

    /// <exception cref="StateFormatException">The bytes are not a complete, unaltered state of the model.</exception>
    public static RnnState Parse(RnnModel model, ReadOnlySpan<byte> file, out byte[] attachment, string? path)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (file.Length < Magic.Length || !file[..Magic.Length].SequenceEqual(Magic))
            throw new StateFormatException("this is not a state file: it does not begin with NRST", path);
        if (file.Length < HeaderLength + ChecksumLength)
            throw new StateFormatException($"{HeaderLength + ChecksumLength} bytes or more expected, found {file.Length}; the file is cut off", path);
        uint version = Field(file, 0);
        if (version != Version)
            throw new StateFormatException($"version {Version} expected, found {version}", path);
        uint length = Field(file, 1);
        if (length != file.Length)
            throw new StateFormatException($"{length} bytes expected, found {file.Length}; the file is damaged", path);
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(file[^ChecksumLength..]);
        uint computed = Crc32C.Compute(file[..^ChecksumLength]);
        if (stored != computed)
            throw new StateFormatException($"checksum 0x{computed:x8} expected for these contents, found 0x{stored:x8}; the file is damaged", path);

        uint checksum = Field(file, 2);
        if (checksum != model.Checksum)
            throw new StateFormatException($"the state is of another model, one with checksum 0x{checksum:x8}; this one's is 0x{model.Checksum:x8}", path);
        uint batch = Field(file, 3);
        uint size = Field(file, 4);
        uint attached = Field(file, 5);
        if (size != model.Architecture.StateSize || batch == 0)
            throw new StateFormatException($"at least 1 sequence of {model.Architecture.StateSize} values expected, found {batch} of {size}", path);
        if (HeaderLength + sizeof(float) * (ulong)batch * size + attached + ChecksumLength != length)
            throw new StateFormatException($"{batch} sequences of {size} values and {attached} bytes more do not make {length} bytes", path);

        // Without values any number of sequences fits the file; one does for all.
        RnnState state = new(model.Architecture, size == 0 ? 1 : (int)batch);
        for (int i = 0; i < state.Values.Length; i++)
            state.Values[i] = BitConverter.UInt32BitsToSingle(BinaryPrimitives.ReadUInt32LittleEndian(file[(HeaderLength + sizeof(float) * i)..]));
        attachment = file.Slice(file.Length - ChecksumLength - (int)attached, (int)attached).ToArray();
        return state;
    }

    /// <exception cref="StateFormatException">The file is not a complete, unaltered state of the model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RnnState Load(string path, RnnModel model, out byte[] attachment)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(model, File.ReadAllBytes(path), out attachment, path);
    }

    /// <exception cref="IOException">The file cannot be written; what stood there before is unharmed.</exception>
    public static void Save(RnnState state, string path, RnnModel model, ReadOnlySpan<byte> attachment)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // One name for all times: of a process that is killed again and again one temporary file at most is left behind.
        WholeFile.Write(path, path + ".tmp", FileMode.Create, ToBytes(state, model, attachment));
    }

    private static uint Field(ReadOnlySpan<byte> file, int index) => BinaryPrimitives.ReadUInt32LittleEndian(file[(Magic.Length + sizeof(uint) * index)..]);

    private static void Append(ref Span<byte> rest, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(rest, value);
        rest = rest[sizeof(uint)..];
    }
}
