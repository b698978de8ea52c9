using NativeRnn.Tests.Format;

namespace NativeRnn.Tests.Generation;

public sealed class VocabularyTests
{
    private static readonly RnnModel Reader = SampleModels.WithRandomWeights(new Architecture(1, [new Embedding(3, 2), new Dense(3)]));

    [Fact]
    public void Encode_Characters_AreCodePoints()
    {
        Vocabulary vocabulary = new(TokenKind.Characters, ["a", "\n", "\U0001F600"]);

        Assert.Equal([0, 2, 1], vocabulary.Encode("a\U0001F600\n"));
        Assert.Equal("a\U0001F600\n", vocabulary.Decode([0, 2, 1]));
        Assert.Contains("'b'", Assert.Throws<FormatException>(() => vocabulary.Encode("ab")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_Words_AreLowerCaseAndUnknownOnesAreZero()
    {
        Vocabulary vocabulary = new(TokenKind.Words, ["<unknown>", "don't", ",", "go"]);

        int[] symbols = vocabulary.Encode("Don't, please,  GO");

        Assert.Equal([1, 2, 0, 2, 3], symbols);
        Assert.Equal("don't, <unknown>, go", vocabulary.Decode(symbols));
    }

    [Fact]
    public void File_RoundTrip_KeepsTheVocabularyToTheByte()
    {
        RnnModel model = Reader.WithVocabulary(new Vocabulary(TokenKind.Words, ["<unknown>", "ä", "b"]));

        byte[] file = model.ToBytes();

        Assert.Equal(["<unknown>", "ä", "b"], RnnModel.Parse(file).Vocabulary!.Symbols);
        Assert.Equal(file, RnnModel.Parse(file).ToBytes());
    }

    /// <summary>The vocabulary begins behind header, table of three tensors and architecture; kind, count, then "a", "b", "c".</summary>
    [Theory]
    [InlineData("0:03", "no kind of symbols 3")]
    [InlineData("2:04", "symbol 3")]
    [InlineData("2:02", "12 bytes expected")]
    [InlineData("2:01", "must be from 2")]
    [InlineData("2:FFFFFFFF", "must be from 2")]
    [InlineData("11:61", "is the same as symbol 0")]
    [InlineData("6:0000", "bytes expected for symbol 1")]
    [InlineData("8:FF", "UTF-8")]
    public void Parse_HostileVocabulary_IsRefused(string edit, string expected)
    {
        byte[] file = Reader.WithVocabulary(new Vocabulary(TokenKind.Characters, ["a", "b", "c"])).ToBytes();
        int start = 32 + 24 * BitConverter.ToInt32(file, 24) + BitConverter.ToInt32(file, 16);
        string[] parts = edit.Split(':');
        string moved = $"{start + int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)}:{parts[1]}";

        ModelFormatException error = Assert.Throws<ModelFormatException>(() => RnnModel.Parse(ModelBytes.Edited(file, moved)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AnotherNumberOfSymbolsThanTheEmbedding_IsRefused()
    {
        Vocabulary two = new(TokenKind.Characters, ["a", "b"]);

        Assert.Throws<ArgumentException>(() => Reader.WithVocabulary(two));
        Assert.Throws<ArgumentException>(() => SampleModels.Line.WithVocabulary(two));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "")]
    [InlineData("a", "bc")]
    [InlineData("a", "\uD800")]
    public void Constructor_BadCharacters_AreRefused(string first, string second)
        => Assert.Throws<ArgumentException>(() => new Vocabulary(TokenKind.Characters, [first, second]));

    [Fact]
    public void Constructor_BadWordsOrCounts_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new Vocabulary(TokenKind.Words, ["a", "b c"]));
        Assert.Throws<ArgumentException>(() => new Vocabulary(TokenKind.Words, ["a"]));
        Assert.Throws<ArgumentException>(
            () => new Vocabulary(TokenKind.Words, [.. Enumerable.Range(0, Vocabulary.MaxSymbols + 1).Select(i => $"w{i}")]));
    }
}
