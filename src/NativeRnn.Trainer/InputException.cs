namespace NativeRnn.Trainer;

/// <summary>What a command was given does not allow it to do its work.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="hint">What to do, or null.</param>
/// <param name="innerException">The cause, or null.</param>
internal sealed class InputException(string message, string? hint = null, Exception? innerException = null) : Exception(message, innerException)
{
    public string? Hint { get; } = hint;
}
