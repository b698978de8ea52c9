using System.Text;

namespace NativeRnn.Cli;

internal static class Program
{
    private static readonly Command[] Commands =
    [
        SummaryCommand.Create(), ForecastCommand.Create(), PredictCommand.Create(), StreamCommand.Create(),
        GenerateCommand.Create(), BenchCommand.Create(),
    ];

    private static int Main(string[] arguments)
    {
        UTF8Encoding encoding = new(encoderShouldEmitUTF8Identifier: false);
        using StreamWriter output = new(StandardStreams.OpenOutput(), encoding, bufferSize: 1 << 16);
        using StreamWriter error = new(StandardStreams.OpenError(), encoding);
        output.NewLine = "\n";
        error.NewLine = "\n";
        return new CommandLine("nativernn", "Runs recurrent networks from .nrnn files.", Commands).Run(arguments, output, error);
    }
}
