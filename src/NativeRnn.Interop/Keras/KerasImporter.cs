namespace NativeRnn.Interop.Keras;

/// <summary>Reads Keras models: .keras of version 3, and HDF5 models of Keras 2.</summary>
public static class KerasImporter
{
    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelImportException">The file is damaged, or says something that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RnnModel Import(string path) => throw new ModelImportException($"{path}: Keras files are not supported yet.");
}
