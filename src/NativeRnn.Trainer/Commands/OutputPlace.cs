namespace NativeRnn.Trainer;

/// <summary>Finds out before hours of training whether their result can be written.</summary>
internal static class OutputPlace
{
    /// <exception cref="InputException">Two outputs would be one file.</exception>
    public static void RequireDifferent((string Name, string Path) first, (string Name, string Path) second)
    {
        if (Path.GetFullPath(first.Path) == Path.GetFullPath(second.Path))
            throw new InputException($"the {first.Name} and the {second.Name} would both be {first.Path}", "name the model .nrnn");
    }

    /// <exception cref="InputException">A file cannot be made there.</exception>
    public static void RequireWritable(string path)
    {
        if (Directory.Exists(path))
            throw new InputException($"{path} is a folder, expected the name of a file to write");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new InputException($"{path} cannot be written: there is no folder {folder}");
        string temporaryPath = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using FileStream stream = new(
                temporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be written: {exception.Message}", innerException: exception);
        }
    }
}
