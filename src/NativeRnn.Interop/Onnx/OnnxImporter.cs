using Google.Protobuf;
using NativeRnn.Interop.Onnx.Proto;

namespace NativeRnn.Interop.Onnx;

/// <summary>
/// Reads ONNX models of one chain of recurrent and dense layers, as PyTorch's and Keras' exporters write them. The graph is followed
/// operator by operator with the meaning of every axis; what is not understood is refused by node, operator and attribute.
/// </summary>
public static class OnnxImporter
{
    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is made of further inputs and outputs; null for the defaults.</param>
    /// <exception cref="ModelImportException">The file is damaged, or says something that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RnnModel Import(string path, OnnxImportOptions? options = null)
    {
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            return Parse(bytes, options);
        }
        catch (ModelImportException exception)
        {
            throw new ModelImportException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a model from the bytes of a file.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="options">What is made of further inputs and outputs; null for the defaults.</param>
    /// <exception cref="ModelImportException">The bytes are damaged, or say something that is not supported.</exception>
    public static RnnModel Parse(byte[] file, OnnxImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        return OnnxGraph.Read(ReadModel(file), options ?? new OnnxImportOptions());
    }

    private static ModelProto ReadModel(byte[] file)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(file);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new ModelImportException($"This is not a complete ONNX file: {exception.Message}", exception);
        }
    }
}
