using System.Diagnostics;

namespace NativeRnn.Cli.Tests;

/// <summary>What a run of the command line gave.</summary>
internal sealed record CommandLineResult(int ExitCode, string Output, string Error);

/// <summary>Runs the built command line as a process of its own.</summary>
internal static class CommandLineProcess
{
    /// <summary>Names another executable to test, such as a published one; without it the one beside the tests runs.</summary>
    private const string ExecutableVariable = "NATIVERNN_EXECUTABLE";

    /// <summary>What runs that executable, a program and its arguments separated by spaces: an emulator for one of another processor.</summary>
    private const string LauncherVariable = "NATIVERNN_LAUNCHER";

    public static CommandLineResult Run(params string[] arguments) => RunWithInput("", arguments);

    public static CommandLineResult RunWithInput(string input, params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input.
        }

        if (!process.WaitForExit(TimeSpan.FromMinutes(1)))
        {
            process.Kill();
            Assert.Fail("The command line did not end within a minute.");
        }

        return new CommandLineResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts it, to be talked to.</summary>
    public static Process Start(params string[] arguments)
    {
        string? executable = Environment.GetEnvironmentVariable(ExecutableVariable);
        string[] launcher = Environment.GetEnvironmentVariable(LauncherVariable)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        string[] command =
        [
            .. launcher,
            .. executable is null ? ["dotnet", Path.Combine(AppContext.BaseDirectory, "NativeRnn.Cli.dll")] : (string[])[executable],
            .. arguments,
        ];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
