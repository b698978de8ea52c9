namespace NativeRnn;

/// <summary>Writes a file whole or not at all: to a temporary file beside it, which then replaces it.</summary>
internal static class WholeFile
{
    /// <exception cref="IOException">The file cannot be written; what stood there before is unharmed.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        // Beside the target, because only within one file system does a rename replace a file in one step.
        string temporaryPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path, $"{Guid.NewGuid():N}{Path.GetExtension(path)}.tmp");
        Write(path, temporaryPath, FileMode.CreateNew, bytes);
    }

    /// <param name="path">The file.</param>
    /// <param name="temporaryPath">In the same folder.</param>
    /// <param name="mode">Whether the temporary file may be there already, left by a process that was killed.</param>
    /// <param name="bytes">The new contents.</param>
    /// <exception cref="IOException">The file cannot be written; what stood there before is unharmed.</exception>
    public static void Write(string path, string temporaryPath, FileMode mode, ReadOnlySpan<byte> bytes)
    {
        bool isOurs = false;
        try
        {
            using (FileStream stream = new(temporaryPath, mode, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                isOurs = true;
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            // Closed first: the lock would go along to the new place and turn readers away.
            File.Move(temporaryPath, path, overwrite: true);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            if (isOurs)
                DeleteQuietly(temporaryPath);
            throw new IOException($"Cannot write '{path}': {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Whether an exception says that the system did not write: ArgumentOutOfRangeException is how .NET reports a file larger than the file
    /// system or the process may make (EFBIG).
    /// </summary>
    public static bool IsFailure(Exception exception)
        => exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

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
