using Google.Protobuf;

namespace NativeRnn.Interop.Onnx;

/// <summary>
/// Writes models as ONNX: an input [steps, batch, features], an output [steps, batch, outputs] or, many-to-one, [batch, outputs]. A
/// bidirectional layer becomes a forward and a reverse node, so that its directions may differ and every merge can be said.
/// </summary>
public static class OnnxExporter
{
    /// <summary>Writes an ONNX file: to a temporary file beside it, which then replaces it.</summary>
    /// <param name="model">The model; its recipe, self-test and recurrent dropout rates have no place in the file.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="NotSupportedException">ONNX cannot say what a layer computes; the message names the layer.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Export(RnnModel model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, ToBytes(model));
    }

    /// <summary>The bytes of the model's ONNX file.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="NotSupportedException">ONNX cannot say what a layer computes; the message names the layer.</exception>
    public static byte[] ToBytes(RnnModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Architecture.Decoder is not null)
            throw new NotSupportedException("An encoder-decoder cannot be exported: its decoder reads what it wrote, as often as it is asked to.");
        OnnxGraphWriter graph = new();
        string value = OnnxGraphWriter.Input;
        bool isSequence = true;
        foreach (NamedLayer layer in model.Architecture.Layers)
        {
            LayerExporter exporter = new(graph, layer.Name, parameter => model.Weights($"{layer.Name}.{parameter}").ToArray());
            value = exporter.Write(layer.Layer, layer.InputSize, value);
            isSequence = layer.ReturnsSequence;
        }

        return graph.ToModel(value, model.Architecture.InputSize, model.Architecture.OutputSize, isSequence).ToByteArray();
    }
}
