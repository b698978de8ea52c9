namespace NativeRnn.Interop.Onnx;

/// <summary>What is known of a tensor of the graph without running it.</summary>
internal abstract class Value
{
}

/// <summary>A tensor that does not depend on the input but, if of integers, on its shape.</summary>
internal sealed class Constant : Value
{
    public Constant(int[] shape, float[] numbers)
    {
        Shape = shape;
        Numbers = numbers;
    }

    public Constant(int[] shape, Size[] integers)
    {
        Shape = shape;
        Integers = integers;
    }

    public int[] Shape { get; }

    /// <summary>The elements of a tensor of float32, row-major; null for integers.</summary>
    public float[]? Numbers { get; }

    /// <summary>The elements of a tensor of integers or truth values, row-major; null for float32.</summary>
    public Size[]? Integers { get; }

    public int Count => Numbers?.Length ?? Integers!.Length;

    public bool IsZero => Numbers is null
        ? Array.TrueForAll(Integers!, integer => integer.IsConstant && integer.Offset == 0)
        : !Numbers.AsSpan().ContainsAnyExcept(0f);

    /// <summary>The tensor made of some of the elements.</summary>
    public Constant Take(int[] shape, int[] indices)
        => Numbers is null
            ? new Constant(shape, Array.ConvertAll(indices, index => Integers![index]))
            : new Constant(shape, Array.ConvertAll(indices, index => Numbers[index]));

    public Constant Reshaped(int[] shape) => Numbers is null ? new Constant(shape, Integers!) : new Constant(shape, Numbers);
}

/// <summary>A tensor of one value everywhere, too large to write out or of a shape that only a run would tell.</summary>
/// <param name="number">The value, of a tensor of float32.</param>
/// <param name="integer">The value, of a tensor of integers.</param>
/// <param name="shape">Its sizes where they are known.</param>
internal sealed class Fill(float? number, Size? integer, Size[]? shape = null) : Value
{
    public float? Number { get; } = number;

    public Size? Integer { get; } = integer;

    public Size[]? Shape { get; } = shape;

    public bool IsZero => Number == 0 || (Integer is { IsConstant: true } integer && integer.Offset == 0);
}

/// <summary>
/// A constant repeated along dimensions in which it has one element, as often as a run would tell: an initial state that is learned once for
/// all sequences of a batch.
/// </summary>
internal sealed class Repeated(Constant rows) : Value
{
    public Constant Rows { get; } = rows;
}

/// <summary>A final cell state: an LSTM's second output, which the network's own output does not depend on.</summary>
internal sealed class CellState : Value
{
}

/// <summary>
/// A tensor that depends on the input: which axes it has, and which layers it comes from. With several parts these stand side by side, along an
/// axis of their own or joined in the features, first part first.
/// </summary>
internal sealed class Signal(Axis[][] dimensions, Chain[] parts, bool isSymbols = false) : Value
{
    /// <summary>Whether it is the input as integers: numbers of symbols, which only an embedding takes.</summary>
    public bool IsSymbols { get; } = isSymbols;

    /// <summary>For each dimension the axes it is the product of, slowest first; none for a dimension of size 1.</summary>
    public Axis[][] Dimensions { get; } = dimensions;

    public Chain[] Parts { get; } = parts;

    public int Rank => Dimensions.Length;

    public Axis? Find(AxisRole role) => Dimensions.SelectMany(axes => axes).FirstOrDefault(axis => axis.Role == role);

    /// <summary>Whether a dimension is all the features, of all parts.</summary>
    public bool IsFeatures(int dimension) => Find(AxisRole.Layers) is null && Dimensions[dimension] switch
    {
        [{ Role: AxisRole.Features }] => Parts.Length == 1 || Find(AxisRole.Parts) is null,
        [{ Role: AxisRole.Parts }, { Role: AxisRole.Features }] => true,
        _ => false,
    };

    /// <summary>The dimension that is all the features; -1 if there is none.</summary>
    public int FeaturesDimension => Array.FindIndex([.. Enumerable.Range(0, Rank)], IsFeatures);

    public Signal WithDimensions(IEnumerable<Axis[]> dimensions) => new([.. dimensions], Parts, IsSymbols);

    public Signal WithDimension(int dimension, params Axis[] axes)
        => WithDimensions(Dimensions.Select((other, i) => i == dimension ? axes : other));

    public Signal WithoutDimension(int dimension) => WithDimensions(Dimensions.Where((_, i) => i != dimension));

    public string ShapeText() => "[" + string.Join(", ", Dimensions.Select(axes => axes.Length == 0 ? "1" : string.Join(" x ", axes.Select(Name)))) + "]";

    private static string Name(Axis axis) => axis.Role == AxisRole.Unknown ? axis.ToString() : axis.Role.ToString().ToLowerInvariant();
}
