using NativeRnn.Interop.Onnx.Proto;

namespace NativeRnn.Interop.Onnx;

/// <summary>Goes through a graph from the input to the output and finds out what layers it is made of.</summary>
internal sealed class OnnxGraph
{
    private const long MaxBudget = 1L << 29;

    private readonly GraphProto _graph;
    private readonly ValueInfoProto[] _outputs;
    private readonly List<NodeProto> _nodes;
    private readonly GraphInputs _inputs;
    private readonly OnnxContext _context;
    private readonly Dictionary<string, TensorProto> _initializers = [];
    private readonly Dictionary<string, Value> _values = [];

    private OnnxGraph(GraphProto graph, long operatorSet, OnnxImportOptions options)
    {
        _graph = graph;
        foreach (TensorProto tensor in graph.Initializer)
        {
            if (!_initializers.TryAdd(tensor.Name, tensor))
                throw new ModelImportException($"There are two tensors named '{tensor.Name}'.");
        }

        if (graph.SparseInitializer.Count > 0)
            throw new ModelImportException("The graph has sparse weights, which are not supported.");
        _outputs = ChosenOutputs(options.Output);
        _nodes = NeededNodes();
        _inputs = GraphInputs.Of(UsedInputs(), _nodes);
        long budget = Math.Min(MaxBudget, 2L * graph.CalculateSize() + (1 << 16));
        _context = new OnnxContext(operatorSet, options, _inputs.Lengths.Count > 0, budget);
    }

    /// <exception cref="ModelImportException">The model is damaged, or has something that is not supported.</exception>
    public static RnnModel Read(ModelProto model, OnnxImportOptions options)
    {
        if (model.Graph is null)
            throw new ModelImportException("The file has no graph.");
        long operatorSet = model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx")?.Version
            ?? throw new ModelImportException("The file does not say which version of ONNX's operators it uses.");
        if (operatorSet < 7)
            throw new ModelImportException($"The file uses version {operatorSet} of ONNX's operators; 7 is the oldest that is supported.");
        return new OnnxGraph(model.Graph, operatorSet, options).Read();
    }

    private RnnModel Read()
    {
        Signal input = AddInputs();
        foreach (NodeProto node in _nodes)
            Evaluate(node);

        Signal output = FindOutput();
        OnnxNode end = new(new NodeProto { OpType = "output", Name = _outputs[0].Name }, [output], _context);
        Chain chain = SignalJoining.Join(end, output);
        RequireReadable(end, output);
        try
        {
            return chain.ToModel(input.Dimensions[^1][0].Size);
        }
        catch (ArgumentException exception)
        {
            throw new ModelImportException(exception.Message, exception);
        }
    }

    private Signal AddInputs()
    {
        Signal sequences = Sequences(_inputs.Sequences);
        _values.Add(_inputs.Sequences.Name, sequences);
        foreach (ValueInfoProto other in _inputs.States.Concat(_inputs.Lengths))
            _values.Add(other.Name, new RunInput(other.Name, Axes(other)));
        return sequences;
    }

    private static Signal Sequences(ValueInfoProto input)
    {
        int type = input.Type?.TensorType?.ElemType ?? throw new ModelImportException($"The input '{input.Name}' is not a tensor.");
        if (type is not (TensorReader.Float or TensorReader.Int32 or TensorReader.Int64))
            throw new ModelImportException($"The input '{input.Name}' has the element type {type}, expected 1, float32, or of numbers of symbols 6 or 7, int32 or int64.");
        bool isSymbols = type != TensorReader.Float;
        Axis[] axes = Axes(input) is { Length: >= 1 and <= 3 } given && (isSymbols || given.Length > 1)
            ? given
            : throw new ModelImportException($"The input '{input.Name}' has {input.Type.TensorType.Shape?.Dim.Count ?? 0} dimensions, expected batch, time and features{(isSymbols ? ", the last of which numbers of symbols do not have" : "")}.");
        return new Signal([.. axes.Select(axis => new[] { axis })], [Chain.Input], isSymbols);
    }

    private static Axis[]? Axes(ValueInfoProto input) => input.Type?.TensorType?.Shape is { } shape
        ? [.. shape.Dim.Select((dimension, i) => new Axis($"dimension {i}", AxisRole.Unknown, dimension.DimValue > 0 ? dimension.DimValue : null))]
        : null;

    /// <summary>The network's output first; where none is chosen the others, which may be final states, behind it.</summary>
    private ValueInfoProto[] ChosenOutputs(string? name)
    {
        if (_graph.Output.Count == 0)
            throw new ModelImportException("The graph has no output.");
        return name is null
            ? [.. _graph.Output]
            : [_graph.Output.FirstOrDefault(output => output.Name == name)
                ?? throw new ModelImportException($"The graph has no output '{name}', but {string.Join(", ", _graph.Output.Select(output => $"'{output.Name}'"))}.")];
    }

    /// <summary>The inputs that say something to the output: not weights, which older files list too, nor what no node looks at.</summary>
    private List<ValueInfoProto> UsedInputs()
    {
        HashSet<string> used = [.. _nodes.SelectMany(node => node.Input), .. _outputs.Select(output => output.Name)];
        List<ValueInfoProto> inputs = [.. _graph.Input.Where(input => !_initializers.ContainsKey(input.Name)).DistinctBy(input => input.Name)];
        return inputs.Exists(input => used.Contains(input.Name)) ? [.. inputs.Where(input => used.Contains(input.Name))] : inputs;
    }

    /// <summary>The nodes that the outputs depend on, in the order of the file, in which each comes behind those it uses.</summary>
    private List<NodeProto> NeededNodes()
    {
        HashSet<string> needed = [.. _outputs.Select(output => output.Name)];
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
        OnnxNode node = new(proto, inputs, _context);
        Value[]? outputs = null;
        if (Array.Exists(inputs, input => input is GeluTerm))
        {
            outputs = GeluTerm.Apply(node);
            if (outputs is null)
                node = new OnnxNode(proto, inputs = Array.ConvertAll(inputs, input => input is GeluTerm term ? term.Plain : input), _context);
        }

        if (proto.Domain is not ("" or "ai.onnx"))
            node.Refuse($"is of the domain {proto.Domain}, which is not supported");
        if (outputs is not null)
            node.RequireAllRead();
        else if (Array.Exists(inputs, input => input is CellState))
            outputs = [.. Enumerable.Repeat(new CellState(), proto.Output.Count)];
        else if (Array.Exists(inputs, input => input is Signal))
            outputs = RecurrentOperators.Apply(node) ?? LayoutOperators.Apply(node) ?? DenseOperators.Apply(node);
        else if (Array.Exists(inputs, input => input is RunInput))
            outputs = RunInput.Apply(node);
        else
            outputs = ConstantFolding.Fold(node);
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
            throw new OnnxNode(user, [], _context).Error($"uses '{name}', which no node before it computes");
        value = TensorReader.Read(tensor, name);
        _values.Add(name, value);
        return value;
    }

    /// <summary>The network's output. Others may be final states, which a session gives by itself.</summary>
    private Signal FindOutput()
    {
        Signal? first = null;
        foreach (ValueInfoProto output in _outputs)
        {
            if (!_values.TryGetValue(output.Name, out Value? value))
                throw new ModelImportException($"The output '{output.Name}' is computed by no node.");
            if (first is null)
                first = (value as GeluTerm)?.Plain ?? value as Signal ?? throw new ModelImportException($"The output '{output.Name}' is {OnnxNode.Describe(value)}, expected one computed from the model's input.");
            else if (value is not CellState && !(value is Signal signal && Array.TrueForAll(signal.Parts, part => part.Layer is RecurrentLayer { ReturnSequences: false })))
                throw new ModelImportException($"The graph has a second output '{output.Name}' that is not the final state of a recurrent layer; a network has one: choose '{_outputs[0].Name}' or '{output.Name}' (--output).");
        }

        return first!;
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
