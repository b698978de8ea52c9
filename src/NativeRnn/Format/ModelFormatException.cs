namespace NativeRnn;

/// <summary>A file is not a complete, unaltered model that this version can read.</summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found and what was expected.</param>
    /// <param name="offset">Where in the file, in bytes from its start.</param>
    public ModelFormatException(string message, long offset) : base(message) => Offset = offset;

    /// <summary>Where in the file the trouble was found, in bytes from its start.</summary>
    public long Offset { get; }
}
