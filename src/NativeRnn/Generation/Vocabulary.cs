using System.Text;

namespace NativeRnn;

/// <summary>What a symbol of a text is.</summary>
public enum TokenKind
{
    /// <summary>A Unicode character (code point).</summary>
    Characters = 1,

    /// <summary>
    /// A run of letters, digits and apostrophes, in lower case, or any other character but white space by itself. Symbol 0 stands for all
    /// words that the vocabulary lacks.
    /// </summary>
    Words = 2,
}

/// <summary>The symbols of a text by number, kept in the weight file. Immutable.</summary>
public sealed class Vocabulary
{
    /// <summary>The largest number of symbols.</summary>
    public const int MaxSymbols = 1 << 14;

    private readonly string[] _symbols;
    private readonly Dictionary<string, int> _numbers;

    /// <summary>Creates a vocabulary.</summary>
    /// <param name="kind">What a symbol is.</param>
    /// <param name="symbols">The symbols by number; no two are the same.</param>
    /// <exception cref="ArgumentException">The symbols are too few, too many, not different or not of the kind.</exception>
    public Vocabulary(TokenKind kind, IReadOnlyList<string> symbols)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        if (kind is not (TokenKind.Characters or TokenKind.Words))
            throw new ArgumentException($"There is no kind of symbols {(int)kind}.", nameof(kind));
        if (symbols.Count is < 2 or > MaxSymbols)
            throw new ArgumentException($"A vocabulary has 2 to {MaxSymbols} symbols, but {symbols.Count} were given.", nameof(symbols));
        Kind = kind;
        _symbols = [.. symbols];
        _numbers = new Dictionary<string, int>(_symbols.Length);
        for (int i = 0; i < _symbols.Length; i++)
        {
            string symbol = _symbols[i];
            if (kind == TokenKind.Characters ? !IsCharacter(symbol) : string.IsNullOrEmpty(symbol) || Array.Exists(symbol.ToCharArray(), IsSeparator))
                throw new ArgumentException($"Symbol {i}, '{symbol}', is not {(kind == TokenKind.Characters ? "one character" : "a word")}.", nameof(symbols));
            if (!_numbers.TryAdd(symbol, i))
                throw new ArgumentException($"Symbol {i}, '{symbol}', is the same as symbol {_numbers[symbol]}.", nameof(symbols));
        }
    }

    /// <summary>What a symbol is.</summary>
    public TokenKind Kind { get; }

    /// <summary>The number of symbols.</summary>
    public int Count => _symbols.Length;

    /// <summary>The symbols by number.</summary>
    public IReadOnlyList<string> Symbols => _symbols;

    /// <summary>The symbols of a text.</summary>
    /// <param name="kind">What a symbol is.</param>
    /// <param name="text">The text.</param>
    public static IEnumerable<string> Split(TokenKind kind, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return kind == TokenKind.Characters ? SplitCharacters(text) : SplitWords(text);
    }

    /// <summary>Turns a text into symbols.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text has a character that the vocabulary lacks.</exception>
    public int[] Encode(string text)
    {
        List<int> numbers = [];
        foreach (string symbol in Split(Kind, text))
            numbers.Add(NumberOf(symbol));
        return [.. numbers];
    }

    /// <summary>Turns symbols into a text: words with a blank between them, but none before a mark.</summary>
    /// <param name="symbols">Their numbers.</param>
    public string Decode(IEnumerable<int> symbols)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        StringBuilder text = new();
        foreach (int symbol in symbols)
            text.Append(Piece(symbol, isFirst: text.Length == 0));
        return text.ToString();
    }

    /// <summary>What a symbol adds to a text.</summary>
    /// <param name="symbol">Its number.</param>
    /// <param name="isFirst">Whether the text begins with it.</param>
    public string Piece(int symbol, bool isFirst)
    {
        string text = _symbols[symbol];
        return Kind == TokenKind.Words && !isFirst && (symbol == 0 || IsWordPart(text[0])) ? " " + text : text;
    }

    internal void ValidateFor(Architecture architecture)
    {
        if (architecture.Layers[0].Layer is not Embedding embedding)
            throw new ArgumentException("A vocabulary needs a network that begins with an embedding.");
        if (embedding.Symbols != Count)
            throw new ArgumentException($"The vocabulary has {Count} symbols, but the network's embedding {embedding.Symbols}.");
    }

    private int NumberOf(string symbol)
    {
        if (_numbers.TryGetValue(symbol, out int number))
            return number;
        return Kind == TokenKind.Words ? 0 : throw new FormatException($"The model's vocabulary has no character '{symbol}'.");
    }

    private static IEnumerable<string> SplitCharacters(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
            yield return rune.ToString();
    }

    private static IEnumerable<string> SplitWords(string text)
    {
        int at = 0;
        while (at < text.Length)
        {
            int start = at++;
            if (IsSeparator(text[start]))
                continue;
            while (IsWordPart(text[start]) && at < text.Length && IsWordPart(text[at]))
                at++;
            yield return text[start..at].ToLowerInvariant();
        }
    }

    private static bool IsCharacter(string symbol)
        => !string.IsNullOrEmpty(symbol) && Rune.TryGetRuneAt(symbol, 0, out Rune rune) && rune.Utf16SequenceLength == symbol.Length;

    private static bool IsWordPart(char letter) => char.IsLetterOrDigit(letter) || letter == '\'';

    private static bool IsSeparator(char letter) => char.IsWhiteSpace(letter) || char.IsControl(letter);
}
