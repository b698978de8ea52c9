namespace NativeRnn;

/// <summary>A saved state is damaged, or not one of the model it was to be loaded for.</summary>
public sealed class StateFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found and what was expected; the path is added to it.</param>
    /// <param name="path">The file, or null for bytes in memory.</param>
    public StateFormatException(string message, string? path = null)
        : base(path is null ? message : $"{path}: {message}") => Path = path;

    /// <summary>The file, or null for bytes in memory.</summary>
    public string? Path { get; }
}
