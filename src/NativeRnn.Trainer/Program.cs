using System.Text;
using Spectre.Console;

namespace NativeRnn.Trainer;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        UTF8Encoding encoding = new(encoderShouldEmitUTF8Identifier: false);
        using StreamWriter output = new(Console.OpenStandardOutput(), encoding);
        using StreamWriter error = new(Console.OpenStandardError(), encoding);
        output.NewLine = "\n";
        error.NewLine = "\n";
        return new TrainerCommandLine(output, error, Console.IsOutputRedirected ? null : AnsiConsole.Console).Run(arguments);
    }
}
