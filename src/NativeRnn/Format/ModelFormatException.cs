namespace NativeRnn;

/// <summary>A file is not a complete, unaltered model that this version can read.</summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found and what was expected; the path and the offset are added to it.</param>
    /// <param name="offset">Where in the file, in bytes from its start.</param>
    /// <param name="path">The file, or null for bytes in memory.</param>
    /// <param name="innerException">The check that failed, where it was not the reader's own.</param>
    public ModelFormatException(string message, long offset, string? path = null, Exception? innerException = null)
        : base(path is null ? $"{message} (byte {offset})" : $"{path}: {message} (byte {offset})", innerException)
    {
        Offset = offset;
        Path = path;
    }

    /// <summary>Where in the file the trouble was found, in bytes from its start.</summary>
    public long Offset { get; }

    /// <summary>The file, or null for bytes in memory.</summary>
    public string? Path { get; }
}
