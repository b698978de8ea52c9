namespace NativeRnn;

/// <summary>The vocabulary in a file, which stands in the place of a recipe.</summary>
internal static class VocabularyBlock
{
    /// <exception cref="InvalidOperationException">The vocabulary is beyond the format's limits.</exception>
    public static void Write(Vocabulary vocabulary, BlockWriter writer)
    {
        writer.UInt16((ushort)vocabulary.Kind);
        writer.UInt32((uint)vocabulary.Count);
        for (int i = 0; i < vocabulary.Count; i++)
            writer.String(vocabulary.Symbols[i], $"vocabulary's symbol {i}");
        if (writer.Written.Length > ModelFile.MaxVocabularyLength)
        {
            throw new InvalidOperationException(
                $"The vocabulary takes {writer.Written.Length} bytes, but a file holds {ModelFile.MaxVocabularyLength} at most.");
        }
    }

    public static Vocabulary Read(ref BlockReader reader)
    {
        long start = reader.Offset;
        ushort kind = reader.UInt16("kind");
        // An empty symbol has a length of two bytes.
        int largest = Math.Min(Vocabulary.MaxSymbols, (reader.Remaining - sizeof(uint)) / sizeof(ushort));
        var symbols = new string[reader.Between(2, largest, "symbol count")];
        for (int i = 0; i < symbols.Length; i++)
            symbols[i] = reader.String($"symbol {i}");
        reader.End();
        try
        {
            return new Vocabulary((TokenKind)kind, symbols);
        }
        catch (ArgumentException exception)
        {
            string message = exception.Message.Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal);
            throw reader.Error(message, start, exception);
        }
    }
}
