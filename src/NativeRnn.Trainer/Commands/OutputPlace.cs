namespace NativeRnn.Trainer;

/// <summary>Finds out before hours of training whether their result can be written.</summary>
internal static class OutputPlace
{
    /// <exception cref="InputException">A file cannot be made there.</exception>
    public static void RequireWritable(string path)
    {
        if (Directory.Exists(path))
            throw new InputException($"{path} is a folder, expected the name of a file to write");
        string temporaryPath = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using FileStream stream = new(temporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be written: {exception.Message}", innerException: exception);
        }
    }
}
