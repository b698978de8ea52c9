using NativeRnn.Interop.Keras;
using NativeRnn.Interop.Onnx;
using NativeRnn.Interop.Torch;

namespace NativeRnn.Interop;

/// <summary>Reads a model file of another tool, whichever it is.</summary>
public static class ModelImporter
{
    /// <summary>Reads a model; the file's ending says which tool it is from.</summary>
    /// <param name="path">A file ending in .onnx, .keras, .h5, .hdf5 or .safetensors.</param>
    /// <param name="torch">What a PyTorch weight file does not say; null for the defaults.</param>
    /// <param name="onnx">What is made of an ONNX graph's further inputs and outputs; null for the defaults.</param>
    /// <exception cref="ModelImportException">The file is damaged, or says something that is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RnnModel Import(string path, TorchImportOptions? torch = null, OnnxImportOptions? onnx = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".onnx" => OnnxImporter.Import(path, onnx),
            ".keras" or ".h5" or ".hdf5" => KerasImporter.Import(path),
            ".safetensors" => SafetensorsImporter.Import(path, torch ?? new TorchImportOptions()),
            ".pt" or ".pth" or ".bin" => throw new ModelImportException(
                $"{path} is a PyTorch pickle, which can run any code: save the weights with safetensors.torch.save_file instead."),
            ".nrnn" => throw new ModelImportException($"{path} is a NativeRnn model already."),
            _ => throw new ModelImportException(
                $"{path}: which tool it is from is told by its ending, which must be .onnx, .keras, .h5, .hdf5 or .safetensors."),
        };
    }
}
