using NativeRnn.Data;
using NativeRnn.Kernels;

namespace NativeRnn.Cli;

/// <summary>
/// Selects and runs a command, prints help and turns exceptions into messages and exit codes. A few dozen lines of our own in the
/// place of System.CommandLine 3.0.0, which makes the executable 1.2 MB larger and so alone breaks its limit of 2.5 MB.
/// </summary>
internal sealed class CommandLine(string program, string description, Command[] commands)
{
    private const int Success = 0;
    private const int BadInput = 1;
    private const int BadUsage = 2;

    private static readonly Option Help = new("--help", null, "Shows this help.");
    private static readonly Option Verbose = new(
        "--verbose", null, "With an error, shows its type, causes and, unless compiled ahead of time, stack trace.");
    private static readonly Option Version = new("--version", null, "Shows the version, the instruction set compiled for and the vector width in use.");
    private static readonly Option[] CommonOptions = [Verbose, Help];

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code: 0 for success, 1 for bad input, 2 for bad usage.</returns>
    public int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        try
        {
            Dispatch(arguments, output);
            output.Flush();
            return Success;
        }
        catch (Exception exception)
        {
            return Report(exception, arguments.Contains(Verbose.Name), output, error);
        }
    }

    private void Dispatch(string[] arguments, TextWriter output)
    {
        int first = Array.FindIndex(arguments, argument => argument != Verbose.Name);
        if (first < 0)
            throw new UsageException("a command is missing");
        string word = arguments[first];
        string[] rest = arguments[(first + 1)..];
        if (IsHelp(word))
        {
            WriteHelp(output);
            return;
        }

        if (word == Version.Name)
        {
            WriteVersion(output);
            return;
        }

        Command command = Array.Find(commands, command => command.Name == word)
            ?? throw new UsageException(word.StartsWith('-') ? $"unknown option '{word}'" : $"there is no command '{word}'");
        int operands = Array.IndexOf(rest, "--");
        if (Array.FindIndex(rest, 0, operands < 0 ? rest.Length : operands, IsHelp) >= 0)
            WriteHelp(command, output);
        else
            command.Run(ParsedArguments.Parse(command, rest, CommonOptions), output);
    }

    private void WriteVersion(TextWriter output)
    {
        object compiledFor = AppContext.GetData("NativeRnn.InstructionSet") ?? "just in time";
        output.WriteLine(
            $"{program} {AppContext.GetData("NativeRnn.Version")}, {compiledFor}, {VectorWidths.Resolve(VectorWidth.Auto)}");
    }

    private static bool IsHelp(string argument) => argument is "--help" or "-h" or "-?";

    private int Report(Exception exception, bool isVerbose, TextWriter output, TextWriter error)
    {
        try
        {
            // What was computed before the error is not lost.
            output.Flush();
        }
        catch (IOException)
        {
            // The reader of the output is gone; there is still the error to report.
        }

        (string message, string? hint) = exception switch
        {
            UsageException { Command: null } usage => (usage.Message, $"{program} --help shows what there is"),
            UsageException usage => (usage.Message, $"{program} {usage.Command} --help shows what there is"),
            InputException input => (input.Message, input.Hint),
            DataFormatException data => (data.Message, data.Hint),
            ModelFormatException or StateFormatException or ArgumentException or NotSupportedException => (exception.Message, null),
            IOException or UnauthorizedAccessException => (exception.Message, null),
            OutOfMemoryException => ("there is not enough memory", null),
            _ => ($"unexpected {exception.GetType().Name}: {exception.Message}", isVerbose ? null : "--verbose shows more"),
        };
        error.WriteLine("error: " + OneLine(message));
        if (hint is not null)
            error.WriteLine("hint: " + OneLine(hint));
        if (isVerbose)
            error.WriteLine(exception);
        error.Flush();
        return exception is UsageException ? BadUsage : BadInput;
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");

    private void WriteHelp(TextWriter output)
    {
        output.WriteLine(description);
        output.WriteLine();
        output.WriteLine($"Usage: {program} COMMAND ...");
        output.WriteLine();
        output.WriteLine("Commands:");
        WriteList(output, Array.ConvertAll(commands, command => (Syntax(command), command.Description)));
        output.WriteLine();
        output.WriteLine("Options:");
        WriteList(
            output,
            [
                (Help.Name, "Shows this help, or after a command the command's."),
                (Version.Name, Version.Description),
                (Verbose.Name, Verbose.Description),
            ]);
        output.WriteLine();
        output.WriteLine("Exit codes: 0 ok, 1 bad input, 2 bad usage.");
    }

    private void WriteHelp(Command command, TextWriter output)
    {
        output.WriteLine(command.Description);
        output.WriteLine();
        output.WriteLine($"Usage: {program} {Syntax(command)}");
        output.WriteLine();
        WriteList(
            output,
            [
                .. Array.ConvertAll(command.Operands, operand => (operand.Name, operand.Description)),
                .. Array.ConvertAll([.. command.Options, .. CommonOptions], option => (Syntax(option), option.Description)),
            ]);
        if (command.Details is not null)
        {
            output.WriteLine();
            output.WriteLine(command.Details);
        }
    }

    private static string Syntax(Command command) => string.Join(
        ' ',
        [
            command.Name,
            .. Array.ConvertAll(command.Operands, operand => operand.Name),
            .. Array.ConvertAll(command.Options, option => $"[{Syntax(option)}]"),
        ]);

    private static string Syntax(Option option) => option.Value is null ? option.Name : $"{option.Name} {option.Value}";

    private static void WriteList(TextWriter output, (string Term, string Description)[] entries)
    {
        int width = 0;
        foreach ((string term, _) in entries)
            width = Math.Max(width, term.Length);
        foreach ((string term, string text) in entries)
            output.WriteLine($"  {term.PadRight(width)}  {text}");
    }
}
