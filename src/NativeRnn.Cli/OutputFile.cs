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
    /// <exception cref="IOException">The file cannot be written; what stood there before is unharmed.</exception>
    public void Commit()
    {
        try
        {
            _writer.Dispose();
            if (_temporaryPath != _path)
                File.Move(_temporaryPath, _path, overwrite: true);
        }
        catch (Exception exception) when (WholeFile.IsFailure(exception))
        {
            throw new IOException($"Cannot write '{_path}': {exception.Message}", exception);
        }

        _isCommitted = true;
    }

    public void Dispose()
    {
        if (_isCommitted)
            return;
        try
        {
            _writer.Dispose();
        }
        catch (Exception exception) when (WholeFile.IsFailure(exception))
        {
            // What is left in the buffer cannot be written either; the failure that led here is the one to report.
        }

        if (_temporaryPath != _path)
            File.Delete(_temporaryPath);
    }
}
