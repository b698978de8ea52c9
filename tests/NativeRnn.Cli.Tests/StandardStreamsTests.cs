namespace NativeRnn.Cli.Tests;

/// <summary>What the shell may put in the place of the standard streams.</summary>
public sealed class StandardStreamsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public StandardStreamsTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a shell and /dev/full");

    [Fact]
    public void Output_FileSharedWithOtherPrograms_IsAppendedTo()
    {
        string file = _folder.PathOf("shared.txt");
        string version = CommandLineProcess.Run("--version").Output;

        Shell("{ echo first; \"$@\"; \"$@\"; echo last; } > \"$0\"", file, "--version");

        Assert.Equal($"first\n{version}{version}last\n", File.ReadAllText(file));
    }

    [Fact]
    public void Output_FullDevice_IsAnError()
    {
        CommandLineResult result = Shell("\"$@\" > \"$0\"", "/dev/full", "--help");

        Assert.Equal((1, "error: Cannot write to standard output: No space left on device\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public void Output_NobodyReadsOn_EndsTheStream()
    {
        string model = _folder.Save(TestFolder.ManyToOne());

        // Without end, if the stream did not mind.
        CommandLineResult result = Shell("yes 1,2 | \"$@\" | head -n 1", "-", "stream", model);

        Assert.Equal((0, "2\n"), (result.ExitCode, result.Output));
        Assert.Contains("error: Cannot write to standard output: Broken pipe\n", result.Error);
    }

    [Fact]
    public void Input_File_IsReadLikeAPipe()
    {
        string model = _folder.Save(TestFolder.ManyToOne());

        CommandLineResult result = Shell("\"$@\" < \"$0\"", _folder.Write("1,2\n3,4\n"), "stream", model);

        Assert.Equal((0, "2\n5.5\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs a line of shell, which finds the file as $0 and the command line as "$@".</summary>
    private static CommandLineResult Shell(string line, string file, params string[] arguments)
        => CommandLineProcess.RunProgram(["sh", "-c", line, file, .. CommandLineProcess.Command(arguments)]);
}
