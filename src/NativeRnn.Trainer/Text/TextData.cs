namespace NativeRnn.Trainer;

/// <summary>A text as symbols, cut where the held-out part begins.</summary>
internal sealed record TextData(Vocabulary Vocabulary, int[] Training, int[] HeldOut)
{
    /// <summary>Reads a text with a vocabulary made from it: all its characters in their order, or the most frequent words of the training part.</summary>
    /// <exception cref="InputException">The text has too few symbols.</exception>
    public static TextData Read(string path, TextSpec spec)
    {
        string text = File.ReadAllText(path);
        int cut = Cut(text.Length, spec.HeldOut);
        IEnumerable<string> symbols = spec.Tokens == TokenKind.Characters
            ? Vocabulary.Split(spec.Tokens, text).Distinct().Order(StringComparer.Ordinal)
            : Vocabulary.Split(spec.Tokens, text[..cut])
                .CountBy(word => word)
                .OrderByDescending(word => word.Value)
                .ThenBy(word => word.Key, StringComparer.Ordinal)
                .Select(word => word.Key)
                .Prepend("<unknown>");
        string[] kept = [.. symbols.Take(spec.VocabularySize)];
        if (kept.Length < 2)
            throw new InputException($"{path} has fewer than two different symbols");
        return Split(new Vocabulary(spec.Tokens, kept), text, cut);
    }

    /// <summary>Reads a text with a model's vocabulary.</summary>
    /// <exception cref="FormatException">The text has a character that the vocabulary lacks.</exception>
    public static TextData Read(string path, Vocabulary vocabulary, double heldOut)
    {
        string text = File.ReadAllText(path);
        return Split(vocabulary, text, Cut(text.Length, heldOut));
    }

    private static int Cut(int length, double heldOut) => (int)(length * (1 - heldOut));

    private static TextData Split(Vocabulary vocabulary, string text, int cut)
        => new(vocabulary, vocabulary.Encode(text[..cut]), vocabulary.Encode(text[cut..]));
}
