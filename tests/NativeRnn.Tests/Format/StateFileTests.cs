using System.Buffers.Binary;

namespace NativeRnn.Tests.Format;

/// <summary>The state file as STATE.md has it: to the byte, and refused when anything in it is not as it says.</summary>
public sealed class StateFileTests : IDisposable
{
    private const int Size = 3;
    private static readonly byte[] Attachment = [7, 0, 255, 9, 1];
    private static readonly RnnModel Model = Create(new Gru(Size));

    private readonly string _directory = Directory.CreateTempSubdirectory("nrnn-tests-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void ToBytes_TwoSequences_AreThoseOfTheSpecification()
    {
        byte[] file = State().ToBytes(Model, Attachment);

        byte[] expected = new byte[28 + 2 * Size * 4 + Attachment.Length + 4];
        "NRST"u8.CopyTo(expected);
        Number(4, 1);
        Number(8, (uint)expected.Length);
        Number(12, BinaryPrimitives.ReadUInt32LittleEndian(Model.ToBytes().AsSpan()[^4..]));
        Number(16, 2);
        Number(20, Size);
        Number(24, (uint)Attachment.Length);
        for (int i = 0; i < 2 * Size; i++)
            BinaryPrimitives.WriteSingleLittleEndian(expected.AsSpan(28 + 4 * i), State().Values[i]);
        Attachment.CopyTo(expected, 28 + 2 * Size * 4);
        Assert.Equal(ModelBytes.WithChecksum(expected), file);

        void Number(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(offset), value);
    }

    [Fact]
    public void Parse_WhatWasWritten_GivesItBack()
    {
        var state = RnnState.Parse(Model, State().ToBytes(Model, Attachment), out byte[] attachment);

        Assert.Equal((2, Size), (state.Batch, state.Size));
        Assert.Equal(State().Values.ToArray(), state.Values.ToArray());
        Assert.Equal(Attachment, attachment);
        RnnState.Parse(Model, new RnnState(Model.Architecture).ToBytes(Model), out byte[] none);
        Assert.Empty(none);
    }

    /// <summary>A network without a state has a file too; any number of sequences fits it, and one does for all.</summary>
    [Fact]
    public void Parse_NetworkWithoutState_GivesOneSequence()
    {
        RnnModel model = Create(new Dense(2));
        byte[] file = new RnnState(model.Architecture, batch: 5).ToBytes(model);

        Assert.Equal((1, 0), (RnnState.Parse(model, file, out _).Batch, RnnState.Parse(model, file, out _).Size));
    }

    [Fact]
    public void Parse_AnyBitFlipped_IsRefused()
    {
        byte[] file = State().ToBytes(Model, Attachment);
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            byte[] damaged = [.. file];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<StateFormatException>(() => RnnState.Parse(Model, damaged, out _));
        }
    }

    [Theory]
    [InlineData(0, "this is not a state file: it does not begin with NRST")]
    [InlineData(3, "this is not a state file: it does not begin with NRST")]
    [InlineData(4, "32 bytes or more expected, found 4; the file is cut off")]
    [InlineData(31, "32 bytes or more expected, found 31; the file is cut off")]
    [InlineData(32, "61 bytes expected, found 32; the file is damaged")]
    [InlineData(60, "61 bytes expected, found 60; the file is damaged")]
    public void Load_CutOff_SaysSoAndNamesThePath(int length, string message)
    {
        string path = Path.Combine(_directory, "state");
        File.WriteAllBytes(path, State().ToBytes(Model, Attachment)[..length]);

        StateFormatException error = Assert.Throws<StateFormatException>(() => RnnState.Load(path, Model, out _));

        Assert.Equal($"{path}: {message}", error.Message);
    }

    [Theory]
    [InlineData("4:02", "version 1 expected, found 2")]
    [InlineData("12:00000000", "the state is of another model, one with checksum 0x00000000; this one's is 0x")]
    [InlineData("16:00", "at least 1 sequence of 3 values expected, found 0 of 3")]
    [InlineData("20:02", "at least 1 sequence of 3 values expected, found 2 of 2")]
    [InlineData("16:03", "3 sequences of 3 values and 5 bytes more do not make 61 bytes")]
    [InlineData("16:FFFFFFFF", "4294967295 sequences of 3 values and 5 bytes more do not make 61 bytes")]
    [InlineData("16:01 24:11", "")]
    [InlineData("24:04", "2 sequences of 3 values and 4 bytes more do not make 61 bytes")]
    [InlineData("24:FFFFFFFF", "2 sequences of 3 values and 4294967295 bytes more do not make 61 bytes")]
    public void Parse_WrongField_IsRefusedNamingIt(string edits, string message)
    {
        byte[] file = ModelBytes.Edited(State().ToBytes(Model, Attachment), edits);
        if (message.Length == 0)
        {
            Assert.Equal(17, RnnState.Parse(Model, file, out byte[] attachment).Size == Size ? attachment.Length : 0);
            return;
        }

        Assert.StartsWith(message, Assert.Throws<StateFormatException>(() => RnnState.Parse(Model, file, out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_WrongChecksum_NamesBoth()
    {
        byte[] file = State().ToBytes(Model, Attachment);
        uint computed = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan()[^4..]);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan()[^4..], 5);

        Assert.Equal(
            $"checksum 0x{computed:x8} expected for these contents, found 0x00000005; the file is damaged",
            Assert.Throws<StateFormatException>(() => RnnState.Parse(Model, file, out _)).Message);
    }

    [Fact]
    public void ToBytes_OfAnotherNetwork_NamesBothSizes()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => State().ToBytes(Create(new Lstm(Size))));

        Assert.StartsWith("The network's state has 6 values a sequence, but the one given has 3.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_NullOrEmpty_AreRefused()
    {
        Assert.Throws<ArgumentNullException>(() => State().ToBytes(null!));
        Assert.Throws<ArgumentNullException>(() => RnnState.Parse(null!, State().ToBytes(Model), out _));
        Assert.Throws<ArgumentException>(() => State().Save("", Model));
        Assert.Throws<ArgumentException>(() => RnnState.Load("", Model, out _));
    }

    /// <summary>A temporary file that a killed process left does not stand in the way, and none is left.</summary>
    [Fact]
    public void Save_OverWhatIsThere_LeavesTheFileAlone()
    {
        string path = Path.Combine(_directory, "state");
        File.WriteAllText(path, "old");
        File.WriteAllText(path + ".tmp", "left by a process that was killed, longer than the whole of the file that is to be written here");

        State().Save(path, Model, Attachment);

        Assert.Equal(State().ToBytes(Model, Attachment), File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
        Assert.Equal(State().Values.ToArray(), RnnState.Load(path, Model, out byte[] attachment).Values.ToArray());
        Assert.Equal(Attachment, attachment);
    }

    [Fact]
    public void Save_MissingFolder_NamesThePath()
    {
        string path = Path.Combine(_directory, "missing", "state");

        Assert.StartsWith($"Cannot write '{path}'", Assert.Throws<IOException>(() => State().Save(path, Model)).Message, StringComparison.Ordinal);
    }

    private static RnnState State()
    {
        RnnState state = new(Model.Architecture, batch: 2);
        float[] values = [0.5f, -1, float.Epsilon, -0f, 1e30f, 3];
        values.CopyTo(state.Values);
        return state;
    }

    private static RnnModel Create(Layer layer)
    {
        Architecture architecture = new(2, [layer]);
        return new RnnModel(architecture, architecture.Parameters.ToDictionary(shape => shape.Name, shape => new float[shape.Count]));
    }
}
