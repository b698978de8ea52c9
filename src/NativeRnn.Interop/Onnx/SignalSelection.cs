namespace NativeRnn.Interop.Onnx;

/// <summary>Gather, Slice and Split of a signal: the last or first step, the sequence reversed, some of the parts.</summary>
internal static class SignalSelection
{
    public static Signal Reverse(Signal signal) => new(signal.Dimensions, Array.ConvertAll(signal.Parts, part => part.Reversed()), signal.IsSymbols);

    public static Signal Gather(OnnxNode node)
    {
        if (node[1] is Signal)
            return Embed(node);
        Signal signal = node.Signal(0);
        int dimension = node.Dimension(node.Integer("axis", 0), signal.Rank);
        if (node.Sizes(1) is not [Size index])
            throw node.Error("chooses several positions, expected one");
        Axis[] axes = signal.Dimensions[dimension];
        bool isLast = index.IsConstant && index.Offset == -1;
        Signal? chosen = axes switch
        {
            [Axis time] when IsTime(time, dimension) => isLast || index.IsLengthOf(time, -1) ? Last(node, signal, dimension)
                : IsZero(index) ? First(node, signal, dimension) : null,
            _ when LengthOf(signal, dimension) is int size && index.IsConstant && index.Offset >= -size && index.Offset < size
                => Range(node, signal, dimension, (int)(index.Offset < 0 ? index.Offset + size : index.Offset), 1),
            _ => null,
        };
        if (chosen is null)
            throw node.Error($"chooses a position along the dimension {dimension} of {signal.ShapeText()} that is neither the last step, the first, nor a direction");
        return node.Constant(1).Shape.Length == 0 ? chosen.WithoutDimension(dimension) : chosen;
    }

    /// <summary>Rows of a constant table, by the numbers of symbols.</summary>
    private static Signal Embed(OnnxNode node)
    {
        Signal symbols = node.Signal(1);
        if (!symbols.IsSymbols || node.Constant(0).Shape is not [>= 1 and <= Architecture.MaxSize and int count, >= 1 and <= Architecture.MaxSize and int units]
            || node.Dimension(node.Integer("axis", 0), 2) != 0)
        {
            throw node.Error($"takes {OnnxNode.Describe(node.Constant(0))} by {OnnxNode.Describe(symbols)}, expected rows of a matrix by the integers of the input");
        }

        LayerWeights weights = new() { ["embeddings"] = node.Numbers(0) };
        Chain chain = symbols.Parts[0].Then(new Embedding(count, units), weights, units);
        return new Signal([.. symbols.Dimensions, [new Axis("features", AxisRole.Features, units)]], [chain]);
    }

    public static Signal Slice(OnnxNode node)
    {
        Signal signal = node.Signal(0);
        foreach (SliceRange range in SliceRange.Of(node, signal.Rank))
        {
            int dimension = range.Dimension;
            signal = signal.Dimensions[dimension] switch
            {
                [Axis axis] when IsTime(axis, dimension) && axis.Size is null => SliceTime(node, range, signal, axis),
                [Axis { Size: null } axis] when IsWhole(range, axis) => signal,
                _ when LengthOf(signal, dimension) is int size => SliceKnown(node, range, signal, size),
                _ => null,
            }
                ?? throw node.Error($"cuts the dimension {dimension} of {signal.ShapeText()} in a way that is not supported; "
                    + "the last step, the first, the reversed sequence and whole directions are");
        }

        return signal;
    }

    public static Signal[] Split(OnnxNode node)
    {
        Signal signal = node.Signal(0);
        int dimension = node.Dimension(node.Integer("axis", 0), signal.Rank);
        node.Ignore("num_outputs");
        int size = LengthOf(signal, dimension) ?? throw node.Error($"splits the dimension {dimension} of {signal.ShapeText()}, which is not supported");
        int first = 0;
        List<Signal> outputs = [];
        foreach (int count in ConstantFolding.SplitSizes(node, size))
        {
            outputs.Add(Range(node, signal, dimension, first, count));
            first += count;
        }

        return [.. outputs];
    }

    /// <summary>The axes of a dimension that is all the features of some parts: the parts have an axis of their own if they are equally long.</summary>
    public static Axis[] FeatureAxes(Chain[] parts)
    {
        int size = parts[0].Size;
        if (parts.Length == 1)
            return [new Axis("features", AxisRole.Features, size)];
        return Array.TrueForAll(parts, part => part.Size == size)
            ? [PartsAxis(parts.Length), new Axis("features", AxisRole.Features, size)]
            : [new Axis("features", AxisRole.Features, parts.Sum(part => (long)part.Size))];
    }

    public static Axis PartsAxis(int count) => new("parts", AxisRole.Parts, count);

    /// <summary>The input's features are its last dimension, so a dimension before may turn out to be time.</summary>
    private static bool IsTime(Axis axis, int dimension)
        => axis.Role == AxisRole.Time || (axis.Role == AxisRole.Unknown && dimension < 2 && axis.TryBe(AxisRole.Time));

    private static bool IsZero(Size size) => size.IsConstant && size.Offset == 0;

    private static bool IsBeyond(Size size) => size.IsConstant && size.Offset >= int.MaxValue;

    private static bool IsWhole(SliceRange range, Axis axis)
        => range.Step == 1 && IsZero(range.Start) && (IsBeyond(range.End) || range.End.IsLengthOf(axis));

    private static Signal Last(OnnxNode node, Signal signal, int dimension)
    {
        RequireNoPadding(node);
        return LastOf(signal, dimension);
    }

    private static Signal First(OnnxNode node, Signal signal, int dimension) => LastOf(Turned(node, signal), dimension);

    /// <summary>The whole time axis turned round: with padding, that is another order than the sequence's own.</summary>
    private static Signal Turned(OnnxNode node, Signal signal)
    {
        RequireNoPadding(node);
        return Reverse(signal);
    }

    private static void RequireNoPadding(OnnxNode node)
    {
        if (node.Context.IsPadded)
            node.Refuse("takes a step or an order of the time axis as a whole, which of sequences with sequence_lens is padding: take the final state");
    }

    private static Signal LastOf(Signal signal, int dimension)
        => new(signal.WithDimension(dimension).Dimensions, Array.ConvertAll(signal.Parts, part => part.Last()), signal.IsSymbols);

    private static Signal? SliceTime(OnnxNode node, SliceRange range, Signal signal, Axis time)
    {
        bool startsAtLast = range.Start.IsConstant && range.Start.Offset == -1;
        if (IsWhole(range, time))
            return signal;
        if (range.Step == -1 && (startsAtLast || IsBeyond(range.Start)) && range.End is { IsConstant: true, Offset: <= -int.MaxValue })
            return Turned(node, signal);
        if (range.Step == 1 && (startsAtLast || range.Start.IsLengthOf(time, -1)) && (IsBeyond(range.End) || range.End.IsLengthOf(time)))
            return Last(node, signal, range.Dimension);
        return range.Step == 1 && IsZero(range.Start) && range.End is { IsConstant: true, Offset: 1 } ? First(node, signal, range.Dimension) : null;
    }

    private static Signal? SliceKnown(OnnxNode node, SliceRange range, Signal signal, int size)
    {
        if (range.In(size) is not (int first, int count))
            return null;
        if (range.Step == 1 && count == size)
            return signal;
        if (signal.Dimensions[range.Dimension] is not [Axis { Role: AxisRole.Time }])
            return range.Step == 1 ? Range(node, signal, range.Dimension, first, count) : null;
        if (range.Step == -1 && count == size)
            return Turned(node, signal);
        if (count != 1)
            return null;
        return first == size - 1 ? Last(node, signal, range.Dimension) : first == 0 ? First(node, signal, range.Dimension) : null;
    }

    /// <summary>The length of a dimension that can be cut: parts, features, or whatever is of a size said in the file.</summary>
    private static int? LengthOf(Signal signal, int dimension)
    {
        long length = 1;
        foreach (Axis axis in signal.Dimensions[dimension])
        {
            if (axis.Size is not long size || (length *= size) > int.MaxValue)
                return null;
        }

        return (int)length;
    }

    private static Signal Range(OnnxNode node, Signal signal, int dimension, int first, int count)
    {
        if (count == LengthOf(signal, dimension))
            return signal;
        if (signal.Dimensions[dimension] is [{ Role: AxisRole.Layers }])
        {
            int each = signal.Parts.Length / LengthOf(signal, dimension)!.Value;
            return count == 1
                ? new Signal(signal.WithDimension(dimension).Dimensions, signal.Parts[(first * each)..((first + 1) * each)])
                : throw node.Error($"takes several layers of {signal.ShapeText()}, expected one");
        }

        bool isParts = signal.Dimensions[dimension] is [{ Role: AxisRole.Parts }] && signal.Find(AxisRole.Layers) is null;
        if (!isParts && !signal.IsFeatures(dimension))
            throw node.Error($"cuts the dimension {dimension} of {signal.ShapeText()}, which is not supported");

        int begin = 0;
        List<Chain> chosen = [];
        foreach (Chain part in signal.Parts)
        {
            int length = isParts ? 1 : part.Size;
            if (begin >= first && begin + length <= first + count)
                chosen.Add(part);
            begin += length;
        }

        Chain[] parts = [.. chosen];
        if (parts.Length == 0 || (isParts ? parts.Length : parts.Sum(part => (long)part.Size)) != count)
            throw node.Error($"takes the features {first} to {first + count - 1} of {signal.ShapeText()}, expected those of a whole direction or layer");
        Axis[] axes = isParts ? parts.Length == 1 ? [] : [PartsAxis(parts.Length)] : FeatureAxes(parts);
        return new Signal(signal.WithDimension(dimension, axes).Dimensions, parts);
    }
}
