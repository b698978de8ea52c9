namespace NativeRnn;

/// <summary>Writes a file whole or not at all: to a temporary file beside it, which then replaces it.</summary>
internal static class WholeFile
{
    /// <exception cref="IOException">The file cannot be written; what stood there before is unharmed.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        // Beside the target, because only within one file system does a rename replace a file in one step.
        string temporaryPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path, $"{Guid.NewGuid():N}{Path.GetExtension(path)}.tmp");
        try
        {
            using (FileStream stream = new(temporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporaryPath, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            DeleteQuietly(temporaryPath);
            throw new IOException($"Cannot write '{path}': {exception.Message}", exception);
        }
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report.
        }
    }
}
