using System.Diagnostics.CodeAnalysis;
using NativeRnn.Interop.Onnx.Proto;

namespace NativeRnn.Interop.Onnx;

/// <summary>
/// A node of the graph: its attributes by name, each of which must be asked for or the node is refused, and errors that name it.
/// </summary>
internal sealed class OnnxNode
{
    private readonly NodeProto _node;
    private readonly Value?[] _inputs;
    private readonly Dictionary<string, AttributeProto> _unread = [];

    public OnnxNode(NodeProto node, Value?[] inputs, OnnxContext context)
    {
        _node = node;
        _inputs = inputs;
        Context = context;
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (!_unread.TryAdd(attribute.Name, attribute))
                throw Error($"has the attribute {attribute.Name} twice");
        }
    }

    public string Operator => _node.OpType;

    public OnnxContext Context { get; }

    public int InputCount => _inputs.Length;

    public int OutputCount => _node.Output.Count;

    /// <summary>An input, or null where it is left out.</summary>
    public Value? this[int input] => input < _inputs.Length ? _inputs[input] : null;

    public Value Required(int input) => this[input] ?? throw Error($"lacks its input {input}");

    /// <summary>An input that depends on the model's input.</summary>
    public Signal Signal(int input) => Required(input) as Signal ?? throw Error($"has as input {input} {Describe(this[input]!)}, expected one computed from the model's input");

    /// <summary>An input that does not.</summary>
    public Constant Constant(int input)
        => Required(input) as Constant ?? throw Error($"has as input {input} {Describe(this[input]!)}, expected a constant");

    public float[] Numbers(int input) => Constant(input).Numbers ?? throw Error($"has integers as input {input}, expected float32");

    public Size[] Sizes(int input) => Constant(input).Integers ?? throw Error($"has float32 as input {input}, expected integers");

    /// <summary>Integers that do not depend on the shape of the model's input.</summary>
    public long[] Integers(int input) => Array.ConvertAll(
        Sizes(input), size => size.IsConstant ? size.Offset : throw Error($"has an input {input} that depends on the length of a run, expected constants"));

    public long Integer(string attribute, long standard) => Take(attribute, AttributeProto.Types.Kind.Int)?.I ?? standard;

    public bool Flag(string attribute)
    {
        long value = Integer(attribute, 0);
        return value is 0 or 1 ? value == 1 : throw Error($"has the attribute {attribute} = {value}, expected 0 or 1");
    }

    public float Number(string attribute, float standard) => Take(attribute, AttributeProto.Types.Kind.Float)?.F ?? standard;

    /// <summary>Whether the node has an attribute that was not asked for yet.</summary>
    public bool Has(string attribute) => _unread.ContainsKey(attribute);

    public string? Text(string attribute) => Take(attribute, AttributeProto.Types.Kind.String)?.S.ToStringUtf8();

    public long[]? IntegerList(string attribute) => Take(attribute, AttributeProto.Types.Kind.Ints) is { } found ? [.. found.Ints] : null;

    public float[] NumberList(string attribute) => Take(attribute, AttributeProto.Types.Kind.Floats) is { } found ? [.. found.Floats] : [];

    public string[]? TextList(string attribute)
        => Take(attribute, AttributeProto.Types.Kind.Strings) is { } found ? [.. found.Strings.Select(text => text.ToStringUtf8())] : null;

    public TensorProto? Tensor(string attribute) => Take(attribute, AttributeProto.Types.Kind.Tensor)?.T;

    /// <summary>Integers that older operator sets have as an attribute, newer ones as an input; null where left out.</summary>
    public long[]? IntegersOf(string attribute, int input) => IntegerList(attribute) ?? (this[input] is null ? null : Integers(input));

    /// <summary>Integers that are ignored whatever they are.</summary>
    public void Ignore(params ReadOnlySpan<string> attributes)
    {
        foreach (string attribute in attributes)
            _unread.Remove(attribute);
    }

    /// <summary>A dimension of a tensor, counted from the end if negative.</summary>
    public int Dimension(long axis, int rank)
        => axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw Error($"has the axis {axis}, but its input has rank {rank}");

    /// <exception cref="ModelImportException">The node has an attribute that nobody asked for.</exception>
    public void RequireAllRead()
    {
        foreach (AttributeProto attribute in _unread.Values)
            throw Error($"has the attribute {attribute.Name}, which is not supported");
    }

    public ModelImportException Error(string problem)
    {
        string name = _node.Name.Length > 0 ? _node.Name : _node.Output.FirstOrDefault(output => output.Length > 0, "");
        return new ModelImportException($"Node '{name}' ({_node.OpType}) {problem}.");
    }

    [DoesNotReturn]
    public void Refuse(string problem) => throw Error(problem);

    public static string Describe(Value value) => value switch
    {
        Signal signal => $"a tensor of the input, {signal.ShapeText()}",
        Onnx.Constant constant => $"a constant [{string.Join(", ", constant.Shape)}]",
        CellState => "an LSTM's final cell state",
        RunInput input => $"the graph's input '{input.Name}'",
        GeluTerm => "a scaled tensor of the input that is no part of a gelu",
        Repeated => "a constant that is repeated as often as a run would tell",
        _ => "a constant of unknown shape",
    };

    private AttributeProto? Take(string name, AttributeProto.Types.Kind type)
    {
        if (!_unread.Remove(name, out AttributeProto? attribute))
            return null;
        return attribute.Type == type
            ? attribute
            : throw Error($"has the attribute {name} of type {attribute.Type}, expected {type}");
    }
}
