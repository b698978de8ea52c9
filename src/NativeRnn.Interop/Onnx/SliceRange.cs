namespace NativeRnn.Interop.Onnx;

/// <summary>What a Slice takes along one dimension.</summary>
internal readonly record struct SliceRange(int Dimension, Size Start, Size End, long Step)
{
    /// <summary>The ranges of a node, said by attributes before operator set 10 and by inputs since.</summary>
    public static List<SliceRange> Of(OnnxNode node, int rank)
    {
        Size[] starts = Bounds("starts", 1) ?? throw node.Error("lacks its starts");
        Size[] ends = Bounds("ends", 2) ?? throw node.Error("lacks its ends");
        long[] axes = node.IntegersOf("axes", 3) ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        long[] steps = node[4] is null ? [.. Enumerable.Repeat(1L, starts.Length)] : node.Integers(4);
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length || steps.Contains(0))
            node.Refuse("has starts, ends, axes and steps that do not fit together");
        return [.. starts.Select((start, i) => new SliceRange(node.Dimension(axes[i], rank), start, ends[i], steps[i]))];

        Size[]? Bounds(string attribute, int input) => node.IntegerList(attribute) is { } list
            ? Array.ConvertAll(list, value => new Size(value))
            : node[input] is null ? null : node.Sizes(input);
    }

    /// <summary>The first position and the number of positions in a dimension of known size; null if they depend on a run.</summary>
    public (int First, int Count)? In(int size)
    {
        if (!Start.IsConstant || !End.IsConstant)
            return null;
        Int128 length = size, start = Start.Offset, end = End.Offset, step = Step;
        if (start < 0)
            start += length;
        if (end < 0)
            end += length;
        if (step > 0)
        {
            start = Int128.Clamp(start, 0, length);
            end = Int128.Clamp(end, 0, length);
            return ((int)start, (int)Int128.Max(0, (end - start + step - 1) / step));
        }

        start = Int128.Clamp(start, -1, length - 1);
        end = Int128.Clamp(end, -1, length - 1);
        return ((int)start, (int)Int128.Max(0, (start - end - step - 1) / -step));
    }
}
