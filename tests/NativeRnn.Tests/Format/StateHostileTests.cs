using System.Buffers.Binary;

namespace NativeRnn.Tests.Format;

/// <summary>State files that were altered, by accident or with the checksum set right. The answer is a state or a <see cref="StateFormatException"/>.</summary>
public sealed class StateHostileTests
{
    private const int ChecksumLength = 4;

    private static readonly RnnModel Model = SampleModels.WithRandomWeights(new Architecture(2, [new Gru(2)]));

    private static readonly byte[] File = new RnnState(Model.Architecture, batch: 2).ToBytes(Model, [1, 2, 3]);

    [Fact]
    public void Parse_AnyBitFlipped_IsRefused()
    {
        byte[] file = [.. File];
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(ParseWithinBounds(file));
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(ParseWithinBounds(file));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parse_TruncatedToAnyLength_IsRefused(bool isLengthRight)
    {
        for (int length = 0; length < File.Length; length++)
        {
            byte[] file = File[..length];
            if (isLengthRight && length >= 12 + ChecksumLength)
            {
                BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), length);
                ModelBytes.WithChecksum(file);
            }

            Assert.False(ParseWithinBounds(file), $"{length} bytes");
        }
    }

    [Fact]
    public void Parse_EveryFieldAtItsExtremes_IsRefusedOrTheOneFileOfWhatItSays()
    {
        foreach (long extreme in (long[])[0, 1, 3, -1, int.MaxValue, int.MinValue, 0x4000_0000, Architecture.MaxSize, Architecture.MaxSize + 1])
        {
            for (int at = 0; at + sizeof(int) <= File.Length - ChecksumLength; at++)
            {
                byte[] file = [.. File];
                BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), (int)extreme);
                ParseWithinBounds(ModelBytes.WithChecksum(file));
            }
        }
    }

    private static bool ParseWithinBounds(byte[] file)
    {
        RnnState? state = null;
        byte[] attachment = [];
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            state = RnnState.Parse(Model, file, out attachment);
        }
        catch (StateFormatException)
        {
            // The other of the two right answers.
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, 2L * file.Length + (1 << 20));
        if (state is not null)
            Assert.Equal(file, state.ToBytes(Model, attachment));
        return state is not null;
    }
}
