using System.Buffers.Binary;

namespace NativeRnn;

/// <summary>
/// Reads the weight file that FORMAT.md describes. Nothing is believed before it is checked: magic, version and length, then
/// the checksum, then every field; tensors are allocated last, when their sizes are known to add up to the file's.
/// </summary>
internal static class ModelReader
{
    /// <exception cref="ModelFormatException">The file is not a complete, unaltered model; the message names the path.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RnnModel Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (!stream.CanSeek)
            throw new IOException($"'{path}' is not a regular file; read it into memory and parse that.");

        // The header alone tells most files that are not models, however large, before room is made for them.
        long length = stream.Length;
        Span<byte> header = stackalloc byte[ModelFile.HeaderLength];
        header = header[..stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false)];
        ModelHeader.CheckIdentity(header, length, path);

        byte[] file = GC.AllocateUninitializedArray<byte>((int)length);
        stream.Position = 0;
        int read = stream.ReadAtLeast(file, file.Length, throwOnEndOfStream: false);
        return Parse(file.AsSpan(0, read), path);
    }

    /// <exception cref="ModelFormatException">The bytes are not a complete, unaltered model.</exception>
    public static RnnModel Parse(ReadOnlySpan<byte> file) => Parse(file, path: null);

    private static RnnModel Parse(ReadOnlySpan<byte> file, string? path)
    {
        ModelHeader.CheckIdentity(file, file.Length, path);
        CheckChecksum(file, path);
        var header = ModelHeader.Read(file, path);

        BlockReader architectureReader = new(header.Architecture.Of(file), header.Architecture.Start, "architecture", path);
        Architecture architecture = ArchitectureBlock.Read(ref architectureReader, header.HasDecoder);

        ParameterShape[] shapes = [.. architecture.Parameters];
        StoredTensor[] tensors = TensorTable.Read(file, header, architecture, shapes, path);

        ForecastRecipe? recipe = null;
        Vocabulary? vocabulary = null;
        if (header.HasVocabulary)
        {
            BlockReader vocabularyReader = new(header.Recipe.Of(file), header.Recipe.Start, "vocabulary", path);
            vocabulary = VocabularyBlock.Read(ref vocabularyReader);
        }
        else if (header.Recipe.Length > 0)
        {
            BlockReader recipeReader = new(header.Recipe.Of(file), header.Recipe.Start, "recipe", path);
            recipe = RecipeBlock.Read(ref recipeReader);
        }

        Dictionary<string, WeightTensor> weights = new(shapes.Length);
        for (int i = 0; i < shapes.Length; i++)
            weights.Add(shapes[i].Name, TensorData.Read(file, tensors[i], path));

        var model = RnnModel.Adopt(architecture, weights);
        if (header.HasSelfTest)
            model = model.WithSelfTest(SelfTest.Adopt(TensorData.ReadFloats(tensors[^2].Part.Of(file)), TensorData.ReadFloats(tensors[^1].Part.Of(file))));
        if (recipe is not null)
            model = Attach("recipe", () => model.WithRecipe(recipe), header.Recipe.Start, path);
        if (vocabulary is not null)
            model = Attach("vocabulary", () => model.WithVocabulary(vocabulary), header.Recipe.Start, path);
        return model.WithChecksum(ModelWriter.ChecksumOf(file));
    }

    private static void CheckChecksum(ReadOnlySpan<byte> file, string? path)
    {
        int end = file.Length - ModelFile.ChecksumLength;
        uint computed = Crc32C.Compute(file[..end]);
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(file[end..]);
        if (stored != computed)
        {
            throw new ModelFormatException(
                $"checksum: 0x{computed:x8} expected for these contents, found 0x{stored:x8}; the file is damaged", end, path);
        }
    }

    private static RnnModel Attach(string part, Func<RnnModel> attach, long offset, string? path)
    {
        try
        {
            return attach();
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw new ModelFormatException($"{part}: {exception.Message}", offset, path, exception);
        }
    }
}
