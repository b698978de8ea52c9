using System.Runtime.InteropServices;
using Google.Protobuf;
using NativeRnn.Interop.Onnx.Proto;

namespace NativeRnn.Interop.Onnx;

/// <summary>Collects the nodes and tensors of a graph.</summary>
internal sealed class OnnxGraphWriter
{
    public const string Input = "input";

    private const string Output = "output";
    private const int IrVersion = 7;
    private const int Float = 1;
    private const int Int64 = 7;

    private readonly GraphProto _graph = new() { Name = "nativernn" };

    /// <summary>The version of the operators: 14 has the recurrent ones as they are still understood.</summary>
    public int OperatorSet { get; set; } = 14;

    /// <summary>Adds a node with one output, which bears its name.</summary>
    public string Add(string name, string type, string[] inputs, params ReadOnlySpan<AttributeProto> attributes)
        => Add(name, type, inputs, [name], attributes);

    /// <summary>Adds a node and returns the last of its outputs; an empty name stands for an input or output that is left out.</summary>
    public string Add(string name, string type, string[] inputs, string[] outputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        NodeProto node = new() { Name = name, OpType = type };
        node.Input.Add(inputs);
        node.Output.Add(outputs);
        foreach (AttributeProto attribute in attributes)
            node.Attribute.Add(attribute);
        _graph.Node.Add(node);
        return outputs[^1];
    }

    public string Tensor(string name, float[] values, params ReadOnlySpan<int> shape)
        => Tensor(name, Float, MemoryMarshal.AsBytes<float>(values), shape);

    public string Tensor(string name, long[] values, params ReadOnlySpan<int> shape)
        => Tensor(name, Int64, MemoryMarshal.AsBytes<long>(values), shape);

    public static AttributeProto Integer(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.Kind.Int };

    public static AttributeProto Number(string name, float value) => new() { Name = name, F = value, Type = AttributeProto.Types.Kind.Float };

    public static AttributeProto Text(string name, string value)
        => new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.Kind.String };

    public static AttributeProto Texts(string name, IEnumerable<string> values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.Kind.Strings };
        attribute.Strings.Add(values.Select(ByteString.CopyFromUtf8));
        return attribute;
    }

    public static AttributeProto Numbers(string name, IEnumerable<float> values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.Kind.Floats };
        attribute.Floats.Add(values);
        return attribute;
    }

    /// <summary>The finished model; the graph ends at a value, which is named as the output.</summary>
    public ModelProto ToModel(string value, int inputSize, int outputSize, bool isSequence)
    {
        Add(Output, "Identity", [value]);
        _graph.Input.Add(Described(Input, inputSize, isSequence: true));
        _graph.Output.Add(Described(Output, outputSize, isSequence));
        ModelProto model = new() { IrVersion = IrVersion, ProducerName = "NativeRnn", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OperatorSet });
        return model;
    }

    private string Tensor(string name, int type, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> shape)
    {
        TensorProto tensor = new() { Name = name, DataType = type, RawData = ByteString.CopyFrom(bytes) };
        foreach (int size in shape)
            tensor.Dims.Add(size);
        _graph.Initializer.Add(tensor);
        return name;
    }

    private static ValueInfoProto Described(string name, int size, bool isSequence)
    {
        TensorShapeProto shape = new();
        if (isSequence)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "steps" });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = Float, Shape = shape } } };
    }
}
