using System.Buffers.Binary;

namespace NativeRnn;

/// <summary>Writes the weight file that FORMAT.md describes. One model gives one sequence of bytes.</summary>
internal static class ModelWriter
{
    /// <exception cref="IOException">The file cannot be written; what stood there before is unharmed.</exception>
    /// <exception cref="InvalidOperationException">The model is beyond the format's limits.</exception>
    public static void Save(RnnModel model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, ToBytes(model));
    }

    /// <exception cref="InvalidOperationException">The model is beyond the format's limits.</exception>
    public static byte[] ToBytes(RnnModel model)
    {
        BlockWriter architecture = new();
        ArchitectureBlock.Write(model.Architecture, architecture);
        BlockWriter recipe = new();
        if (model.Recipe is not null)
            RecipeBlock.Write(model.Recipe, recipe);
        if (model.Vocabulary is not null)
            VocabularyBlock.Write(model.Vocabulary, recipe);

        List<(ParameterShape Shape, WeightTensor Weights)> tensors = [];
        foreach (ParameterShape shape in model.Architecture.Parameters)
            tensors.Add((shape, model.Tensor(shape.Name)));
        bool isQuantized = tensors.Exists(tensor => tensor.Weights.Type != WeightType.Float32);
        if (model.SelfTest is not null)
        {
            int steps = model.SelfTest.Input.Length / model.Architecture.InputSize;
            tensors.Add((new ParameterShape("self-test input", steps, model.Architecture.InputSize), model.SelfTest.InputTensor));
            tensors.Add((
                new ParameterShape("self-test output", model.SelfTest.Output.Length / model.Architecture.OutputSize, model.Architecture.OutputSize),
                model.SelfTest.OutputTensor));
        }

        int tableEnd = ModelFile.HeaderLength + tensors.Count * ModelFile.TensorEntryLength;
        int architectureEnd = tableEnd + architecture.Written.Length;
        BlockWriter table = new();
        long[] offsets = TensorTable.Write(tensors, architectureEnd + recipe.Written.Length, table);
        long length = offsets[^1] + ModelFile.ChecksumLength;
        if (length > ModelFile.MaxFileLength)
            throw new InvalidOperationException($"The model takes {length} bytes, but a file has {ModelFile.MaxFileLength} at most.");

        BlockWriter header = new();
        header.Bytes(ModelFile.Magic);
        header.UInt32(isQuantized ? ModelFile.QuantizedVersion : ModelFile.Float32Version);
        header.UInt64((ulong)length);
        header.UInt32((uint)architecture.Written.Length);
        header.UInt32((uint)recipe.Written.Length);
        header.UInt32((uint)tensors.Count);
        ModelFileFlags flags =
            (model.SelfTest is null ? 0 : ModelFileFlags.SelfTest) | (model.Vocabulary is null ? 0 : ModelFileFlags.Vocabulary)
            | (model.Architecture.Decoder is null ? 0 : ModelFileFlags.Decoder);
        header.UInt32((uint)flags);

        // Zeroed by the runtime, which makes the padding.
        var file = new byte[length];
        header.Written.CopyTo(file);
        table.Written.CopyTo(file.AsSpan(ModelFile.HeaderLength));
        architecture.Written.CopyTo(file.AsSpan(tableEnd));
        recipe.Written.CopyTo(file.AsSpan(architectureEnd));
        for (int i = 0; i < tensors.Count; i++)
            TensorData.Write(tensors[i].Weights, file.AsSpan((int)offsets[i]));

        int contentsEnd = file.Length - ModelFile.ChecksumLength;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(contentsEnd), Crc32C.Compute(file.AsSpan(0, contentsEnd)));
        return file;
    }

    /// <summary>The last field of a file.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> file) => BinaryPrimitives.ReadUInt32LittleEndian(file[^ModelFile.ChecksumLength..]);
}
