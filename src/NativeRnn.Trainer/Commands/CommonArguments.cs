using System.CommandLine;

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

    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "With an error, shows where in the program it came from.",
        Recursive = true,
    };

    /// <summary>Where a command writes its result.</summary>
    public static Option<string> Out(string file, string description)
        => new("--out", "-o") { HelpName = file, Description = description, Required = true };
}
