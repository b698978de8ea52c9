namespace NativeRnn.Cli;

/// <summary>What the command was given does not allow it to do its work.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="hint">What to do, or null.</param>
internal sealed class InputException(string message, string? hint = null) : Exception(message)
{
    public string? Hint { get; } = hint;
}
