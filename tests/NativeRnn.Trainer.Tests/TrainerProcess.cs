using System.Diagnostics;

namespace NativeRnn.Trainer.Tests;

/// <summary>What a run of the tool gave.</summary>
internal sealed record TrainerResult(int ExitCode, string Output, string Error);

/// <summary>Runs the built tool as a process of its own.</summary>
internal static class TrainerProcess
{
    public static TrainerResult Run(params string[] arguments) => Finish(Start(arguments), "");

    /// <summary>Runs the tool and sends it Ctrl+C once a line of its output has a given beginning.</summary>
    public static TrainerResult RunAndInterrupt(string lineStart, params string[] arguments)
    {
        Process process = Start(arguments);
        string seen = "";
        while (process.StandardOutput.ReadLine() is string line)
        {
            seen += line + "\n";
            if (line.StartsWith(lineStart, StringComparison.Ordinal))
            {
                using Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
                kill.WaitForExit();
                break;
            }
        }

        return Finish(process, seen);
    }

    /// <summary>Runs the tool and kills it a while after the first line of its output that has a given beginning.</summary>
    /// <returns>Its output up to that line.</returns>
    public static string RunAndKill(string lineStart, TimeSpan delay, params string[] arguments)
    {
        using Process process = Start(arguments);
        string seen = "";
        while (process.StandardOutput.ReadLine() is string line)
        {
            seen += line + "\n";
            if (line.StartsWith(lineStart, StringComparison.Ordinal))
                break;
        }

        Thread.Sleep(delay);
        process.Kill();
        process.WaitForExit();
        return seen;
    }

    private static Process Start(string[] arguments)
    {
        List<string> command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "nativernn-trainer.dll"), .. arguments];
        // A shell that starts the tests in the background has its children ignore Ctrl+C.
        if (OperatingSystem.IsLinux())
            command.InsertRange(0, ["env", "--default-signal=INT"]);
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private static TrainerResult Finish(Process process, string seen)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
            {
                process.Kill();
                Assert.Fail("The tool did not end within five minutes.");
            }

            return new TrainerResult(process.ExitCode, seen + output.Result, error.Result);
        }
    }
}
