namespace NativeRnn.Faults.Tests;

/// <summary>
/// Each program that writes a file, on a disk that is full and on one that is read-only: it ends with one error that names the file, the
/// file is as it was before, and nothing lies beside it.
/// </summary>
public sealed class DiskTests : IDisposable
{
    private const string Previous = "what was there before";

    private readonly TestFolder _folder = new();

    /// <summary>The writers by name; each gives the program, the file and its command line.</summary>
    private static readonly Dictionary<string, Func<TestFolder, string, (string Program, string Input, string[] Arguments)>> Writers = new()
    {
        ["predict --output"] = (folder, path) => (Programs.Device, Numbers, ["predict", folder.Save(TestFolder.ManyToOne(returnSequences: true)), "--output", path]),
        ["stream --state"] = (folder, path) => (Programs.Device, Numbers, ["stream", folder.Save(TestFolder.ManyToOne()), "--state", path]),
        ["train --out"] = (folder, path) => (Programs.Trainer, "", ["train", Spec(folder), "--data", Programs.Beside("seattle-weather.csv"), "--out", path, "--quiet"]),
        ["train --checkpoint"] = (folder, path) => (
            Programs.Trainer, "", ["train", Spec(folder), "--data", Programs.Beside("seattle-weather.csv"), "--out", folder.PathOf("m.nrnn"), "--checkpoint", path, "--quiet"]),
        ["export -o"] = (folder, path) => (Programs.Trainer, "", ["export", Programs.Beside("seattle.nrnn"), "-o", path]),
        ["import -o"] = (folder, path) => (Programs.Trainer, "", ["import", Onnx(folder), "-o", path]),
        ["save"] = (folder, path) => (Programs.Soak, "", ["saves", path]),
    };

    public static TheoryData<string> WriterNames => [.. Writers.Keys];

    private static string Numbers => string.Concat(Enumerable.Range(0, 4000).Select(i => string.Create(CultureInfo.InvariantCulture, $"0.{i},1\n")));

    [Theory]
    [MemberData(nameof(WriterNames))]
    public void Write_DiskFull_KeepsTheFileAndNamesIt(string writer)
    {
        using FaultyDisk disk = new();
        Write(writer, disk, disk.Fill);
    }

    [Theory]
    [MemberData(nameof(WriterNames))]
    public void Write_DiskReadOnly_KeepsTheFileAndNamesIt(string writer)
    {
        using FaultyDisk disk = new();
        Write(writer, disk, disk.MakeReadOnly);
    }

    /// <summary>A file larger than the process may write, where the signal that would end it is ignored.</summary>
    [Fact]
    public void Save_FileSizeLimit_KeepsTheFileAndNamesIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs ulimit");
        string path = _folder.Write(Previous, "limited.nrnn");
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", "trap '' XFSZ; ulimit -f 100 && exec dotnet \"$0\" saves \"$1\"", Programs.Beside(Programs.Soak), path])
        {
            RedirectStandardError = true,
            // The runtime's own memory is a file otherwise.
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" },
        })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.StartsWith($"error: Cannot write '{path}': ", error, StringComparison.Ordinal);
        Assert.Equal(1, process.ExitCode);
        Assert.Equal(Previous, File.ReadAllText(path));
        Assert.Equal(["limited.nrnn"], _folder.Files());
    }

    /// <summary>Standard output can be full too.</summary>
    [Theory]
    [InlineData("summary")]
    [InlineData("predict")]
    public void StandardOutput_Full_IsAnError(string command)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full");
        string input = _folder.Write(Numbers);
        string model = _folder.Save(TestFolder.ManyToOne(returnSequences: true));
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec dotnet \"$@\" < \"$0\" > /dev/full", input, Programs.Beside(Programs.Device), command, model])
        {
            RedirectStandardError = true,
        })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Matches("^error: Cannot write to standard output: No space left on device[^\n]*\n$", error);
        Assert.Equal(1, process.ExitCode);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string writer, FaultyDisk disk, Action breakDisk)
    {
        string name = writer == "export -o" ? "file.onnx" : "file.nrnn";
        string path = disk.PathOf(name);
        (string program, string input, string[] arguments) = Writers[writer](_folder, path);
        if (writer != "stream --state")
        {
            File.WriteAllText(path, Previous);
        }
        else
        {
            // It goes on from the file, so it must be one.
            Assert.Equal(0, Programs.Run(program, "1,2\n", arguments).ExitCode);
        }

        byte[] before = File.ReadAllBytes(path);
        breakDisk();
        string[] files = disk.Files();

        ProgramResult result = Programs.Run(program, input, arguments);

        Assert.Equal(1, result.ExitCode);
        string error = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.Contains(path, error, StringComparison.Ordinal);
        Assert.Matches("No space left on device|Read-only file system", error);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(files, disk.Files());
    }

    private static string Spec(TestFolder folder) => folder.Write(
        """
        {
          "time": "date", "inputs": ["temp_max"], "target": "temp_max", "unit": "C", "window": 4, "horizon": 1, "sampling_interval": "1d",
          "split": { "train_until": "2015-01-01", "test_until": "2016-01-01" },
          "layers": [{ "gru": { "units": 2 } }, { "dense": { "units": 1 } }], "loss": "mae", "optimizer": { "adam": { "learning_rate": 0.01 } },
          "batch_size": 64, "epochs": 1, "seed": 1
        }
        """, "spec.json");

    private static string Onnx(TestFolder folder)
    {
        string path = folder.PathOf("source.onnx");
        ProgramResult result = Programs.Run(Programs.Trainer, "", "export", Programs.Beside("seattle.nrnn"), "-o", path);
        Assert.True(result.ExitCode == 0, result.Error);
        return path;
    }
}
