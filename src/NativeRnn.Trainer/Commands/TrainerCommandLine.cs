using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using NativeRnn.Data;
using NativeRnn.Interop;
using NativeRnn.Training;
using Spectre.Console;

namespace NativeRnn.Trainer;

/// <summary>The commands of the tool, and how errors become messages and exit codes.</summary>
internal sealed class TrainerCommandLine
{
    private const string Program = "nativernn-trainer";
    private const int Success = 0;
    private const int BadInput = 1;
    private const int BadUsage = 2;

    private readonly RootCommand _root;
    private readonly TextWriter _output;
    private readonly TextWriter _error;

    /// <param name="output">Receives results.</param>
    /// <param name="error">Receives errors.</param>
    /// <param name="terminal">Where a progress bar can be shown, or null when the output is not a terminal.</param>
    public TrainerCommandLine(TextWriter output, TextWriter error, IAnsiConsole? terminal)
    {
        _output = output;
        _error = error;
        _root = new RootCommand(
            "Trains recurrent networks on a workstation and writes .nrnn files.\nExit codes: 0 ok, 1 bad input, 2 bad usage.")
        {
            TrainCommand.Create(output, terminal),
            EvaluateCommand.Create(output),
            TrainTextCommand.Create(output),
            EvaluateTextCommand.Create(output),
            BaselinesCommand.Create(output),
            ImportCommand.Create(output),
            ExportCommand.Create(output),
            QuantizeCommand.Create(output),
            CommonArguments.Verbose,
        };
        _root.Options.OfType<VersionOption>().Single().Action = new ShowVersion(output);
    }

    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code: 0 for success, 1 for bad input, 2 for bad usage.</returns>
    public int Run(string[] arguments)
    {
        ParseResult parsed = _root.Parse(arguments);
        if (parsed.Action is null or ParseErrorAction)
            return ReportUsage(parsed);
        try
        {
            // Ctrl+C is the training's own business, and so are exceptions.
            parsed.Invoke(new InvocationConfiguration
            {
                Output = _output,
                Error = _error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
            _output.Flush();
            return Success;
        }
        catch (Exception exception)
        {
            return Report(exception, parsed.GetValue(CommonArguments.Verbose));
        }
    }

    private int ReportUsage(ParseResult parsed)
    {
        string command = parsed.CommandResult.Command == _root ? "" : " " + parsed.CommandResult.Command.Name;
        string message = parsed.Errors.Count > 0 ? parsed.Errors[0].Message : "a command is missing";
        WriteError(message, $"{Program}{command} --help shows what there is");
        return BadUsage;
    }

    private int Report(Exception exception, bool isVerbose)
    {
        (string message, string? hint) = exception switch
        {
            InputException input => (input.Message, input.Hint),
            DataFormatException data => (data.Message, data.Hint),
            TrainingDivergedException => (exception.Message, "nothing was written"),
            SpecException or ModelFormatException or ModelImportException => (exception.Message, null),
            CheckpointException => (exception.Message, "without --resume, training starts anew and replaces the checkpoint"),
            ArgumentException or NotSupportedException or InvalidOperationException => (exception.Message, null),
            IOException or UnauthorizedAccessException => (exception.Message, null),
            OutOfMemoryException => ("there is not enough memory", null),
            _ => ($"unexpected {exception.GetType().Name}: {exception.Message}", isVerbose ? null : "--verbose shows where it came from"),
        };
        _output.Flush();
        WriteError(message, hint);
        if (isVerbose)
            _error.WriteLine(exception);
        _error.Flush();
        return BadInput;
    }

    private void WriteError(string message, string? hint)
    {
        _error.WriteLine("error: " + message.ReplaceLineEndings(" "));
        if (hint is not null)
            _error.WriteLine("hint: " + hint.ReplaceLineEndings(" "));
        _error.Flush();
    }

    private sealed class ShowVersion(TextWriter output) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            output.WriteLine($"{Program} {Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)}");
            return Success;
        }
    }
}
