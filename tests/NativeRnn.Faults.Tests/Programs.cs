namespace NativeRnn.Faults.Tests;

/// <summary>How a run of a program ended.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error);

/// <summary>The project's programs, run as processes.</summary>
internal static class Programs
{
    public const string Device = "NativeRnn.Cli.dll";
    public const string Trainer = "nativernn-trainer.dll";
    public const string Soak = "NativeRnn.Soak.dll";

    public static string Beside(string name) => Path.Combine(AppContext.BaseDirectory, name);

    public static Process Start(string program, params string[] arguments)
        => Process.Start(new ProcessStartInfo("dotnet", [Beside(program), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    public static ProgramResult Run(string program, string input, params string[] arguments)
    {
        using Process process = Start(program, arguments);
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

        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            process.Kill();
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end within five minutes.");
        }

        return new ProgramResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>SIGKILL, which no program can catch.</summary>
    public static void Kill(Process process)
    {
        process.Kill();
        process.WaitForExit();
        Assert.Equal(128 + 9, process.ExitCode);
    }
}
