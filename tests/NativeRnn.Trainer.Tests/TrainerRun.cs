namespace NativeRnn.Trainer.Tests;

/// <summary>Runs the tool's command line within the test process.</summary>
internal static class TrainerRun
{
    public static TrainerResult Of(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = new TrainerCommandLine(output, error, terminal: null).Run(arguments);
        return new TrainerResult(exitCode, output.ToString(), error.ToString());
    }
}
