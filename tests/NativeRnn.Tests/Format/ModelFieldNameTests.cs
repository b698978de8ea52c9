using System.Buffers.Binary;
using System.Text.RegularExpressions;

namespace NativeRnn.Tests.Format;

/// <summary>
/// Whatever number stands in whatever place, and wherever a block is cut off, the refusal names a field: no message has a gap where a name
/// should be.
/// </summary>
public sealed partial class ModelFieldNameTests
{
    private static readonly byte[][] Numbers = [[0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F], [3, 0], [0xFF]];

    public static TheoryData<string> Models => ["forecaster", "words", .. SampleModels.Variants.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void Parse_AnyFieldWrong_NamesIt(string name)
    {
        byte[] file = Model(name).ToBytes();
        int refused = 0;
        int end = BlocksEnd(file);
        for (int offset = ModelFile.Magic.Length; offset < end; offset++)
        {
            foreach (byte[] number in Numbers)
            {
                byte[] edited = [.. file];
                number.CopyTo(edited, offset);
                refused += AssertNamesAField(ModelBytes.WithChecksum(edited));
            }
        }

        Assert.True(refused > end, $"{refused} of {Numbers.Length * end} files were refused.");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Parse_BlockCutOffAnywhere_NamesTheFieldThatIsMissing(string name)
    {
        byte[] file = Model(name).ToBytes();
        foreach (int field in (int[])[ModelFile.ArchitectureLengthOffset, ModelFile.RecipeLengthOffset])
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(field));
            for (uint cut = 0; cut < length; cut++)
            {
                byte[] edited = [.. file];
                BinaryPrimitives.WriteUInt32LittleEndian(edited.AsSpan(field), cut);
                AssertNamesAField(ModelBytes.WithChecksum(edited));
            }
        }
    }

    [Fact]
    public void Save_TextTooLong_NamesTheField()
    {
        string text = new('x', ushort.MaxValue + 1);
        ForecastRecipe recipe = SampleModels.Forecaster.Recipe!;
        AssertTooLong("The recipe's time column has 65536 bytes in UTF-8, but a file holds 65535 at most.", recipe with { TimeColumn = text });
        AssertTooLong("The recipe's unit has 65536 bytes in UTF-8, but a file holds 65535 at most.", recipe with { Unit = text });

        static void AssertTooLong(string message, ForecastRecipe recipe)
            => Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => SampleModels.Forecaster.WithRecipe(recipe).ToBytes()).Message);
    }

    /// <summary>A tensor of 64 bytes at a multiple of 64 has the next one right behind it.</summary>
    [Fact]
    public void ToBytes_TensorThatEndsAtAnAlignedPlace_HasNoPaddingBehindIt()
    {
        byte[] file = SampleModels.WithRandomWeights(new Architecture(16, [new Dense(1)])).ToBytes();

        Assert.Equal(64, OffsetOf(1) - OffsetOf(0));

        int OffsetOf(int tensor)
            => (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(ModelFile.HeaderLength + tensor * ModelFile.TensorEntryLength + 16));
    }

    [Fact]
    public void Architecture_LayerOfSequencesBehindASingleVector_IsRefused()
    {
        Layer[] layers = [new Reverse(), new LastStep(), new Gru(2), new Lstm(2), new SimpleRnn(2), new OutputRecurrentRnn(2, 2), new Bidirectional(new Gru(2))];
        foreach (Layer layer in layers)
            Assert.Throws<ArgumentException>(() => new Architecture(3, [new Gru(3), layer]));
        _ = new Architecture(3, [new Gru(3), new Dense(2), new Dropout(0.5f)]);
    }

    private static RnnModel Model(string name) => name switch
    {
        "forecaster" => SampleModels.Forecaster.WithRecipe(SampleModels.Forecaster.Recipe! with { MissingValue = -9999 }),
        "words" => SampleModels.WithRandomWeights(new Architecture(1, [new Embedding(4, 2), new Gru(2), new Dense(4)])).WithVocabulary(new Vocabulary(TokenKind.Words, ["<unknown>", "a", "b", "c"])),
        _ => SampleModels.WithRandomWeights(SampleModels.Variants[name]),
    };

    private static int BlocksEnd(byte[] file)
        => ModelFile.HeaderLength
            + ModelFile.TensorEntryLength * BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(ModelFile.TensorCountOffset))
            + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(ModelFile.ArchitectureLengthOffset))
            + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(ModelFile.RecipeLengthOffset));

    private static int AssertNamesAField(byte[] file)
    {
        try
        {
            RnnModel.Parse(file);
            return 0;
        }
        catch (ModelFormatException error)
        {
            Assert.False(Gap().IsMatch(error.Message), error.Message);
            return 1;
        }
    }

    /// <summary>What is left of a message when a name or a number in it is empty.</summary>
    [GeneratedRegex(@"^[:\s]|  | ,|: :|: *$|:\s*\(| for ,")]
    private static partial Regex Gap();
}
