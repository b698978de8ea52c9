namespace NativeRnn.Interop.Onnx;

/// <summary>The inputs W, R, B and P of a recurrent node, checked against each other.</summary>
internal sealed class RecurrentWeights
{
    private readonly int _gates;
    private readonly float[] _kernel;
    private readonly float[] _recurrentKernel;
    private readonly float[]? _bias;
    private readonly float[]? _peephole;

    private RecurrentWeights(OnnxNode node, int gates, int directions)
    {
        _gates = gates;
        Directions = directions;
        if (node.Constant(2).Shape is not [int recurrentDirections, int rows, int units] || recurrentDirections != directions || units < 1 || rows != gates * units)
            throw Misfit(node, 2, "R", $"[{directions}, {gates}q, q]");
        if (node.Constant(1).Shape is not [int kernelDirections, int kernelRows, int inputs] || kernelDirections != directions || kernelRows != rows || inputs < 1)
            throw Misfit(node, 1, "W", $"[{directions}, {rows}, inputs]");
        long hiddenSize = node.Integer("hidden_size", units);
        if (hiddenSize != units)
            node.Refuse($"has the attribute hidden_size = {hiddenSize}, but weights of {units} units");
        if (units > Architecture.MaxSize || inputs > Architecture.MaxSize)
            node.Refuse($"has {inputs} inputs and {units} units, more than the {Architecture.MaxSize} supported");
        Units = units;
        InputSize = inputs;
        _kernel = node.Numbers(1);
        _recurrentKernel = node.Numbers(2);
        _bias = Optional(node, 3, "B", [directions, 2 * rows]);
        _peephole = gates == 4 ? Optional(node, 7, "P", [directions, 3 * units]) : null;
    }

    public int Directions { get; }

    public int Units { get; }

    public int InputSize { get; }

    /// <exception cref="ModelImportException">The shapes do not fit together.</exception>
    public static RecurrentWeights Read(OnnxNode node, int gates, int directions) => new(node, gates, directions);

    /// <summary>A direction's kernel, recurrent kernel and bias, their gates in the order given.</summary>
    public LayerWeights Of(int direction, int[] order, bool keepsRecurrentBias = false)
    {
        int rows = _gates * Units;
        float[] bias = new float[rows], recurrentBias = new float[rows];
        if (_bias is not null)
        {
            _bias.AsSpan(direction * 2 * rows, rows).CopyTo(bias);
            _bias.AsSpan(direction * 2 * rows + rows, rows).CopyTo(recurrentBias);
        }

        LayerWeights weights = new()
        {
            ["kernel"] = GateOrder.Reorder(_kernel.AsSpan(direction * rows * InputSize, rows * InputSize), _gates, order),
            ["recurrent_kernel"] = GateOrder.Reorder(_recurrentKernel.AsSpan(direction * rows * Units, rows * Units), _gates, order),
        };
        if (keepsRecurrentBias)
            weights["recurrent_bias"] = GateOrder.Reorder(recurrentBias, _gates, order);
        else
        {
            for (int i = 0; i < rows; i++)
                bias[i] += recurrentBias[i];
        }

        weights["bias"] = GateOrder.Reorder(bias, _gates, order);
        return weights;
    }

    /// <summary>A direction's peepholes in ONNX's order i, o, f; null if the node has none.</summary>
    public float[]? Peephole(int direction) => _peephole?.AsSpan(direction * 3 * Units, 3 * Units).ToArray();

    private static float[]? Optional(OnnxNode node, int input, string name, int[] shape)
    {
        if (node[input] is null or Fill { IsZero: true })
            return null;
        return node.Constant(input).Shape.AsSpan().SequenceEqual(shape) ? node.Numbers(input) : throw Misfit(node, input, name, $"[{string.Join(", ", shape)}]");
    }

    private static ModelImportException Misfit(OnnxNode node, int input, string name, string expected)
        => node.Error($"has {name} as {OnnxNode.Describe(node.Required(input))}, expected {expected}");
}
