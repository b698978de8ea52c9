namespace NativeRnn.Cli;

/// <summary>Text from a file, or from standard input for <c>-</c>.</summary>
internal static class TextInput
{
    public const string Standard = "-";

    /// <summary>What messages call it.</summary>
    public static string Name(string path) => path == Standard ? "standard input" : path;

    public static StreamReader Open(string path)
        => path == Standard ? new StreamReader(StandardStreams.OpenInput()) : new StreamReader(path);
}
