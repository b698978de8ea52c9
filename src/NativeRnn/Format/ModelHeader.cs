using System.Buffers.Binary;

namespace NativeRnn;

/// <summary>The header of a file, and where it says that the parts behind it lie.</summary>
internal readonly record struct ModelHeader(uint Version, int TensorCount, ModelFileFlags Flags, FilePart TensorTable, FilePart Architecture, FilePart Recipe)
{
    public bool HasSelfTest => Flags.HasFlag(ModelFileFlags.SelfTest);

    /// <summary>Whether a vocabulary stands in the recipe's place.</summary>
    public bool HasVocabulary => Flags.HasFlag(ModelFileFlags.Vocabulary);

    /// <summary>Whether a decoder stands behind the encoder in the architecture.</summary>
    public bool HasDecoder => Flags.HasFlag(ModelFileFlags.Decoder);

    /// <summary>What can be said of a file by its first bytes and its length.</summary>
    public static void CheckIdentity(ReadOnlySpan<byte> start, long length, string? path)
    {
        const int SmallestLength = ModelFile.HeaderLength + ModelFile.ChecksumLength;

        int magicLength = Math.Min(start.Length, ModelFile.Magic.Length);
        if (!start[..magicLength].SequenceEqual(ModelFile.Magic[..magicLength]))
        {
            throw new ModelFormatException(
                $"not a .nrnn file: it must start with 'NRNN', bytes {Hex(ModelFile.Magic)}, found {Hex(start[..magicLength])}", 0, path);
        }

        if (length < SmallestLength || start.Length < ModelFile.HeaderLength)
            throw new ModelFormatException($"truncated: at least {SmallestLength} bytes expected, {length} found", length, path);

        uint version = VersionOf(start);
        if (version is not (ModelFile.Float32Version or ModelFile.QuantizedVersion))
        {
            throw new ModelFormatException(
                $"version {version} is not supported; this library reads versions {ModelFile.Float32Version} and {ModelFile.QuantizedVersion}",
                ModelFile.VersionOffset, path);
        }

        ulong declared = BinaryPrimitives.ReadUInt64LittleEndian(start[ModelFile.FileLengthOffset..]);
        if (declared > (ulong)length)
            throw new ModelFormatException($"truncated: {declared} bytes expected, {length} found", length, path);
        if (declared < (ulong)length)
            throw new ModelFormatException($"{declared} bytes expected, {length} found: something follows the end", (long)declared, path);
        if (length > ModelFile.MaxFileLength)
        {
            throw new ModelFormatException(
                $"a model has {ModelFile.MaxFileLength} bytes at most, found {length}", ModelFile.FileLengthOffset, path);
        }
    }

    /// <summary>The counts and lengths of a file whose checksum was found right.</summary>
    public static ModelHeader Read(ReadOnlySpan<byte> file, string? path)
    {
        uint architectureLength = BinaryPrimitives.ReadUInt32LittleEndian(file[ModelFile.ArchitectureLengthOffset..]);
        uint recipeLength = BinaryPrimitives.ReadUInt32LittleEndian(file[ModelFile.RecipeLengthOffset..]);
        uint tensorCount = BinaryPrimitives.ReadUInt32LittleEndian(file[ModelFile.TensorCountOffset..]);
        var flags = (ModelFileFlags)BinaryPrimitives.ReadUInt32LittleEndian(file[ModelFile.FlagsOffset..]);

        ModelFileFlags unknown = flags & ~ModelFileFlags.All;
        if (unknown != 0)
            throw new ModelFormatException($"header: unknown flags 0x{(uint)unknown:x}", ModelFile.FlagsOffset, path);
        (string part, int longest) = flags.HasFlag(ModelFileFlags.Vocabulary)
            ? ("vocabulary", ModelFile.MaxVocabularyLength)
            : ("recipe", ModelFile.MaxRecipeLength);
        if (recipeLength > longest)
            throw new ModelFormatException($"header: {part} length {longest} at most, found {recipeLength}", ModelFile.RecipeLengthOffset, path);

        int contentsEnd = file.Length - ModelFile.ChecksumLength;
        // Three numbers of 32 bits, one of them times 24: 64 bits hold every sum.
        long tableEnd = ModelFile.HeaderLength + (long)tensorCount * ModelFile.TensorEntryLength;
        long architectureEnd = tableEnd + architectureLength;
        long recipeEnd = architectureEnd + recipeLength;
        CheckEnd($"a table of {tensorCount} tensors", tableEnd, ModelFile.TensorCountOffset);
        CheckEnd($"an architecture of {architectureLength} bytes", architectureEnd, ModelFile.ArchitectureLengthOffset);
        CheckEnd($"a {part} of {recipeLength} bytes", recipeEnd, ModelFile.RecipeLengthOffset);

        return new ModelHeader(
            VersionOf(file),
            (int)tensorCount,
            flags,
            new FilePart(ModelFile.HeaderLength, (int)tableEnd - ModelFile.HeaderLength),
            new FilePart((int)tableEnd, (int)architectureLength),
            new FilePart((int)architectureEnd, (int)recipeLength));

        void CheckEnd(string what, long end, long offset)
        {
            if (end > contentsEnd)
            {
                throw new ModelFormatException(
                    $"header: {what} ends at byte {end}, but the file's contents at {contentsEnd}", offset, path);
            }
        }
    }

    private static uint VersionOf(ReadOnlySpan<byte> start) => BinaryPrimitives.ReadUInt32LittleEndian(start[ModelFile.VersionOffset..]);

    private static string Hex(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? "nothing" : Convert.ToHexString(bytes);
}
