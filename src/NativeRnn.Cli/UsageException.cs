namespace NativeRnn.Cli;

/// <summary>The command line is not one that the program understands.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="command">The command whose help would help, or null for that of the program.</param>
internal sealed class UsageException(string message, string? command = null) : Exception(message)
{
    public string? Command { get; } = command;
}
