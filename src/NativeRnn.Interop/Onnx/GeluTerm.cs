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

    private GeluTerm(Signal x, Part part)
    {
        _x = x;
        _part = part;
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

    /// <summary>A tensor times a number, where gelu may begin so; else null.</summary>
    public static GeluTerm? Begin(OnnxNode node) => (node[0] as Signal ?? node[1] as Signal) is not { } x ? null : Factor(node) switch
    {
        0.5f => new GeluTerm(x, Part.Half),
        float factor when Math.Abs(factor - InverseRoot) < 1e-6f => new GeluTerm(x, Part.Argument),
        _ => null,
    };

    /// <summary>What a node makes of the parts it has as inputs.</summary>
    /// <exception cref="ModelImportException">It makes something else than gelu.</exception>
    public static Value[] Apply(OnnxNode node)
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
        return result is null
            ? throw node.Error("takes a tensor that a node before it scales, which is supported within gelu, x/2 * (1 + erf(x / sqrt 2)), only")
            : [result];
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
