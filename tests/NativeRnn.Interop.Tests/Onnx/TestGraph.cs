using Google.Protobuf;
using NativeRnn.Interop.Onnx;
using NativeRnn.Interop.Onnx.Proto;

namespace NativeRnn.Interop.Tests.Onnx;

/// <summary>Builds graphs by hand, as other tools' exporters write them, with random weights.</summary>
internal sealed class TestGraph(int seed = 1)
{
    private readonly OnnxGraphWriter _graph = new();
    private readonly Random _random = new(seed);
    private int _count;

    public int OperatorSet { set => _graph.OperatorSet = value; }

    /// <summary>What the input is named.</summary>
    public const string X = OnnxGraphWriter.Input;

    public string Add(string type, string[] inputs, params AttributeProto[] attributes) => _graph.Add($"{type}_{_count++}", type, inputs, attributes);

    /// <summary>Adds a node with several outputs, named after it with their numbers.</summary>
    public string[] AddMany(string type, int outputs, string[] inputs, params AttributeProto[] attributes)
    {
        string name = $"{type}_{_count++}";
        string[] names = [.. Enumerable.Range(0, outputs).Select(i => $"{name}.{i}")];
        _graph.Add(name, type, inputs, names, attributes);
        return names;
    }

    /// <summary>Adds a node whose outputs have names of the caller's.</summary>
    public void AddNamed(string type, string[] outputs, string[] inputs, params AttributeProto[] attributes)
        => _graph.Add($"{type}_{_count++}", type, inputs, outputs, attributes);

    public string Random(params int[] shape)
        => Floats(RandomNetwork.Uniform(_random, shape.Aggregate(1, (product, size) => product * size), 0.4), shape);

    public string Floats(float[] values, params int[] shape) => _graph.Tensor($"floats_{_count++}", values, shape);

    public string Longs(params long[] values) => _graph.Tensor($"longs_{_count++}", values, values.Length);

    public string Integers(params int[] values)
    {
        string longs = Longs(Array.ConvertAll(values, value => (long)value));
        return Add("Cast", [longs], OnnxGraphWriter.Integer("to", TensorReader.Int32));
    }

    public string Long(long value) => _graph.Tensor($"long_{_count++}", [value]);

    /// <summary>W, R and B of a recurrent node.</summary>
    public string[] Weights(int gates, int directions, int inputs, int units)
        => [Random(directions, gates * units, inputs), Random(directions, gates * units, units), Random(directions, 2 * gates * units)];

    /// <summary>The model; sizes of 0 are left open.</summary>
    public ModelProto Model(string output, params long[] inputShape)
    {
        ModelProto model = _graph.ToModel(output, 1, 1, isSequence: true);
        model.Graph.Input[0].Type.TensorType.Shape = Shape(inputShape);
        model.Graph.Output[0].Type.TensorType.Shape = null;
        return model;
    }

    /// <summary>A further input of a model.</summary>
    public static ValueInfoProto Input(string name, int type, params long[] shape)
        => new() { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = Shape(shape) } } };

    /// <summary>Runs both ways, for several sequences, and compares.</summary>
    public RnnModel AssertSame(string output, bool isBatchFirst, params long[] inputShape)
    {
        byte[] bytes = Model(output, inputShape).ToByteArray();
        RnnModel model = OnnxImporter.Parse(bytes);
        int features = model.Architecture.InputSize;
        int steps = (int)inputShape[isBatchFirst ? 1 : 0], batch = (int)inputShape[isBatchFirst ? 0 : 1];
        steps = steps > 0 ? steps : 7;
        batch = batch > 0 ? batch : 3;
        float[] input = RandomNetwork.Uniform(_random, steps * batch * features, 1.5);
        long[] shape = isBatchFirst ? [batch, steps, features] : [steps, batch, features];

        float[] expected = OnnxRuntimeRun.Of(bytes, input, shape);

        float[] actual = RandomNetwork.Run(model, isBatchFirst ? input : RandomNetwork.SwapOuter(input, steps, batch, features), batch, steps);
        if (model.Architecture.ReturnsSequence && !isBatchFirst)
            actual = RandomNetwork.SwapOuter(actual, batch, steps, model.Architecture.OutputSize);
        RandomNetwork.AssertClose(expected, actual, model.Summary());
        return model;
    }

    private static TensorShapeProto Shape(long[] sizes)
    {
        TensorShapeProto shape = new();
        foreach (long size in sizes)
            shape.Dim.Add(size > 0 ? new TensorShapeProto.Types.Dimension { DimValue = size } : new TensorShapeProto.Types.Dimension { DimParam = $"open{shape.Dim.Count}" });
        return shape;
    }

    public string Refusal(string output, params long[] inputShape)
        => Assert.Throws<ModelImportException>(() => OnnxImporter.Parse(Model(output, inputShape).ToByteArray())).Message;
}
