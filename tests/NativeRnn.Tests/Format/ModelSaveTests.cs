namespace NativeRnn.Tests.Format;

public sealed class ModelSaveTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nrnn-tests-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Save_NewFile_WritesTheBytesAndNothingElse()
    {
        string path = Path.Combine(_directory, "model.nrnn");

        SampleModels.Forecaster.Save(path);

        Assert.Equal(SampleModels.Forecaster.ToBytes(), File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
        Assert.Equal(SampleModels.Forecaster.ToBytes(), RnnModel.Load(path).ToBytes());
    }

    [Fact]
    public void Save_ExistingFile_IsReplaced()
    {
        string path = Path.Combine(_directory, "model.nrnn");
        SampleModels.Forecaster.Save(path);

        SampleModels.Line.Save(path);

        Assert.Equal(SampleModels.Line.ToBytes(), File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void Save_FileNameOfTheLongestLength_IsWritten()
    {
        string path = Path.Combine(_directory, new string('m', 250) + ".nrnn");

        SampleModels.Line.Save(path);

        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void Save_MissingDirectory_FailsNamingThePath()
    {
        string path = Path.Combine(_directory, "missing", "model.nrnn");

        IOException exception = Assert.Throws<IOException>(() => SampleModels.Line.Save(path));

        Assert.Contains($"Cannot write '{path}'", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    /// <summary>The last step, the renaming, is the one that fails here, when the whole temporary file has been written.</summary>
    [Fact]
    public void Save_PathIsADirectory_FailsAndLeavesItAndNothingElse()
    {
        string path = Path.Combine(_directory, "model.nrnn");
        string inside = Path.Combine(path, "inside.txt");
        Directory.CreateDirectory(path);
        File.WriteAllText(inside, "kept");

        IOException exception = Assert.Throws<IOException>(() => SampleModels.Line.Save(path));

        Assert.Contains($"Cannot write '{path}'", exception.Message, StringComparison.Ordinal);
        Assert.Equal("kept", File.ReadAllText(inside));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void Save_ModelThatCannotBeWritten_LeavesTheExistingFile()
    {
        string path = Path.Combine(_directory, "model.nrnn");
        SampleModels.Line.Save(path);
        RnnModel unwritable = SampleModels.Forecaster.WithRecipe(SampleModels.Forecaster.Recipe! with { Unit = new string('u', 70_000) });

        Assert.Throws<InvalidOperationException>(() => unwritable.Save(path));

        Assert.Equal(SampleModels.Line.ToBytes(), File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void Save_NewFile_HasTheModeOfAnyNewFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        string path = Path.Combine(_directory, "model.nrnn");
        string other = Path.Combine(_directory, "other.txt");
        File.WriteAllText(other, "");

        SampleModels.Line.Save(path);

        if (!OperatingSystem.IsWindows())
            Assert.Equal(File.GetUnixFileMode(other), File.GetUnixFileMode(path));
    }

    [Fact]
    public void Load_MissingFile_FailsNamingThePath()
    {
        string path = Path.Combine(_directory, "missing.nrnn");

        FileNotFoundException exception = Assert.Throws<FileNotFoundException>(() => RnnModel.Load(path));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "truncated: at least 36 bytes expected, 0 found (byte 0)")]
    [InlineData(20, "truncated: at least 36 bytes expected, 20 found (byte 20)")]
    [InlineData(100, "truncated: 200 bytes expected, 100 found (byte 100)")]
    public void Load_TruncatedFile_IsRefusedNamingThePath(int length, string message)
    {
        string path = Path.Combine(_directory, "model.nrnn");
        File.WriteAllBytes(path, SampleModels.Line.ToBytes()[..length]);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => RnnModel.Load(path));

        Assert.Equal($"{path}: {message}", exception.Message);
        Assert.Equal(path, exception.Path);
    }

    [Theory]
    [InlineData("28:08", "header: unknown flags 0x8")]
    [InlineData("48:81", "tensor table: dense.kernel: offset 128 expected, found 129")]
    [InlineData("80:00", "architecture: input size must be from 1 to 65536, found 0")]
    [InlineData("88:0B", "architecture: layer 0 has the unknown kind 11")]
    [InlineData("120:01", "padding before dense.kernel: zeros expected")]
    public void Load_WrongFile_IsRefusedNamingThePath(string edits, string message)
    {
        string path = Path.Combine(_directory, "model.nrnn");
        File.WriteAllBytes(path, ModelBytes.Edited(SampleModels.Line.ToBytes(), edits));

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => RnnModel.Load(path));

        Assert.StartsWith($"{path}: {message}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LargeFileThatIsNoModel_IsRefusedWithoutReadingIt()
    {
        string path = Path.Combine(_directory, "large.bin");
        using (FileStream stream = File.Create(path))
            stream.SetLength(256 << 20);

        ModelFormatException? exception = null;
        long allocated = Allocated.By(() => exception = Assert.Throws<ModelFormatException>(() => RnnModel.Load(path)));

        Assert.Contains("not a .nrnn file", exception!.Message, StringComparison.Ordinal);
        Assert.InRange(allocated, 0, 1 << 20);
    }

    [Fact]
    public void Load_HonestModel_TakesTwiceTheFile()
    {
        string path = Path.Combine(_directory, "model.nrnn");
        const int Size = 1 << 10;
        Dictionary<string, float[]> weights = new() { ["dense.kernel"] = new float[Size * Size], ["dense.bias"] = new float[Size] };
        new RnnModel(new Architecture(Size, [new Dense(Size)]), weights).Save(path);

        Assert.InRange(Allocated.By(() => RnnModel.Load(path)), 1, 2 * new FileInfo(path).Length + 16_384);
    }
}
