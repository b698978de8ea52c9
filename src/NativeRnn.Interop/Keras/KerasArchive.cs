using System.IO.Compression;

namespace NativeRnn.Interop.Keras;

/// <summary>A .keras file: a zip of config.json, metadata.json and model.weights.h5. Each entry is read into memory, within limits.</summary>
internal sealed class KerasArchive : IDisposable
{
    private const int LargestText = 16 << 20;
    private const long LargestWeights = int.MaxValue - (64 << 10);

    /// <summary>Keras stores weights uncompressed, and trained ones hardly compress; more is a trap for readers.</summary>
    private const int LargestExpansion = 32;

    private const int AlwaysAllowed = 1 << 20;

    private readonly ZipArchive _zip;
    private readonly long _length;

    private KerasArchive(ZipArchive zip, long length) => (_zip, _length) = (zip, length);

    /// <summary>Opens a file.</summary>
    /// <param name="stream">The file; closed with this object.</param>
    public static KerasArchive Open(Stream stream)
    {
        try
        {
            return new KerasArchive(new ZipArchive(stream, ZipArchiveMode.Read), stream.Length);
        }
        catch (InvalidDataException exception)
        {
            throw new ModelImportException($"the zip archive is damaged: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _zip.Dispose();

    /// <summary>One of the JSON entries.</summary>
    public byte[] ReadText(string name) => Read(name, LargestText, "is this a .keras file?");

    /// <summary>The weights.</summary>
    public Stream OpenWeights()
        => new MemoryStream(Read("model.weights.h5", LargestWeights, "weights in shards or as .npz are not supported; save the model as one file"), writable: false);

    private byte[] Read(string name, long limit, string hint)
    {
        try
        {
            ZipArchiveEntry entry = _zip.GetEntry(name) ?? throw new ModelImportException($"the archive has no {name} ({hint})");
            if (entry.Length > limit || entry.Length > AlwaysAllowed + LargestExpansion * entry.CompressedLength)
                throw new ModelImportException($"{name} says it unpacks from {entry.CompressedLength} to {entry.Length} bytes, which is more than is supported");
            if (entry.CompressedLength > _length)
                throw new ModelImportException($"{name} says it takes {entry.CompressedLength} bytes of the archive, which has {_length}");
            // Opened before there is room made for it: the entry's own header may be missing.
            using Stream stream = entry.Open();
            byte[] bytes = new byte[entry.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new ModelImportException($"{name} cannot be unpacked: {exception.Message}", exception);
        }
    }
}
