namespace NativeRnn.Interop.Onnx;

/// <summary>Puts signals side by side, and makes one chain of layers of what stands side by side.</summary>
internal static class SignalJoining
{
    public static Signal Concat(OnnxNode node)
    {
        Signal[] inputs = [.. Enumerable.Range(0, node.InputCount).Select(node.Signal)];
        Signal first = inputs[0];
        int dimension = node.Dimension(node.Integer("axis", 0), first.Rank);
        foreach (Signal input in inputs)
        {
            // Parts of several layers are counted layer by layer.
            if (!HaveSameAxes(first, input, except: dimension) || input.Find(AxisRole.Layers) is not null)
                node.Refuse($"joins {first.ShapeText()} and {input.ShapeText()}, which do not fit together");
        }

        Chain[] parts = [.. inputs.SelectMany(input => input.Parts)];
        bool stacks = Array.TrueForAll(inputs, input => input.Dimensions[dimension] is [] && input.Parts.Length == 1 || input.Dimensions[dimension] is [{ Role: AxisRole.Parts }]);
        if (stacks && Array.TrueForAll(parts, part => part.Size == parts[0].Size))
            return new Signal(first.WithDimension(dimension, parts.Length == 1 ? [] : [SignalSelection.PartsAxis(parts.Length)]).Dimensions, parts);
        if (Array.TrueForAll(inputs, input => input.IsFeatures(dimension)) && Array.TrueForAll(parts, part => part.Size > 0))
            return new Signal(first.WithDimension(dimension, SignalSelection.FeatureAxes(parts)).Dimensions, parts);
        throw node.Error($"joins {first.ShapeText()} along the dimension {dimension}, expected directions or features");
    }

    /// <summary>Whether two signals have the same axes in the same order; their features may be different ones of the same number.</summary>
    public static bool HaveSameAxes(Signal left, Signal right, int except = -1)
    {
        if (left.Rank != right.Rank)
            return false;
        for (int i = 0; i < left.Rank; i++)
        {
            Axis[] a = left.Dimensions[i], b = right.Dimensions[i];
            if (i != except && (a.Length != b.Length || !a.Zip(b).All(pair => IsSame(pair.First, pair.Second))))
                return false;
        }

        return true;
    }

    /// <summary>One chain whose output is all the features of a signal.</summary>
    public static Chain Join(OnnxNode node, Signal signal)
    {
        Chain joined = signal.Parts[0];
        if (signal.IsSymbols)
            node.Refuse("takes the integers of the input, which only an embedding does");
        if (signal.Parts.Length == 1)
            return joined;
        return signal.Parts.Length == 2 && Chain.TryJoin(joined, signal.Parts[1], Merge.Concat) is { } both
            ? both
            : throw node.Error(
                $"takes {signal.Parts.Length} outputs side by side that are not those of a forward and a backward recurrent layer of one input, in this order");
    }

    private static bool IsSame(Axis left, Axis right)
        => left == right || (left.Role == right.Role && left.Role is AxisRole.Features or AxisRole.Parts && left.Size == right.Size);
}
