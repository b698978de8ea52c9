namespace NativeRnn.Interop.Onnx;

/// <summary>Which elements of a constant go where: slicing, gathering, transposing, joining, broadcasting, new shapes.</summary>
internal static class TensorIndexing
{
    public static Constant Slice(OnnxNode node, Constant value)
    {
        foreach (SliceRange range in SliceRange.Of(node, value.Shape.Length))
        {
            (int first, int count) = range.In(value.Shape[range.Dimension])
                ?? throw node.Error("slices a constant at a place that only a run would tell");
            value = Slice(value, range.Dimension, first, (int)Math.Clamp(range.Step, -int.MaxValue, int.MaxValue), count);
        }

        return value;
    }

    public static Constant Slice(Constant value, int axis, int first, int step, int count)
        => Pick(value, axis, [.. Enumerable.Range(0, count).Select(i => first + i * step)], [.. value.Shape.Select((size, i) => i == axis ? count : size)]);

    public static Constant Gather(OnnxNode node, Constant value)
    {
        int axis = node.Dimension(node.Integer("axis", 0), value.Shape.Length);
        int[] indices = Array.ConvertAll(node.Integers(1), index => node.Dimension(index, value.Shape[axis]));
        return Pick(value, axis, indices, [.. value.Shape[..axis], .. node.Constant(1).Shape, .. value.Shape[(axis + 1)..]]);
    }

    public static Constant Transpose(OnnxNode node, Constant value)
    {
        int rank = value.Shape.Length;
        int[] order = Permutation(node, rank);
        int[] shape = [.. order.Select(axis => value.Shape[axis])];
        int[] strides = new int[rank];
        for (int axis = rank - 1, stride = 1; axis >= 0; stride *= value.Shape[axis--])
            strides[axis] = stride;
        return value.Take(shape, Indices(shape, [.. order.Select(axis => strides[axis])]));
    }

    public static Constant Concat(OnnxNode node, Constant[] inputs)
    {
        int rank = inputs[0].Shape.Length;
        int axis = node.Dimension(node.Integer("axis", 0), rank);
        bool isFloat = inputs[0].Numbers is not null;
        foreach (Constant input in inputs)
        {
            bool fits = input.Shape.Length == rank && (input.Numbers is not null) == isFloat
                && !Enumerable.Range(0, rank).Any(i => i != axis && input.Shape[i] != inputs[0].Shape[i]);
            if (!fits)
                node.Refuse("joins constants whose shapes or types do not fit together");
        }

        int[] shape = [.. inputs[0].Shape];
        shape[axis] = inputs.Sum(input => input.Shape[axis]);
        int outer = inputs[0].Shape[..axis].Aggregate(1, (product, size) => product * size);
        return isFloat ? new Constant(shape, Join(input => input.Numbers!)) : new Constant(shape, Join(input => input.Integers!));

        T[] Join<T>(Func<Constant, T[]> elements)
        {
            List<T> joined = [];
            for (int i = 0; i < outer; i++)
            {
                foreach (Constant input in inputs)
                    joined.AddRange(elements(input).AsSpan(i * (input.Count / outer), input.Count / outer));
            }

            return [.. joined];
        }
    }

    /// <summary>The shape of an element-wise operation, by NumPy's rules.</summary>
    public static int[] BroadcastShape(OnnxNode node, int[] left, int[] right)
    {
        int rank = Math.Max(left.Length, right.Length);
        int[] shape = new int[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            int a = SizeAt(left, axis, rank), b = SizeAt(right, axis, rank);
            if (a != b && a != 1 && b != 1)
                node.Refuse($"combines constants [{string.Join(", ", left)}] and [{string.Join(", ", right)}]");
            shape[axis] = a == 1 ? b : a;
        }

        return shape;
    }

    /// <summary>For each element of the broadcast shape, the element of one of the tensors that goes there.</summary>
    public static int[] BroadcastIndices(int[] source, int[] shape)
    {
        int[] strides = new int[shape.Length];
        for (int axis = shape.Length - 1, stride = 1; axis >= 0; axis--)
        {
            int size = SizeAt(source, axis, shape.Length);
            strides[axis] = size == 1 ? 0 : stride;
            stride *= size;
        }

        return Indices(shape, strides);
    }

    public static int[] Permutation(OnnxNode node, int rank)
    {
        long[] order = node.IntegerList("perm") ?? [.. Enumerable.Range(0, rank).Select(i => (long)(rank - 1 - i))];
        if (!order.Order().SequenceEqual(Enumerable.Range(0, rank).Select(i => (long)i)))
            node.Refuse($"has perm = [{string.Join(", ", order)}], which is no order of {rank} dimensions");
        return Array.ConvertAll(order, axis => (int)axis);
    }

    /// <summary>The dimensions that a Squeeze drops; those of size 1 where the node does not say.</summary>
    public static HashSet<int> SqueezedAxes(OnnxNode node, int rank, Func<int, bool> isOne)
    {
        HashSet<int> axes = node.IntegersOf("axes", 1) is { } given
            ? [.. given.Select(axis => node.Dimension(axis, rank))]
            : [.. Enumerable.Range(0, rank).Where(isOne)];
        foreach (int axis in axes)
        {
            if (!isOne(axis))
                node.Refuse($"drops the dimension {axis}, whose size is not 1");
        }

        return axes;
    }

    /// <summary>The dimensions of the output that an Unsqueeze inserts.</summary>
    public static HashSet<int> UnsqueezedAxes(OnnxNode node, int rank)
    {
        long[] axes = node.IntegersOf("axes", 1) ?? throw node.Error("lacks its axes");
        HashSet<int> distinct = [.. axes.Select(axis => node.Dimension(axis, rank + axes.Length))];
        return distinct.Count == axes.Length ? distinct : throw node.Error("has an axis twice");
    }

    public static int[] Squeezed(OnnxNode node, int[] shape)
    {
        HashSet<int> dropped = SqueezedAxes(node, shape.Length, axis => shape[axis] == 1);
        return [.. shape.Where((_, axis) => !dropped.Contains(axis))];
    }

    public static int[] Unsqueezed(OnnxNode node, int[] shape)
    {
        HashSet<int> added = UnsqueezedAxes(node, shape.Length);
        int next = 0;
        return [.. Enumerable.Range(0, shape.Length + added.Count).Select(axis => added.Contains(axis) ? 1 : shape[next++])];
    }

    public static int[] Reshaped(OnnxNode node, Constant value)
    {
        long[] shape = node.Integers(1);
        bool keepsZero = node.Flag("allowzero");
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] == 0 && !keepsZero)
                shape[i] = i < value.Shape.Length ? value.Shape[i] : throw node.Error("copies a dimension that its input does not have");
        }

        long known = shape.Where(size => size != -1).Aggregate(1L, (product, size) => size is < 0 or > int.MaxValue ? 0 : Math.Min(product * size, int.MaxValue));
        int open = Array.IndexOf(shape, -1);
        if (open >= 0 && known > 0)
            shape[open] = value.Count / known;
        long count = open >= 0 ? known * shape[open] : known;
        return count == value.Count && !shape.Contains(-1)
            ? Array.ConvertAll(shape, size => (int)size)
            : throw node.Error($"gives {value.Count} elements the shape [{string.Join(", ", shape)}]");
    }

    private static Constant Pick(Constant value, int axis, int[] positions, int[] shape)
    {
        int inner = value.Shape[(axis + 1)..].Aggregate(1, (product, size) => product * size);
        int outer = value.Shape[..axis].Aggregate(1, (product, size) => product * size);
        int size = value.Shape[axis];
        int[] indices = new int[outer * positions.Length * inner];
        int next = 0;
        for (int o = 0; o < outer; o++)
        {
            foreach (int position in positions)
            {
                for (int i = 0; i < inner; i++)
                    indices[next++] = (o * size + position) * inner + i;
            }
        }

        return value.Take(shape, indices);
    }

    private static int SizeAt(int[] shape, int axis, int rank) => axis + shape.Length - rank is >= 0 and int own ? shape[own] : 1;

    private static int[] Indices(int[] shape, int[] strides)
    {
        int[] indices = new int[shape.Aggregate(1, (product, size) => product * size)];
        int[] position = new int[shape.Length];
        int index = 0;
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = index;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                index += strides[axis];
                if (++position[axis] < shape[axis])
                    break;
                index -= position[axis] * strides[axis];
                position[axis] = 0;
            }
        }

        return indices;
    }
}
