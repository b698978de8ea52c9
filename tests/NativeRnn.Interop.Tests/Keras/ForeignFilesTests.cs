using System.Buffers.Binary;
using System.Text;
using NativeRnn.Interop.Keras;

namespace NativeRnn.Interop.Tests.Keras;

/// <summary>An HDF5 file that names another file is refused, wherever the message stands; numbers that happen to look alike are not.</summary>
public sealed class ForeignFilesTests
{
    private const int Block = 1 << 20;

    /// <summary>Flags of a link: how long the length of its name is, an order, a type, an encoding.</summary>
    public static TheoryData<byte, int> Links
    {
        get
        {
            TheoryData<byte, int> links = [];
            foreach (byte flags in (byte[])[0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x18, 0x1D])
                foreach (int position in (int[])[100, Block - 1, Block, 2 * Block + 7])
                    links.Add(flags, position);
            return links;
        }
    }

    [Theory]
    [MemberData(nameof(Links))]
    public void Refuse_ExternalLink_IsFound(byte flags, int position)
    {
        Refuses(WithBytes(position, Link(flags, type: 64)));
        ForeignFiles.Refuse(new MemoryStream(WithBytes(position, Link(flags, type: 1))));
    }

    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 200)]
    [InlineData(3, 200)]
    [InlineData(1, Block - 1)]
    [InlineData(3, Block)]
    public void Refuse_ExternalStorage_IsFound(int header, int position)
    {
        byte[] body = new byte[16 + 24];
        body[0] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(6), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(8), 4096);
        byte[] before = header switch
        {
            1 => [7, 0, 40, 0, 0, 0, 0, 0],
            2 => [7, 40, 0, 0],
            _ => [7, 40, 0, 0, 3, 0],
        };
        Refuses(WithBytes(position, [.. before, .. body]));
        body[6] = 0;
        ForeignFiles.Refuse(new MemoryStream(WithBytes(position, [.. before, .. body])));
    }

    [Fact]
    public void Refuse_AddressesOfAnotherSize_AreNamed()
    {
        byte[] file = WithBytes(100, []);
        file[13] = 4;
        Assert.Contains("addresses of 4 and lengths of 8 bytes", Assert.Throws<ModelImportException>(() => ForeignFiles.Refuse(new MemoryStream(file))).Message);
        Assert.Contains("end within their header", Assert.Throws<ModelImportException>(() => ForeignFiles.Refuse(new MemoryStream(file[..12]))).Message);
    }

    private static void Refuses(byte[] file)
        => Assert.Contains("link to another file", Assert.Throws<ModelImportException>(() => ForeignFiles.Refuse(new MemoryStream(file))).Message);

    private static byte[] Link(byte flags, byte type)
    {
        byte[] name = Encoding.ASCII.GetBytes("kernel:0"), target = Encoding.ASCII.GetBytes("\0/etc/other.h5\0/kernel\0");
        byte[] length = new byte[1 << (flags & 3)], order = new byte[(flags & 4) != 0 ? 8 : 0], encoding = new byte[(flags & 16) != 0 ? 1 : 0];
        length[0] = (byte)name.Length;
        return [1, flags, type, .. order, .. encoding, .. length, .. name, (byte)target.Length, 0, .. target];
    }

    /// <summary>A superblock's sizes and random weights, with some bytes in the middle of them.</summary>
    private static byte[] WithBytes(int position, byte[] bytes)
    {
        byte[] file = new byte[3 * Block];
        Random random = new(5);
        for (int i = 0; i < file.Length; i += sizeof(float))
            BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(i), 4 * (random.NextSingle() - 0.5f));
        (file[8], file[13], file[14]) = (0, 8, 8);
        bytes.CopyTo(file, position);
        return file;
    }
}
