namespace NativeRnn.Interop.Onnx;

/// <summary>The operators that move the numbers of a signal without changing them: order of axes, shapes, choosing, joining.</summary>
internal static class LayoutOperators
{
    /// <returns>The outputs, or null for an operator of another sort.</returns>
    public static Value[]? Apply(OnnxNode node) => node.Operator switch
    {
        "Identity" => [node.Signal(0)],
        "Cast" => [Cast(node)],
        "Dropout" => [Dropout(node)],
        "Shape" => [Shape(node)],
        "Transpose" => [Transpose(node)],
        "Squeeze" => [Squeeze(node)],
        "Unsqueeze" => [Unsqueeze(node)],
        "Reshape" => [SignalReshape.Apply(node)],
        "Flatten" => [Flatten(node)],
        "Gather" => [SignalSelection.Gather(node)],
        "Slice" => [SignalSelection.Slice(node)],
        "Split" => SignalSelection.Split(node),
        "Concat" => [SignalJoining.Concat(node)],
        "ReverseSequence" => [ReverseSequence(node)],
        _ => null,
    };

    /// <summary>Whether lengths of sequences say nothing: they are the length of the time axis itself.</summary>
    public static bool IsWhole(Value lengths, Axis time) => lengths switch
    {
        Fill { Integer: { } length } => length.IsLengthOf(time),
        Constant { Integers: { } all } => Array.TrueForAll(all, length => length.IsLengthOf(time)),
        _ => false,
    };

    private static Signal Cast(OnnxNode node)
    {
        Signal signal = node.Signal(0);
        long type = node.Integer("to", 0);
        node.Ignore("saturate");
        // Whole numbers stay what they are.
        bool toIntegers = type is TensorReader.Int32 or TensorReader.Int64;
        bool isSupported = type == TensorReader.Float || (toIntegers && signal.Parts is [{ Layer: null }]);
        return isSupported
            ? new Signal(signal.Dimensions, signal.Parts, toIntegers)
            : throw node.Error($"has the attribute to = {type}, expected 1, float32");
    }

    private static Signal Dropout(OnnxNode node)
    {
        Signal signal = node.Signal(0);
        float rate = node.Number("ratio", 0.5f);
        node.Ignore("seed", "is_test");
        if (node[1] is Constant { Numbers: [float given] })
            rate = given;
        if (node[2] is not (null or Constant { IsZero: true } or Fill { IsZero: true }))
            node.Refuse("has training_mode set; export the model for inference");
        // The rate matters to a later training only, so that it is left out where it would keep parts from being known as such.
        Chain? chain = signal.Parts switch
        {
            [var only] => only,
            [var forward, var backward] when signal.FeaturesDimension >= 0 => Chain.TryJoin(forward, backward, Merge.Concat),
            _ => null,
        };
        return chain is not null && rate is >= 0 and < 1 ? DenseOperators.After(signal, chain.ThenDropout(rate)) : signal;
    }

    private static Constant Shape(OnnxNode node)
    {
        Signal signal = node.Signal(0);
        return ConstantFolding.Shape(node, Array.ConvertAll(signal.Dimensions, Length));

        Size Length(Axis[] axes)
        {
            Size length = new(1);
            foreach (Axis axis in axes)
                length = length * Size.Of(axis) ?? throw node.Error($"asks for the shape {signal.ShapeText()}, which does not fold");
            return length;
        }
    }

    private static Signal Transpose(OnnxNode node)
    {
        Signal signal = node.Signal(0);
        return signal.WithDimensions(TensorIndexing.Permutation(node, signal.Rank).Select(axis => signal.Dimensions[axis]));
    }

    private static Signal Squeeze(OnnxNode node)
    {
        Signal signal = node.Signal(0);
        HashSet<int> dropped = TensorIndexing.SqueezedAxes(node, signal.Rank, axis => signal.Dimensions[axis].All(part => part.Size == 1));
        return signal.WithDimensions(signal.Dimensions.Where((_, axis) => !dropped.Contains(axis)));
    }

    private static Signal Unsqueeze(OnnxNode node)
    {
        Signal signal = node.Signal(0);
        HashSet<int> added = TensorIndexing.UnsqueezedAxes(node, signal.Rank);
        int next = 0;
        return signal.WithDimensions(
            Enumerable.Range(0, signal.Rank + added.Count).Select(axis => added.Contains(axis) ? [] : signal.Dimensions[next++]).ToList());
    }

    private static Signal Flatten(OnnxNode node)
    {
        Signal signal = node.Signal(0);
        long axis = node.Integer("axis", 1);
        int split = axis == signal.Rank ? signal.Rank : node.Dimension(axis, signal.Rank);
        return signal.WithDimensions([Merged(signal.Dimensions[..split]), Merged(signal.Dimensions[split..])]);

        static Axis[] Merged(Axis[][] dimensions) => [.. dimensions.SelectMany(axes => axes)];
    }

    private static Signal ReverseSequence(OnnxNode node)
    {
        Signal signal = node.Signal(0);
        int dimension = node.Dimension(node.Integer("time_axis", 0), signal.Rank);
        node.Ignore("batch_axis");
        bool isGiven = node[1] is RunInput { Dimensions: not null } && node.Context.Options.UnpaddedSequences;
        return signal.Dimensions[dimension] is [Axis time] && time.TryBe(AxisRole.Time) && (isGiven || IsWhole(node.Required(1), time))
            ? SignalSelection.Reverse(signal)
            : throw node.Error($"reverses the dimension {dimension} of {signal.ShapeText()} up to given lengths, expected all of the time axis");
    }
}
