namespace NativeRnn.Cli;

/// <summary><c>generate MODEL [--prompt TEXT] [--length N] [--temperature T] [--top-k K] [--seed S]</c>: text written by a network.</summary>
internal static class GenerateCommand
{
    private const string Name = "generate";
    private const int DefaultLength = 400;

    private static readonly Option Prompt = new("--prompt", "TEXT", "What the text begins with; without it, the vocabulary's first symbol.");
    private static readonly Option Length = new("--length", "N", $"Symbols to write behind the prompt; {DefaultLength} unless told.");
    private static readonly Option Temperature = new("--temperature", "T", "Below 1 more likely, above 1 more daring, 0 always the most likely symbol; 1 unless told.");
    private static readonly Option TopK = new("--top-k", "K", "Draws among the K most likely symbols; all unless told.");
    private static readonly Option Seed = new("--seed", "S", "The same seed gives the same text on every machine; 0 unless told.");

    public static Command Create() => new(
        Name,
        "Writes text with a model that has a vocabulary, one symbol after another.",
        [ModelOperand.Model],
        [Prompt, Length, Temperature, TopK, Seed],
        Run);

    private static void Run(ParsedArguments arguments, TextWriter output)
    {
        int length = arguments.WholeNumber(Length, 0, int.MaxValue, Name) ?? DefaultLength;
        SamplingOptions options = new()
        {
            Temperature = ReadTemperature(arguments),
            TopK = arguments.WholeNumber(TopK, 1, int.MaxValue, Name),
            Seed = ReadSeed(arguments),
        };
        string path = arguments.Operand(ModelOperand.Model.Name);
        RnnModel model = RnnModel.Load(path);
        if (model.Vocabulary is not Vocabulary vocabulary)
            throw new InputException($"{path} has no vocabulary, so it cannot write text");

        int[] prompt = arguments[Prompt.Name] is string text ? Encode(vocabulary, text) : [0];
        bool hasPrompt = arguments[Prompt.Name] is not null;
        using SymbolGenerator generator = new(model, options);
        if (hasPrompt)
            output.Write(vocabulary.Decode(prompt));
        using IEnumerator<int> symbols = generator.Generate(prompt).GetEnumerator();
        for (int i = 0; i < length && symbols.MoveNext(); i++)
            output.Write(vocabulary.Piece(symbols.Current, isFirst: i == 0 && !hasPrompt));

        output.WriteLine();
    }

    private static int[] Encode(Vocabulary vocabulary, string text)
    {
        int[] symbols;
        try
        {
            symbols = vocabulary.Encode(text);
        }
        catch (FormatException exception)
        {
            throw new InputException($"{Prompt.Name}: {exception.Message}");
        }

        return symbols.Length > 0 ? symbols : throw new InputException($"{Prompt.Name}: '{text}' has no symbol");
    }

    private static float ReadTemperature(ParsedArguments arguments)
    {
        if (arguments[Temperature.Name] is not string text)
            return 1;
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value >= 0 && float.IsFinite(value)
            ? value
            : throw new UsageException($"{Temperature.Name} takes a number of at least 0, but is '{text}'", Name);
    }

    private static ulong ReadSeed(ParsedArguments arguments)
    {
        if (arguments[Seed.Name] is not string text)
            return 0;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : throw new UsageException($"{Seed.Name} takes a whole number of at least 0, but is '{text}'", Name);
    }
}
