using System.Text.RegularExpressions;

namespace NativeRnn.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--verbose", "--help")]
    public void Run_Help_ListsTheCommands(params string[] arguments)
    {
        CommandLineResult result = CommandLineProcess.Run(arguments);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("summary MODEL ", result.Output);
        Assert.Contains("forecast MODEL DATA [--json] ", result.Output);
        Assert.Contains("predict MODEL [--input FILE|-] [--output FILE|-] ", result.Output);
        Assert.Contains("bench MODEL [--steps N] [--pressure] [--json] ", result.Output);
    }

    [Theory]
    [InlineData("summary")]
    [InlineData("forecast")]
    [InlineData("predict")]
    [InlineData("stream")]
    [InlineData("bench")]
    public void Run_HelpOfACommand_ShowsItsUsage(string command)
    {
        CommandLineResult result = CommandLineProcess.Run(command, "--help");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains($"Usage: nativernn {command} MODEL", result.Output);
    }

    [Fact]
    public void Run_Version_ShowsInstructionSetAndVectorWidth()
    {
        CommandLineResult result = CommandLineProcess.Run("--version");

        string version = typeof(RnnModel).Assembly.GetName().Version!.ToString(3);
        string instructionSet = Environment.GetEnvironmentVariable("NATIVERNN_EXPECTED_INSTRUCTION_SET") ?? "just in time";
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Match shown = Regex.Match(result.Output, $"^nativernn {Regex.Escape(version)}, {instructionSet}, (Scalar|Vector(128|256|512))\n$");
        Assert.True(shown.Success, result.Output);
        string? width = instructionSet switch
        {
            "x86-64-v2" or "armv8-a" => "Vector128",
            "x86-64-v3" => "Vector256",
            "x86-64-v4" => "Vector512",
            _ => null,
        };
        if (width is not null)
            Assert.Equal(width, shown.Groups[1].Value);
    }

    /// <summary>A processor of 2010, or for the instruction set that it has, one of 2006; emulated.</summary>
    [Fact]
    public void Run_ProcessorWithoutTheInstructionSet_SaysWhatItLacks()
    {
        const string Emulator = "/usr/bin/qemu-x86_64-static";
        string? instructionSet = Environment.GetEnvironmentVariable("NATIVERNN_EXPECTED_INSTRUCTION_SET");
        Assert.SkipUnless(CommandLineProcess.IsPublished && instructionSet is "x86-64-v2" or "x86-64-v3" or "x86-64-v4" && File.Exists(Emulator), "needs an executable for x64 and qemu-user-static");

        CommandLineResult of2010 = CommandLineProcess.RunProgram([Emulator, "-cpu", "Westmere", .. CommandLineProcess.Command("--version")]);
        CommandLineResult of2006 = CommandLineProcess.RunProgram([Emulator, "-cpu", "Conroe", .. CommandLineProcess.Command("--version")]);

        if (instructionSet == "x86-64-v2")
            Assert.Equal((0, ""), (of2010.ExitCode, of2010.Error));
        else
            Refused(of2010);
        Refused(of2006);

        void Refused(CommandLineResult result)
        {
            Assert.Equal((1, ""), (result.ExitCode, result.Output));
            Assert.Matches($"^error: this nativernn is for processors with [^ ]+ \\({instructionSet}\\), which this one lacks\n", result.Error);
        }
    }

    [Theory]
    [InlineData("a command is missing")]
    [InlineData("there is no command 'sumary'", "sumary", "m.nrnn")]
    [InlineData("unknown option '--jason'", "--jason")]
    [InlineData("MODEL is missing", "summary")]
    [InlineData("DATA is missing", "forecast", "m.nrnn")]
    [InlineData("unexpected argument 'b.csv'", "forecast", "m.nrnn", "a.csv", "b.csv")]
    [InlineData("unknown option '--jason'", "forecast", "m.nrnn", "a.csv", "--jason")]
    [InlineData("unknown option '--json'", "summary", "m.nrnn", "--json")]
    [InlineData("--json takes no value, but has 'yes'", "forecast", "m.nrnn", "a.csv", "--json=yes")]
    [InlineData("--json is given twice", "forecast", "m.nrnn", "--json", "a.csv", "--json")]
    [InlineData("--input needs a value: --input FILE|-", "predict", "m.nrnn", "--input")]
    public void Run_BadUsage_SaysWhatAndHints(string expected, params string[] arguments)
    {
        CommandLineResult result = CommandLineProcess.Run(arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        string[] lines = result.Error.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Equal("error: " + expected, lines[0]);
        Assert.StartsWith("hint: nativernn ", lines[1]);
        Assert.Contains("--help", lines[1]);
    }
}
