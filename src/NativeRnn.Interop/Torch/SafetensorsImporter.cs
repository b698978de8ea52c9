namespace NativeRnn.Interop.Torch;

/// <summary>Reads the weights of PyTorch modules from safetensors files.</summary>
public static class SafetensorsImporter
{
    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the weights do not say.</param>
    /// <exception cref="ModelImportException">The file is damaged, or says something that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RnnModel Import(string path, TorchImportOptions options)
        => throw new ModelImportException($"{path}: safetensors files are not supported yet.");
}
