namespace NativeRnn.Interop.Onnx;

/// <summary>Writes models as ONNX.</summary>
public static class OnnxExporter
{
    /// <summary>Writes an ONNX file: to a temporary file beside it, which then replaces it.</summary>
    /// <param name="model">The model; its recipe and self-test have no place in the file.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="NotSupportedException">ONNX cannot say what a layer computes; the message names the layer.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Export(RnnModel model, string path) => throw new NotSupportedException($"{path}: ONNX files are not supported yet.");
}
