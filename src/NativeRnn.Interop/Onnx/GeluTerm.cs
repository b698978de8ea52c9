namespace NativeRnn.Interop.Onnx;

/// <summary>
/// A part of gelu, x/2 * (1 + erf(x / sqrt 2)), as exporters write it where they have no operator for it: in five nodes, whose order and
/// scaling vary.
/// </summary>
internal sealed class GeluTerm : Value
{
    private static readonly float InverseRoot = (float)Math.Sqrt(0.5);

    private readonly Signal _x;
    private readonly Part _part;
    private readonly Func<Signal>? _plain;

    private GeluTerm(Signal x, Part part, Func<Signal>? plain = null)
    {
        _x = x;
        _part = part;
        _plain = plain;
    }

    private enum Part
    {
        /// <summary>x / sqrt 2.</summary>
        Argument = 0,

        /// <summary>x / 2.</summary>
        Half = 1,

        /// <summary>erf(x / sqrt 2).</summary>
        Erf = 2,

        /// <summary>1 + erf(x / sqrt 2).</summary>
        Sum = 3,

        /// <summary>(1 + erf(x / sqrt 2)) / 2.</summary>
        HalfSum = 4,

        /// <summary>x * (1 + erf(x / sqrt 2)).</summary>
        Double = 5,
    }

    /// <summary>What it is where it turns out to be no part of gelu: the input scaled.</summary>
    /// <exception cref="ModelImportException">It is an error function, which there is within gelu only.</exception>
    public Signal Plain => (_plain ?? throw new ModelImportException("The graph has an Erf that is not part of gelu, x/2 * (1 + erf(x / sqrt 2)), which is not supported."))();

    /// <summary>A tensor times a number, where gelu may begin so; else null.</summary>
    /// <param name="node">The node.</param>
    /// <param name="plain">What it gives otherwise.</param>
    public static GeluTerm? Begin(OnnxNode node, Func<Signal> plain) => (node[0] as Signal ?? node[1] as Signal) is not { } x ? null : Factor(node) switch
    {
        0.5f => new GeluTerm(x, Part.Half, plain),
        float factor when Math.Abs(factor - InverseRoot) < 1e-6f => new GeluTerm(x, Part.Argument, plain),
        _ => null,
    };

    /// <summary>What a node makes of the parts it has as inputs; null where that is not gelu.</summary>
    public static Value[]? Apply(OnnxNode node)
    {
        Value? result = (node.Operator, Find(node)) switch
        {
            ("Erf", { _part: Part.Argument } term) => new GeluTerm(term._x, Part.Erf),
            ("Add", { _part: Part.Erf } term) when IsOne(node[0]) || IsOne(node[1]) => new GeluTerm(term._x, Part.Sum),
            ("Mul" or "Div", { _part: Part.Sum } term) when Factor(node) == 0.5f => new GeluTerm(term._x, Part.HalfSum),
            ("Mul" or "Div", { _part: Part.Double } term) when Factor(node) == 0.5f => Whole(node, term._x),
            ("Mul", { _part: Part.Sum } term) when Has(node, term._x) => new GeluTerm(term._x, Part.Double),
            ("Mul", { _part: Part.HalfSum } term) when Has(node, term._x) => Whole(node, term._x),
            ("Mul", { } term) when IsProduct(node[0], node[1]) || IsProduct(node[1], node[0]) => Whole(node, term._x),
            _ => null,
        };
        return result is null ? null : [result];
    }

    private static Signal Whole(OnnxNode node, Signal x) => DenseOperators.Activate(node, x, Activation.Gelu);

    private static bool IsProduct(Value? half, Value? sum)
        => half is GeluTerm { _part: Part.Half } first && sum is GeluTerm { _part: Part.Sum } second && first._x == second._x;

    private static GeluTerm? Find(OnnxNode node) => node[0] as GeluTerm ?? node[1] as GeluTerm;

    private static bool Has(OnnxNode node, Signal x) => node[0] == x || node[1] == x;

    private static bool IsOne(Value? value) => value is Constant { Numbers: [1f] };

    /// <summary>The number that the other input is multiplied with; null if there is none.</summary>
    private static float? Factor(OnnxNode node) => (node.Operator, node[0], node[1]) switch
    {
        ("Mul", _, Constant { Numbers: [float factor] }) => factor,
        ("Mul", Constant { Numbers: [float factor] }, _) => factor,
        ("Div", _, Constant { Numbers: [float divisor] }) => 1 / divisor,
        _ => null,
    };
}
