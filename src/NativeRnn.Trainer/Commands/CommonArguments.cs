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

    /// <summary>Where the rows that are forecast begin.</summary>
    public static Option<string?> From() => Bound("--from", "The first row or time that may be forecast.");

    /// <summary>Where they end.</summary>
    public static Option<string?> To() => Bound("--to", "The first row or time after --from that may not.");

    /// <summary>The range that the values of these options stand for.</summary>
    public static ForecastRange Range(string data, string? from, string? to)
        => new(data, from is null ? null : RowBound.TryParse(from), to is null ? null : RowBound.TryParse(to));

    private static Option<string?> Bound(string name, string description)
    {
        Option<string?> option = new(name) { HelpName = "ROW|TIME", Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is string text && RowBound.TryParse(text) is null)
                result.AddError($"{name} takes {RowBound.Forms}, but is '{text}'");
        });
        return option;
    }
}
