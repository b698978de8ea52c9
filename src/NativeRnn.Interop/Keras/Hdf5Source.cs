namespace NativeRnn.Interop.Keras;

/// <summary>
/// The bytes of an HDF5 file. Its parts do not overlap, so what is read of it in all is hardly longer than the file: a budget that a file
/// which names one part many times is soon out of, and with it whatever it wants memory for.
/// </summary>
/// <param name="stream">The file, seekable.</param>
internal sealed class Hdf5Source(Stream stream)
{
    /// <summary>Links and settings of objects that are kept. A model of the most layers has half as many.</summary>
    private const int MostEntries = 8192;

    /// <summary>The start of a header is read twice, for its length; of each of <see cref="MostEntries"/> at the most.</summary>
    private const long ReadTwice = MostEntries * 40;

    private long _budget = stream.Length + ReadTwice;
    private int _entries;

    /// <summary>Bytes of the file from an address on.</summary>
    public byte[] Read(long address, long length)
    {
        Reserve(address, length);
        byte[] bytes = new byte[length];
        Fill(address, bytes);
        return bytes;
    }

    /// <summary>Bytes from an address on, fewer where the file ends.</summary>
    public byte[] ReadAtMost(long address, int length)
        => Read(address, address >= 0 && address <= stream.Length ? Math.Min(length, stream.Length - address) : length);

    /// <summary>Refuses a part that is not in the file, or was read already, before there is room made for it.</summary>
    public void Reserve(long address, long length)
    {
        if (address < 0 || length < 0 || address > stream.Length - length)
            throw new Hdf5Exception($"{length} bytes expected at {address}, but the file has {stream.Length}");
        Charge(length);
    }

    /// <summary>Fills a buffer from a part that is reserved.</summary>
    public void Fill(long address, Span<byte> bytes)
    {
        stream.Position = address;
        stream.ReadExactly(bytes);
    }

    /// <summary>Counts something of the file that is kept.</summary>
    /// <param name="length">Bytes that it takes besides those read for it.</param>
    public void CountEntry(int length = 0)
    {
        if (++_entries > MostEntries)
            throw new Hdf5Exception($"there are more than {MostEntries} links and settings");
        Charge(length);
    }

    private void Charge(long length)
    {
        _budget -= length;
        if (_budget < 0)
            throw new Hdf5Exception("parts of the file overlap");
    }
}
