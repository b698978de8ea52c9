using System.Text;
using System.Text.Json;

namespace NativeRnn.Interop.Keras;

/// <summary>
/// Reads Keras models: .keras files of version 3, and whole HDF5 models of Keras 2 and 3 (also of tf.keras). The model computes the
/// same numbers, or is refused with the layer and setting that stand in the way.
/// </summary>
public static class KerasImporter
{
    private static ReadOnlySpan<byte> Hdf5Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file; its first bytes tell which of the two kinds it is.</param>
    /// <exception cref="ModelImportException">The file is damaged, or says something that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RnnModel Import(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            throw new ModelImportException($"{path} is a folder; a SavedModel is not supported: save the model as one .keras file");

        using FileStream stream = File.OpenRead(path);
        return Import(stream, path);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="stream">The file, seekable.</param>
    /// <param name="path">What messages call it.</param>
    internal static RnnModel Import(Stream stream, string path)
    {
        try
        {
            Span<byte> start = stackalloc byte[8];
            int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            stream.Position = 0;
            if (length >= 2 && start.StartsWith("PK"u8))
                return ReadArchive(stream);
            return start.SequenceEqual(Hdf5Signature)
                ? ReadHdf5(stream)
                : throw new ModelImportException("this is neither a .keras archive nor an HDF5 file");
        }
        catch (Exception exception) when (exception is ModelImportException or InvalidOperationException)
        {
            // The JSON reader's second one: a text that is not Unicode.
            throw new ModelImportException($"{path}: {exception.Message}", exception);
        }
    }

    private static RnnModel ReadArchive(Stream stream)
    {
        using var archive = KerasArchive.Open(stream);
        using JsonDocument metadata = Json.Parse(archive.ReadText("metadata.json"), "metadata.json");
        var version = KerasVersion.Parse(Json.FindText(metadata.RootElement, "keras_version", "metadata.json"));
        using JsonDocument config = Json.Parse(archive.ReadText("config.json"), "config.json");
        var topology = KerasTopology.Read(config.RootElement);
        using var file = Hdf5File.Open(archive.OpenWeights());
        return KerasNetwork.Build(topology, version, new ArchiveWeights(file, topology));
    }

    private static RnnModel ReadHdf5(Stream stream)
    {
        using var file = Hdf5File.Open(stream);
        string text = file.Attribute("model_config")
            ?? throw new ModelImportException("the file holds weights without the model they belong to; save the whole model with model.save(\"model.keras\")");
        var version = KerasVersion.Parse(file.Attribute("keras_version"));
        using JsonDocument config = Json.Parse(Encoding.UTF8.GetBytes(text), "the model_config");
        return KerasNetwork.Build(KerasTopology.Read(config.RootElement), version, new LegacyWeights(file));
    }
}
