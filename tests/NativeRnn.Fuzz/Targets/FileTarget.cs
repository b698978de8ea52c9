namespace NativeRnn.Fuzz.Targets;

/// <summary>A reader that takes a path.</summary>
/// <param name="ending">The file's ending, with its point.</param>
internal abstract class FileTarget(string ending) : FuzzTarget
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"fuzz-{Environment.ProcessId}{ending}");

    protected sealed override object? Read(byte[] file)
    {
        File.WriteAllBytes(_path, file);
        return Read(_path);
    }

    protected abstract object? Read(string path);
}
