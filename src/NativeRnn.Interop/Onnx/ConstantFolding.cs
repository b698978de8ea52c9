namespace NativeRnn.Interop.Onnx;

/// <summary>Computes the operators whose inputs are all constants: shape arithmetic, and weights put in order.</summary>
internal static class ConstantFolding
{
    private const int LargestFill = 4096;

    /// <returns>The outputs, or null for an operator that does not fold.</returns>
    public static Value[]? Fold(OnnxNode node) => node.Operator switch
    {
        "Constant" => [FromAttribute(node)],
        "ConstantOfShape" => [FilledByShape(node)],
        "Identity" => [node.Required(0)],
        "Cast" => [Cast(node)],
        "Expand" => [Expand(node)],
        "Split" when node.Required(0) is Constant => Split(node),
        "Add" or "Sub" or "Mul" or "Div" or "Equal" => [Arithmetic(node)],
        "Neg" => [Arithmetic(node, new Constant([], [new Size(-1)]))],
        "Where" => [Where(node)],
        "Concat" when Inputs(node).All(input => input is Constant) => [Concat(node)],
        "Shape" when node.Required(0) is Constant { Shape: var shape } => [Shape(node, Array.ConvertAll(shape, size => new Size(size)))],
        "Shape" when node.Required(0) is Fill { Shape: { } sizes } => [Shape(node, sizes)],
        "Gather" or "Slice" or "Transpose" or "Reshape" or "Squeeze" or "Unsqueeze" or "Concat" => [Restructure(node)],
        _ => null,
    };

    /// <summary>The sizes that a Shape gives: all, or those that its attributes choose.</summary>
    public static Constant Shape(OnnxNode node, Size[] sizes)
    {
        int first = Bound(node.Integer("start", 0)), end = Bound(node.Integer("end", sizes.Length));
        Size[] chosen = sizes[first..Math.Max(first, end)];
        return new Constant([chosen.Length], chosen);

        int Bound(long position) => (int)Math.Clamp(position < 0 ? position + sizes.Length : position, 0, sizes.Length);
    }

    private static IEnumerable<Value> Inputs(OnnxNode node) => Enumerable.Range(0, node.InputCount).Select(node.Required);

    private static Constant FromAttribute(OnnxNode node)
    {
        if (node.Tensor("value") is { } tensor)
            return TensorReader.Read(tensor, "value");
        if (node.IntegerList("value_ints") is { } integers)
            return new Constant([integers.Length], Array.ConvertAll(integers, value => new Size(value)));
        if (node.NumberList("value_floats") is { Length: > 0 } numbers)
            return new Constant([numbers.Length], numbers);
        float number = node.Number("value_float", float.NaN);
        return float.IsNaN(number)
            ? new Constant([], [new Size(node.Integer("value_int", 0))])
            : new Constant([], [number]);
    }

    private static Value FilledByShape(OnnxNode node)
    {
        Constant value = node.Tensor("value") is { } tensor ? TensorReader.Read(tensor, "value") : new Constant([1], [0f]);
        if (value.Count != 1)
            node.Refuse($"has a value of {value.Count} elements, expected 1");
        return Filled(value, node.Required(0));
    }

    /// <summary>A small tensor of one value, or the value alone where the shape is large or only a run would tell.</summary>
    private static Value Filled(Constant value, Value shape)
    {
        Fill fill = new(value.Numbers?[0], value.Integers?[0], (shape as Constant)?.Integers);
        if (shape is not Constant { Integers: { } sizes } || !Array.TrueForAll(sizes, size => size is { IsConstant: true, Offset: >= 0 and <= LargestFill }))
            return fill;
        int[] dimensions = Array.ConvertAll(sizes, size => (int)size.Offset);
        long count = dimensions.Aggregate(1L, (product, size) => Math.Min(product * size, int.MaxValue));
        return count <= LargestFill ? value.Take(dimensions, new int[count]) : fill;
    }

    private static Value Cast(OnnxNode node)
    {
        long type = node.Integer("to", 0);
        return (type, node.Required(0)) switch
        {
            (1 or 11, Constant { Numbers: not null } or Fill { Number: not null }) => node.Required(0),
            (6 or 7 or 9, Constant { Integers: not null } or Fill { Integer: not null }) => node.Required(0),
            (1 or 11, Constant { Integers: not null } constant) => new Constant(
                constant.Shape,
                Array.ConvertAll(constant.Integers, size => size.IsConstant ? (float)size.Offset : throw node.Error("casts a length to float32"))),
            (1 or 11, Fill { Integer: { IsConstant: true } integer }) => new Fill(integer.Offset, null),
            _ => throw node.Error($"casts to the element type {type}, which is not supported"),
        };
    }

    private static Value Expand(OnnxNode node)
    {
        if (node.Required(0) is not Constant value || value.Count == 1)
            return node.Required(0) is Constant single ? Filled(single, node.Required(1)) : node.Required(0);
        bool isUniform = value.Numbers is { } numbers
            ? !numbers.AsSpan().ContainsAnyExcept(numbers.FirstOrDefault())
            : Array.TrueForAll(value.Integers!, integer => integer.Equals(value.Integers![0]));
        if (isUniform && value.Count > 0)
            return new Fill(value.Numbers?[0], value.Integers?[0]);

        // What is left keeps the shape, or repeats what stands once.
        Size[] sizes = (node.Required(1) as Constant)?.Integers ?? throw node.Error("expands to a shape that does not fold");
        if (sizes.Length != value.Shape.Length)
            throw node.Error("expands a constant whose elements differ to more dimensions, which is not supported");
        (Size To, int From)[] dimensions = [.. sizes.Zip(value.Shape)];
        if (Array.TrueForAll(dimensions, pair => pair.To.IsConstant && (pair.To.Offset == 1 || pair.To.Offset == pair.From)))
            return value;
        return Array.TrueForAll(dimensions, pair => pair.From == 1 || (pair.To.IsConstant && (pair.To.Offset == 1 || pair.To.Offset == pair.From)))
            ? new Repeated(value)
            : throw node.Error("expands a constant to a shape that does not fit");
    }

    private static Constant[] Split(OnnxNode node)
    {
        Constant value = node.Constant(0);
        int axis = node.Dimension(node.Integer("axis", 0), value.Shape.Length);
        node.Ignore("num_outputs");
        int[] sizes = SplitSizes(node, value.Shape[axis]);
        Constant[] outputs = new Constant[sizes.Length];
        int first = 0;
        for (int i = 0; i < sizes.Length; first += sizes[i++])
            outputs[i] = Charge(node, TensorIndexing.Slice(value, axis, first, 1, sizes[i]));
        return outputs;
    }

    /// <summary>How a dimension is cut: by the node's sizes, or evenly with a smaller last piece.</summary>
    public static int[] SplitSizes(OnnxNode node, int size)
    {
        if (node.IntegersOf("split", 1) is not { } given)
        {
            int even = (size + node.OutputCount - 1) / Math.Max(1, node.OutputCount);
            return [.. Enumerable.Range(0, node.OutputCount).Select(i => Math.Clamp(size - i * even, 0, even))];
        }

        if (given.Length != node.OutputCount || given.Any(part => part < 0 || part > size) || given.Sum() != size)
            node.Refuse($"splits {size} into [{string.Join(", ", given)}] for {node.OutputCount} outputs");
        return Array.ConvertAll(given, part => (int)part);
    }

    private static Value Arithmetic(OnnxNode node, Constant? second = null)
    {
        Value left = node.Required(0), right = second ?? node.Required(1);
        if (left is Fill || right is Fill)
        {
            // Zeros stay zeros whatever they are multiplied with; nothing else is needed of tensors of unknown shape.
            bool isZero = node.Operator switch
            {
                "Mul" or "Neg" => IsZero(left) || IsZero(right),
                "Add" or "Sub" => IsZero(left) && IsZero(right),
                _ => false,
            };
            return isZero ? new Fill(0, new Size(0)) : throw node.Error("computes with a constant of unknown shape");
        }

        Constant a = node.Constant(0), b = second ?? node.Constant(1);
        int[] shape = TensorIndexing.BroadcastShape(node, a.Shape, b.Shape);
        node.Context.Charge(node, shape.Aggregate(1L, (product, size) => Math.Min(product * size, int.MaxValue)));
        int[] aIndices = TensorIndexing.BroadcastIndices(a.Shape, shape), bIndices = TensorIndexing.BroadcastIndices(b.Shape, shape);
        if (a.Integers is { } x && b.Integers is { } y)
            return new Constant(shape, [.. aIndices.Zip(bIndices, (i, j) => Compute(node, x[i], y[j]))]);
        if (a.Numbers is { } u && b.Numbers is { } v)
            return new Constant(shape, [.. aIndices.Zip(bIndices, (i, j) => Compute(node, u[i], v[j]))]);
        if (second is not null && a.Numbers is { } numbers)
            return new Constant(a.Shape, Array.ConvertAll(numbers, number => -number));
        throw node.Error("mixes integers and float32");
    }

    private static bool IsZero(Value value) => value is Fill { IsZero: true } or Constant { IsZero: true };

    private static Size Compute(OnnxNode node, Size left, Size right) => node.Operator switch
    {
        "Add" => left + right,
        "Sub" => left - right,
        "Mul" or "Neg" => left * right,
        "Div" => left / right,
        // Lengths are at least 1, so that a symbol equals no number below.
        _ => left.Equals(right) ? new Size(1)
            : (left.IsConstant && right.IsConstant) || (left.IsConstant && left.Offset < 1) || (right.IsConstant && right.Offset < 1) ? new Size(0)
            : null,
    }
        ?? throw node.Error("computes with lengths that only a run would tell, in a way that does not fold");

    private static float Compute(OnnxNode node, float left, float right) => node.Operator switch
    {
        "Add" => left + right,
        "Sub" => left - right,
        "Mul" => left * right,
        "Div" => left / right,
        _ => throw node.Error("compares float32"),
    };

    private static Constant Where(OnnxNode node)
    {
        Size[] conditions = node.Sizes(0);
        Constant yes = node.Constant(1), no = node.Constant(2);
        if (yes.Integers is null || no.Integers is null || !node.Constant(0).Shape.SequenceEqual(yes.Shape) || !yes.Shape.SequenceEqual(no.Shape))
            throw node.Error("chooses between tensors that are not of integers of one shape");
        node.Context.Charge(node, conditions.Length);
        return new Constant(yes.Shape, [.. conditions.Select((condition, i) => condition.IsConstant && condition.Offset == 0 ? no.Integers[i] : yes.Integers[i])]);
    }

    private static Value Restructure(OnnxNode node)
    {
        if (Inputs(node).FirstOrDefault(input => input is Fill) is { } fill)
        {
            node.Ignore("axis", "axes", "perm", "starts", "ends", "allowzero", "keepdims");
            return Inputs(node).All(input => input is not Fill other || other.IsZero == ((Fill)fill).IsZero) ? fill : throw node.Error("joins constants of unknown shape");
        }

        // Of layers' states side by side, those of one.
        if (node.Operator == "Slice" && node.Required(0) is Repeated { Rows: var rows })
            return new Repeated(Charge(node, TensorIndexing.Slice(node, rows)));

        Constant value = node.Constant(0);
        if (node.Operator == "Gather")
            node.Context.Charge(node, (long)value.Count * node.Constant(1).Count);
        return Charge(node, node.Operator switch
        {
            "Gather" => TensorIndexing.Gather(node, value),
            "Slice" => TensorIndexing.Slice(node, value),
            "Transpose" => TensorIndexing.Transpose(node, value),
            "Squeeze" => value.Reshaped(TensorIndexing.Squeezed(node, value.Shape)),
            "Unsqueeze" => value.Reshaped(TensorIndexing.Unsqueezed(node, value.Shape)),
            _ => value.Reshaped(TensorIndexing.Reshaped(node, value)),
        });
    }

    private static Constant Concat(OnnxNode node)
    {
        Constant[] inputs = [.. Inputs(node).Cast<Constant>()];
        node.Context.Charge(node, inputs.Sum(input => (long)input.Count));
        return TensorIndexing.Concat(node, inputs);
    }

    private static Constant Charge(OnnxNode node, Constant constant)
    {
        node.Context.Charge(node, constant.Count);
        return constant;
    }
}
