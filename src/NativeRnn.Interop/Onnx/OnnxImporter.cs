namespace NativeRnn.Interop.Onnx;

/// <summary>Reads ONNX models.</summary>
public static class OnnxImporter
{
    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelImportException">The file is damaged, or says something that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RnnModel Import(string path) => throw new ModelImportException($"{path}: ONNX files are not supported yet.");
}
