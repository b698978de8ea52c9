namespace NativeRnn.Trainer.Tests;

/// <summary>A folder that is deleted with what was put into it.</summary>
internal sealed class TestFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("nativernn-trainer-").FullName;

    /// <summary>The names of the files in the folder, sorted.</summary>
    public string[] Names => [.. Directory.GetFiles(FullName).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public string PathOf(string name) => Path.Combine(FullName, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
