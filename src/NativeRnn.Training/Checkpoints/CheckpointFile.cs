using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace NativeRnn.Training;

/// <summary>
/// Where a training is written down after every epoch, so that it can go on after the process ended, to the same bits as without the
/// break. Each epoch replaces the file as a whole: it is written beside its place, brought to the disk and moved. So whenever the
/// process is killed, the file is that of the last complete epoch.
/// <para>
/// Layout: the magic <c>NRNNCKPT</c>; u32 version; u32 number of fingerprints, each a name and a value (u16 length and UTF-8); the state
/// as <see cref="StateTransfer"/> gives it, in this machine's byte order; SHA-256 of every byte before. The other numbers are
/// little-endian.
/// </para>
/// </summary>
public sealed class CheckpointFile
{
    private const uint Version = 1;

    private readonly string _path;
    private readonly IReadOnlyDictionary<string, string> _fingerprints;

    /// <summary>Names a checkpoint; nothing is read or written yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fingerprints">
    /// What the training is made of, by name, as in <c>data</c> and a digest of it. A checkpoint with other values is refused by that name.
    /// </param>
    public CheckpointFile(string path, IReadOnlyDictionary<string, string> fingerprints)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(fingerprints);
        _path = path;
        _fingerprints = fingerprints;
    }

    /// <summary>Whether training goes on from the file, which then must be there, instead of starting anew.</summary>
    public bool Resume { get; init; }

    private static ReadOnlySpan<byte> Magic => "NRNNCKPT"u8;

    /// <exception cref="IOException">The file cannot be written; what stood there before is unharmed.</exception>
    internal void Save(Action<StateTransfer> transfer)
    {
        ArrayBufferWriter<byte> bytes = new();
        bytes.Write(Magic);
        WriteNumber(bytes, Version);
        WriteNumber(bytes, (uint)_fingerprints.Count);
        foreach ((string name, string value) in _fingerprints)
        {
            WriteText(bytes, name);
            WriteText(bytes, value);
        }

        transfer(new StateWriter(bytes));
        bytes.Write(SHA256.HashData(bytes.WrittenSpan));

        // One name for all epochs, so that a process that is killed while writing leaves no more than one file behind.
        WholeFile.Write(_path, _path + ".tmp", FileMode.Create, bytes.WrittenSpan);
    }

    /// <exception cref="CheckpointException">The file is damaged, or of another training.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal void Load(Action<StateTransfer> transfer)
    {
        if (!File.Exists(_path))
            throw new CheckpointException(_path, "there is no such file");
        ReadOnlyMemory<byte> bytes = File.ReadAllBytes(_path);
        if (!bytes.Span.StartsWith(Magic))
            throw new CheckpointException(_path, "it is not a checkpoint");
        if (bytes.Length < Magic.Length + 2 * sizeof(uint) + SHA256.HashSizeInBytes)
            throw new CheckpointException(_path, "it is damaged, for it is cut short");
        ReadOnlyMemory<byte> rest = bytes[..^SHA256.HashSizeInBytes];
        if (!SHA256.HashData(rest.Span).AsSpan().SequenceEqual(bytes.Span[rest.Length..]))
            throw new CheckpointException(_path, "it is damaged, for its checksum is wrong");

        rest = rest[Magic.Length..];
        uint version = ReadNumber(ref rest);
        if (version != Version)
            throw new CheckpointException(_path, $"its version is {version}, expected {Version}");
        Dictionary<string, string> found = [];
        for (uint left = ReadNumber(ref rest); left > 0; left--)
            found.Add(ReadText(ref rest), ReadText(ref rest));
        RequireFingerprints(found);

        StateReader reader = new(rest, _path);
        transfer(reader);
        reader.RequireEnd();
    }

    private void RequireFingerprints(Dictionary<string, string> found)
    {
        foreach ((string name, string value) in _fingerprints)
        {
            if (!found.Remove(name, out string? other) || other != value)
                throw new CheckpointException(_path, $"it is of a training with another {name}");
        }

        if (found.Count > 0)
            throw new CheckpointException(_path, $"it is of a training with another {found.Keys.First()}");
    }

    private static void WriteNumber(ArrayBufferWriter<byte> bytes, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.GetSpan(sizeof(uint)), value);
        bytes.Advance(sizeof(uint));
    }

    private static void WriteText(ArrayBufferWriter<byte> bytes, string text)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.GetSpan(sizeof(ushort)), checked((ushort)Encoding.UTF8.GetByteCount(text)));
        bytes.Advance(sizeof(ushort));
        Encoding.UTF8.GetBytes(text, bytes);
    }

    private static uint ReadNumber(ref ReadOnlyMemory<byte> rest)
    {
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(rest.Span);
        rest = rest[sizeof(uint)..];
        return value;
    }

    private static string ReadText(ref ReadOnlyMemory<byte> rest)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(rest.Span);
        string text = Encoding.UTF8.GetString(rest.Span.Slice(sizeof(ushort), length));
        rest = rest[(sizeof(ushort) + length)..];
        return text;
    }
}
