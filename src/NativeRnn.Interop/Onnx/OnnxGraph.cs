using NativeRnn.Interop.Onnx.Proto;

namespace NativeRnn.Interop.Onnx;

/// <summary>Goes through a graph from the input to the output and finds out what layers it is made of.</summary>
internal sealed class OnnxGraph
{
    private const long MaxBudget = 1L << 29;

    private readonly GraphProto _graph;
    private readonly long _operatorSet;
    private readonly ConstantFolding _folding;
    private readonly Dictionary<string, TensorProto> _initializers = [];
    private readonly Dictionary<string, Value> _values = [];
    private Axis[] _inputAxes = [];

    private OnnxGraph(GraphProto graph, long operatorSet)
    {
        _graph = graph;
        _operatorSet = operatorSet;
        _folding = new ConstantFolding(Math.Min(MaxBudget, 2L * graph.CalculateSize() + (1 << 16)));
        foreach (TensorProto tensor in graph.Initializer)
        {
            if (!_initializers.TryAdd(tensor.Name, tensor))
                throw new ModelImportException($"There are two tensors named '{tensor.Name}'.");
        }

        if (graph.SparseInitializer.Count > 0)
            throw new ModelImportException("The graph has sparse weights, which are not supported.");
    }

    /// <exception cref="ModelImportException">The model is damaged, or has something that is not supported.</exception>
    public static RnnModel Read(ModelProto model)
    {
        if (model.Graph is null)
            throw new ModelImportException("The file has no graph.");
        long operatorSet = model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx")?.Version
            ?? throw new ModelImportException("The file does not say which version of ONNX's operators it uses.");
        if (operatorSet < 7)
            throw new ModelImportException($"The file uses version {operatorSet} of ONNX's operators; 7 is the oldest that is supported.");
        return new OnnxGraph(model.Graph, operatorSet).Read();
    }

    private RnnModel Read()
    {
        AddInput();
        foreach (NodeProto node in NeededNodes())
            Evaluate(node);

        Signal output = FindOutput();
        OnnxNode end = new(new NodeProto { OpType = "output", Name = _graph.Output[0].Name }, [output], _operatorSet);
        Chain chain = SignalJoining.Join(end, output);
        RequireReadable(end, output);
        long inputSize = _inputAxes[^1].Size ?? throw new ModelImportException("The graph does not tell the number of input features.");
        try
        {
            return chain.ToModel(inputSize is > 0 and <= Architecture.MaxSize ? (int)inputSize : throw new ModelImportException($"The input has {inputSize} features."));
        }
        catch (ArgumentException exception)
        {
            throw new ModelImportException(exception.Message, exception);
        }
    }

    private void AddInput()
    {
        ValueInfoProto[] inputs = [.. _graph.Input.Where(input => !_initializers.ContainsKey(input.Name))];
        if (inputs.Length != 1)
            throw new ModelImportException($"The graph has {inputs.Length} inputs ({string.Join(", ", inputs.Select(input => input.Name))}), expected 1: the sequences.");
        TypeProto.Types.Tensor type = inputs[0].Type?.TensorType ?? throw new ModelImportException($"The input '{inputs[0].Name}' is not a tensor.");
        if (type.ElemType != 1)
            throw new ModelImportException($"The input '{inputs[0].Name}' has the element type {type.ElemType}, expected 1, float32.");
        if (type.Shape is not { Dim.Count: 2 or 3 } shape)
            throw new ModelImportException($"The input '{inputs[0].Name}' has {type.Shape?.Dim.Count ?? 0} dimensions, expected batch, time and features.");
        _inputAxes = [.. shape.Dim.Select((dimension, i) => new Axis($"dimension {i}", AxisRole.Unknown, dimension.DimValue > 0 ? dimension.DimValue : null))];
        _values.Add(inputs[0].Name, new Signal([.. _inputAxes.Select(axis => new[] { axis })], [Chain.Input]));
    }

    /// <summary>The nodes that the outputs depend on, in the order of the file, in which each comes behind those it uses.</summary>
    private List<NodeProto> NeededNodes()
    {
        HashSet<string> needed = [.. _graph.Output.Select(output => output.Name)];
        List<NodeProto> nodes = [];
        for (int i = _graph.Node.Count - 1; i >= 0; i--)
        {
            NodeProto node = _graph.Node[i];
            if (!node.Output.Any(output => output.Length > 0 && needed.Contains(output)))
                continue;
            nodes.Add(node);
            foreach (string input in node.Input)
                needed.Add(input);
        }

        nodes.Reverse();
        return nodes;
    }

    private void Evaluate(NodeProto proto)
    {
        Value?[] inputs = [.. proto.Input.Select(name => name.Length == 0 ? null : ValueOf(name, proto))];
        OnnxNode node = new(proto, inputs, _operatorSet);
        Value[]? outputs = null;
        if (proto.Domain is not ("" or "ai.onnx"))
            node.Refuse($"is of the domain {proto.Domain}, which is not supported");
        if (Array.Exists(inputs, input => input is CellState))
            outputs = [.. Enumerable.Repeat(new CellState(), proto.Output.Count)];
        else if (Array.Exists(inputs, input => input is Signal))
            outputs = RecurrentOperators.Apply(node) ?? LayoutOperators.Apply(node) ?? DenseOperators.Apply(node);
        else
            outputs = _folding.Fold(node);
        if (outputs is null)
            node.Refuse("is an operator that is not supported");
        if (!Array.Exists(inputs, input => input is CellState))
            node.RequireAllRead();

        for (int i = 0; i < proto.Output.Count; i++)
        {
            string name = proto.Output[i];
            if (name.Length > 0 && i < outputs!.Length && !_values.TryAdd(name, outputs[i]))
                node.Refuse($"computes '{name}', which is there already");
        }
    }

    private Value ValueOf(string name, NodeProto user)
    {
        if (_values.TryGetValue(name, out Value? value))
            return value;
        if (!_initializers.TryGetValue(name, out TensorProto? tensor))
            throw new OnnxNode(user, [], _operatorSet).Error($"uses '{name}', which no node before it computes");
        value = TensorReader.Read(tensor, name);
        _values.Add(name, value);
        return value;
    }

    /// <summary>The first output. Others may be final states, which a session gives by itself.</summary>
    private Signal FindOutput()
    {
        Signal? first = null;
        foreach (ValueInfoProto output in _graph.Output)
        {
            if (!_values.TryGetValue(output.Name, out Value? value))
                throw new ModelImportException($"The output '{output.Name}' is computed by no node.");
            if (first is null)
                first = value as Signal ?? throw new ModelImportException($"The output '{output.Name}' is {OnnxNode.Describe(value)}, expected one computed from the model's input.");
            else if (value is not (CellState or Signal) || (value is Signal signal && !Array.TrueForAll(signal.Parts, part => part.Layer is RecurrentLayer)))
                throw new ModelImportException($"The graph has a second output '{output.Name}' that is not the final state of a recurrent layer; a network has one.");
        }

        return first ?? throw new ModelImportException("The graph has no output.");
    }

    /// <summary>Outputs are in the order of time and features; where the batch stands, and dimensions of size 1, make no difference.</summary>
    private static void RequireReadable(OnnxNode end, Signal output)
    {
        List<AxisRole> roles = [.. output.Dimensions.SelectMany(axes => axes).Where(axis => axis.Role != AxisRole.Batch && axis.Size != 1).Select(axis => axis.Role)];
        if (!roles.SequenceEqual(roles.OrderBy(Order)))
            throw end.Error($"is {output.ShapeText()}, expected time before features");

        static int Order(AxisRole role) => role switch
        {
            AxisRole.Time => 0,
            AxisRole.Parts => 1,
            AxisRole.Features => 2,
            _ => -1,
        };
    }
}
