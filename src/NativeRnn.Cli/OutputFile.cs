namespace NativeRnn.Cli;

/// <summary>
/// A text file that appears whole or not at all: it is written beside its place and moved there by <see cref="Commit"/>.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporaryPath;
    private readonly StreamWriter _writer;
    private bool _isCommitted;

    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public OutputFile(string path)
    {
        _path = path;
        // A move would put a plain file in the place of a device such as /dev/null.
        bool isDevice = !OperatingSystem.IsWindows() && Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal);
        _temporaryPath = isDevice ? path : $"{path}.{Path.GetRandomFileName()}.tmp";
        _writer = new StreamWriter(new FileStream(_temporaryPath, isDevice ? FileMode.Open : FileMode.CreateNew, FileAccess.Write));
        _writer.NewLine = "\n";
    }

    public TextWriter Writer => _writer;

    /// <summary>Puts the file in its place.</summary>
    public void Commit()
    {
        _writer.Dispose();
        if (_temporaryPath != _path)
            File.Move(_temporaryPath, _path, overwrite: true);
        _isCommitted = true;
    }

    public void Dispose()
    {
        if (_isCommitted)
            return;
        _writer.Dispose();
        if (_temporaryPath != _path)
            File.Delete(_temporaryPath);
    }
}
