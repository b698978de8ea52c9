using System.CommandLine;
using System.CommandLine.Parsing;

namespace NativeRnn.Trainer;

/// <summary>What every command takes.</summary>
internal static class CommonArguments
{
    public static readonly Option<string> Data = new("--data")
    {
        HelpName = "FILE",
        Description = "The measurements, CSV with a header and increasing times.",
        Required = true,
    };

    public static readonly Option<ulong?> Seed = new("--seed")
    {
        HelpName = "N",
        Description = "Takes the place of the spec's seed.",
        CustomParser = result => ReadNumber(result, minimum: 0),
    };

    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "With an error, shows where in the program it came from.",
        Recursive = true,
    };

    /// <summary>Reads a whole number; the result has an error where it is none in range.</summary>
    public static ulong? ReadNumber(ArgumentResult result, ulong minimum, ulong maximum = ulong.MaxValue)
    {
        string text = result.Tokens[0].Value;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number >= minimum && number <= maximum)
            return number;
        string range = maximum == ulong.MaxValue ? $"of at least {minimum}" : $"from {minimum} to {maximum}";
        result.AddError($"{((OptionResult)result.Parent!).Option.Name} takes a whole number {range}, but is '{text}'");
        return null;
    }

    /// <summary>Where a command writes its result.</summary>
    public static Option<string> Out(string file, string description)
        => new("--out", "-o") { HelpName = file, Description = description, Required = true };
}
