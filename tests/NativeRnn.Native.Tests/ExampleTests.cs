using System.Diagnostics;
using System.Globalization;

namespace NativeRnn.Native.Tests;

/// <summary>The documentation's examples on the published library.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nativernn-tests-");

    [Fact]
    public void CExample_GivesTheBitsOfRnnSession() => CheckOutput(Run(CompileCExample(PublishedLibrary()), [SeattleModel.Path]));

    [Fact]
    public void CExample_UnderValgrind_HasNoInvalidAccessAndLosesNoMemory()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/valgrind"), "needs valgrind");
        string library = Path.Combine(_folder.FullName, "libnativernn.so");
        // Without the debug symbols beside it, which are newer than valgrind 3.19 reads.
        File.Copy(PublishedLibrary(), library);

        // What is only possibly lost belongs to the runtime's own thread, which ends with the process.
        CheckOutput(Run("valgrind", ["--leak-check=full", "--errors-for-leak-kinds=definite,indirect", "--error-exitcode=9", CompileCExample(library), SeattleModel.Path]));
    }

    [Fact]
    public void PythonExample_GivesTheBitsOfRnnSession() => CheckOutput(Run("python3", [Example("predict.py"), PublishedLibrary(), SeattleModel.Path]));

    public void Dispose() => _folder.Delete(recursive: true);

    private static void CheckOutput(string text)
    {
        float[] expected = new float[1];
        SeattleModel.Model.CreateSession().Run(SeattleModel.Window, expected);
        foreach (string name in (string[])["run", "step"])
        {
            string line = Assert.Single(text.Split('\n'), line => line.StartsWith(name + " ", StringComparison.Ordinal));
            float actual = float.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
            Assert.Equal(BitConverter.SingleToInt32Bits(expected[0]), BitConverter.SingleToInt32Bits(actual));
        }
    }

    /// <returns>The program.</returns>
    private string CompileCExample(string library)
    {
        string libraryFolder = Path.GetDirectoryName(library)!;
        string program = Path.Combine(_folder.FullName, "predict");
        Run("gcc", [
            "-std=c99", "-Wall", "-Wextra", "-Werror", Example("predict.c"), "-I" + AppContext.BaseDirectory,
            "-L" + libraryFolder, "-lnativernn", "-Wl,-rpath," + libraryFolder, "-o", program]);
        return program;
    }

    private static string PublishedLibrary()
    {
        Assert.SkipWhen(NativeLibraryCalls.Library is null, "NATIVERNN_LIBRARY does not name a published libnativernn.so");
        return NativeLibraryCalls.Library!;
    }

    private static string Example(string name) => Path.Combine(AppContext.BaseDirectory, "examples", name);

    /// <summary>The standard output of a program that gets the window as CSV rows.</summary>
    private static string Run(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            foreach (float[] row in SeattleModel.Window.Chunk(SeattleModel.Model.Architecture.InputSize))
                process.StandardInput.Write(string.Join(',', row.Select(value => value.ToString("R", CultureInfo.InvariantCulture))) + "\n");
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The compiler ends without reading.
        }

        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(5)));
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {error.Result}");
        return output.Result;
    }
}
