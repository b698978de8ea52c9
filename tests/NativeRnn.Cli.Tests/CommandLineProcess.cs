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

    /// <summary>What takes longer hangs: far more than the slowest machine needs, however busy it is.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Whether a NativeAOT executable is tested, without an emulator: only there are memory and speed those of the product.</summary>
    public static bool IsPublished => Executable is not null && Launcher.Length == 0;

    private static string? Executable => Environment.GetEnvironmentVariable(ExecutableVariable);

    private static string[] Launcher => Environment.GetEnvironmentVariable(LauncherVariable)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    public static CommandLineResult Run(params string[] arguments) => RunWithInput("", arguments);

    public static CommandLineResult RunWithInput(string input, params string[] arguments) => RunProgram(Command(arguments), input);

    /// <summary>Runs a program that may run the command line in its turn.</summary>
    public static CommandLineResult RunProgram(string[] command, string input = "")
    {
        using Process process = StartProgram(command);
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

        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            Assert.Fail("The command line does not end.");
        }

        return new CommandLineResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts it, to be talked to.</summary>
    public static Process Start(params string[] arguments) => StartProgram(Command(arguments));

    /// <summary>The program to start, and its arguments.</summary>
    public static string[] Command(params string[] arguments) =>
    [
        .. Launcher,
        .. Executable is { } executable ? [executable] : (string[])["dotnet", Path.Combine(AppContext.BaseDirectory, "NativeRnn.Cli.dll")],
        .. arguments,
    ];

    private static Process StartProgram(string[] command) => Process.Start(new ProcessStartInfo(command[0], command[1..])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
