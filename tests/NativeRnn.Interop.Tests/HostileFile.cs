using System.Buffers.Binary;

namespace NativeRnn.Interop.Tests;

/// <summary>Files made to do harm, and what every reader promises of them: a model or a refusal, and memory within bounds.</summary>
internal static class HostileFile
{
    /// <summary>What may be allocated beside the file's size, twice where nothing else is said.</summary>
    private const long ConstantAllowance = 1 << 20;

    private static readonly byte[] Replacements = [0x00, 0xFF];

    private static readonly long[] Extremes = [-1, int.MaxValue, Architecture.MaxSize + 1];

    /// <summary>The file cut off at each length.</summary>
    public static IEnumerable<byte[]> Truncated(byte[] file) => Enumerable.Range(0, file.Length).Select(length => file[..length]);

    /// <summary>The file with each of its bits turned.</summary>
    public static IEnumerable<byte[]> EveryBit(byte[] file)
    {
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            byte[] damaged = [.. file];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return damaged;
        }
    }

    /// <summary>The file with each byte at its extremes.</summary>
    public static IEnumerable<byte[]> EveryByte(byte[] file)
    {
        for (int at = 0; at < file.Length; at++)
        {
            foreach (byte value in Replacements)
            {
                byte[] damaged = [.. file];
                damaged[at] = value;
                yield return damaged;
            }
        }
    }

    /// <summary>The file with an extreme number in the place of whatever stands there, of 4 and 8 bytes at every offset but those in a range.</summary>
    public static IEnumerable<byte[]> EveryField(byte[] file, Range spared)
    {
        (int start, int length) = spared.GetOffsetAndLength(file.Length);
        byte[] number = new byte[sizeof(long)];
        foreach (int size in (int[])[4, 8])
        {
            foreach (long extreme in Extremes)
            {
                BinaryPrimitives.WriteInt64LittleEndian(number, extreme);
                for (int at = 0; at + size <= file.Length; at++)
                {
                    if (at + size > start && at < start + length)
                        continue;
                    byte[] damaged = [.. file];
                    number.AsSpan(0, size).CopyTo(damaged.AsSpan(at));
                    yield return damaged;
                }
            }
        }
    }

    /// <summary>Reads files; each must be read or refused, within the bound of memory.</summary>
    /// <param name="files">The files.</param>
    /// <param name="read">The reader.</param>
    /// <returns>How many were read and how many refused.</returns>
    public static (int Read, int Refused) ReadAll(IEnumerable<byte[]> files, Action<byte[]> read)
    {
        (int readCount, int refused) = (0, 0);
        foreach (byte[] file in files)
        {
            if (ReadWithinBounds(file, read))
                readCount++;
            else
                refused++;
        }

        return (readCount, refused);
    }

    /// <summary>Damage that a reader never notices, or always, was not where it could matter.</summary>
    public static void AssertReadAndRefused((int Read, int Refused) counts)
    {
        Assert.True(counts.Read > 0, "no file was read");
        Assert.True(counts.Refused > 100, $"only {counts.Refused} files were refused");
    }

    /// <param name="file">The file.</param>
    /// <param name="read">The reader.</param>
    /// <param name="copies">How many times the file's size may be allocated.</param>
    /// <returns>Whether the file was read; false when it was refused.</returns>
    public static bool ReadWithinBounds(byte[] file, Action<byte[]> read, int copies = 2)
    {
        bool isRead = false;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read(file);
            isRead = true;
        }
        catch (ModelImportException)
        {
            // The other of the two right answers.
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, (long)copies * file.Length + ConstantAllowance);
        return isRead;
    }
}
