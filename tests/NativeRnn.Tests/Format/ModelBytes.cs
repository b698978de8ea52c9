using System.Buffers.Binary;

namespace NativeRnn.Tests.Format;

/// <summary>Alters the bytes of a file and, so that the change itself is looked at, sets the checksum right again.</summary>
internal static class ModelBytes
{
    /// <summary>Overwrites bytes and sets the checksum right.</summary>
    /// <param name="file">The file, which stays as it is.</param>
    /// <param name="edits">Such as <c>16:FF 20:00000000</c>: a decimal offset and the bytes to put there in hexadecimal.</param>
    public static byte[] Edited(byte[] file, string edits)
    {
        byte[] edited = [.. file];
        foreach (string edit in edits.Split(' '))
        {
            string[] parts = edit.Split(':');
            Convert.FromHexString(parts[1]).CopyTo(edited, int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture));
        }

        return WithChecksum(edited);
    }

    /// <summary>Sets the last four bytes to the checksum of those before, in place.</summary>
    public static byte[] WithChecksum(byte[] file)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(file.Length - 4), Crc32C.Compute(file.AsSpan(0, file.Length - 4)));
        return file;
    }
}
