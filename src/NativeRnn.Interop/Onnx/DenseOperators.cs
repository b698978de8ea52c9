namespace NativeRnn.Interop.Onnx;

/// <summary>Matrix products, what is added to them, and activations: the dense layers. Merges of two directions too.</summary>
internal static class DenseOperators
{
    /// <summary>The largest layer for which an activation of its own is made, as a dense layer with the identity matrix.</summary>
    private const int MaxIdentity = 4096;

    /// <returns>The outputs, or null for an operator of another sort.</returns>
    public static Value[]? Apply(OnnxNode node) => node.Operator switch
    {
        "MatMul" => [MatMul(node)],
        "Gemm" => [Gemm(node)],
        "Add" or "Sub" or "Mul" or "Div" or "Mean" or "Sum" => [Elementwise(node)],
        "ReduceSum" => [Reduce(node, Merge.Sum)],
        "ReduceMean" => [Reduce(node, Merge.Average)],
        "ReduceProd" => [Reduce(node, Merge.Multiply)],
        _ => OnnxActivations.OfOperator(node) is { } activation ? [Activate(node, node.Signal(0), activation)] : null,
    };

    private static Signal MatMul(OnnxNode node)
    {
        if (node.Constant(1).Shape is not [int inputs, int outputs])
            throw node.Error($"multiplies by {OnnxNode.Describe(node.Constant(1))}, expected a matrix");
        return Multiply(node, inputs, outputs, Transposed(node.Numbers(1), inputs, outputs), new float[outputs]);
    }

    private static Signal Gemm(OnnxNode node)
    {
        float alpha = node.Number("alpha", 1), beta = node.Number("beta", 1);
        bool isTransposed = node.Flag("transB");
        if (node.Flag("transA"))
            node.Refuse("has the attribute transA = 1, which is not supported");
        if (node.Signal(0).Rank != 2 || node.Constant(1).Shape is not [int rows, int columns])
            throw node.Error("multiplies something else than two matrices");
        (int inputs, int outputs) = isTransposed ? (columns, rows) : (rows, columns);
        float[] kernel = isTransposed ? [.. node.Numbers(1)] : Transposed(node.Numbers(1), inputs, outputs);
        float[] bias = node[2] is null or Fill { IsZero: true } ? new float[outputs] : Bias(node, 2, outputs);
        return Multiply(node, inputs, outputs, Array.ConvertAll(kernel, weight => alpha * weight), Array.ConvertAll(bias, weight => beta * weight));
    }

    private static Signal Multiply(OnnxNode node, int inputs, int outputs, float[] kernel, float[] bias)
    {
        Signal signal = node.Signal(0);
        int last = signal.Rank - 1;
        if (last >= 0 && signal.Dimensions[last] is [Axis axis])
            axis.TryBe(AxisRole.Features);
        if (last < 0 || !signal.IsFeatures(last))
            node.Refuse($"multiplies {signal.ShapeText()}, whose last dimension is not the features alone");
        Chain below = SignalJoining.Join(node, signal);
        bool fits = below.Size == 0 ? signal.Dimensions[last][0].TryHaveSize(inputs) : below.Size == inputs;
        if (!fits)
            node.Refuse($"multiplies {signal.ShapeText()} by a matrix for {inputs} features");
        LayerWeights weights = new() { ["kernel"] = kernel, ["bias"] = bias };
        return After(signal, below.Then(new Dense(outputs), weights, outputs));
    }

    /// <summary>A signal of new features where the old ones were.</summary>
    public static Signal After(Signal signal, Chain chain)
        => signal.FeaturesDimension < 0
            ? new Signal(signal.Dimensions, [chain])
            : new Signal(signal.WithDimension(signal.FeaturesDimension, SignalSelection.FeatureAxes([chain])).Dimensions, [chain]);

    private static Value Elementwise(OnnxNode node)
    {
        if (node.InputCount != 2)
            node.Refuse($"has {node.InputCount} inputs, expected 2");
        if (node.Required(0) is Signal left && node.Required(1) is Signal right)
            return MergeTwo(node, left, right);

        int constant = node.Required(0) is Signal ? 1 : 0;
        Signal signal = node.Signal(1 - constant);
        Chain chain = signal.Parts[0];
        bool isHalf = node.Operator switch
        {
            "Mul" => node.Numbers(constant) is [0.5f],
            "Div" => constant == 1 && node.Numbers(constant) is [2f],
            _ => false,
        };
        if (isHalf && chain.Layer is Bidirectional { Merge: Merge.Sum } sum)
            return new Signal(signal.Dimensions, [chain with { Layer = new Bidirectional(sum.Forward, sum.Backward) { Merge = Merge.Average } }]);
        return GeluTerm.Begin(node, () => Scale(node, signal, constant)) as Value ?? Scale(node, signal, constant);
    }

    /// <summary>
    /// A constant that is added to the features or multiplied with them, for all or for each: in the dense layer before where that can say it, else as a
    /// layer of its own, as measurements are normalised.
    /// </summary>
    private static Signal Scale(OnnxNode node, Signal signal, int constant)
    {
        int last = signal.Rank - 1;
        if (last >= 0 && signal.Dimensions[last] is [Axis axis])
            axis.TryBe(AxisRole.Features);
        Chain chain = SignalJoining.Join(node, signal);
        int size = last < 0 ? 0 : chain.Size > 0 ? chain.Size : (int)Math.Min(signal.Dimensions[last].FirstOrDefault()?.Size ?? 0, int.MaxValue);
        bool isSupported = size > 0 && signal.IsFeatures(last) && node.Constant(constant).Shape.Length <= signal.Rank && (node.Operator is "Add" or "Sub" or "Mul" || (node.Operator == "Div" && constant == 1));
        if (!isSupported)
            throw node.Error($"combines {OnnxNode.Describe(signal)} with a constant in a way that is not supported; adding to the features and multiplying them is");
        bool isForAll = node.Numbers(constant).Length == 1;
        float[] numbers = Bias(node, constant, size), ones = Repeat(1), zeros = Repeat(0);
        (float[] factors, float[] shifts) = node.Operator switch
        {
            "Add" => (ones, numbers),
            "Sub" when constant == 1 => (ones, Array.ConvertAll(numbers, number => -number)),
            "Sub" => (Repeat(-1), numbers),
            "Mul" => (numbers, zeros),
            _ => (Array.ConvertAll(numbers, number => 1 / number), zeros),
        };
        bool isShift = factors == ones;
        if (chain.Layer is Dense dense)
        {
            Activation? activation = dense.Activation switch
            {
                { Kind: ActivationKind.Linear } when !isShift && isForAll => Activation.Affine(factors[0], shifts[0]),
                { Kind: ActivationKind.Affine, Beta: 0 } known when isShift && isForAll => Activation.Affine(known.Alpha, shifts[0]),
                { Kind: ActivationKind.Tanh } when shifts == zeros && isForAll => Activation.ScaledTanh(factors[0], 1),
                { Kind: ActivationKind.ScaledTanh, Alpha: 1 } known when shifts == zeros && isForAll => Activation.ScaledTanh(factors[0], known.Beta),
                _ => null,
            };
            if (activation is { } combined)
                return new Signal(signal.Dimensions, [chain with { Layer = dense with { Activation = combined } }]);
            if (dense.Activation == Activation.Linear)
                return new Signal(signal.Dimensions, [chain with { Weights = Scaled(chain.Weights, isShift ? null : factors, shifts) }]);
        }

        RequireRoomForMatrix(node, size);
        float[] kernel = new float[size * size];
        for (int i = 0; i < size; i++)
            kernel[i * size + i] = factors[i];
        LayerWeights weights = new() { ["kernel"] = kernel, ["bias"] = shifts };
        if (chain.Size == 0 && !signal.Dimensions[last][0].TryHaveSize(size))
            node.Refuse($"scales {signal.ShapeText()} by {size} numbers");
        return After(signal, chain.Then(new Dense(size), weights, size));

        float[] Repeat(float number) => [.. Enumerable.Repeat(number, size)];
    }

    private static LayerWeights Scaled(LayerWeights weights, float[]? factors, float[] shifts)
    {
        float[] kernel = weights["kernel"], bias = weights["bias"];
        int inputs = kernel.Length / bias.Length;
        return new()
        {
            ["kernel"] = factors is null ? kernel : [.. kernel.Select((weight, i) => weight * factors[i / inputs])],
            ["bias"] = [.. bias.Select((weight, i) => (factors is null ? weight : weight * factors[i]) + shifts[i])],
        };
    }

    private static void RequireRoomForMatrix(OnnxNode node, int size)
    {
        if (size is 0 or > MaxIdentity)
            node.Refuse("is a function of the input itself or of a very large layer, which is not supported");
        node.Context.Charge(node, (long)size * size);
    }

    private static Signal MergeTwo(OnnxNode node, Signal left, Signal right)
    {
        Merge? merge = node.Operator switch
        {
            "Add" or "Sum" => Merge.Sum,
            "Mul" => Merge.Multiply,
            "Mean" => Merge.Average,
            _ => null,
        };
        if (merge is { } known && left.Parts is [var forward] && right.Parts is [var backward] && SignalJoining.HaveSameAxes(left, right)
            && (Chain.TryJoin(forward, backward, known) ?? Chain.TryJoin(backward, forward, known)) is { } joined)
        {
            return After(left, joined);
        }

        throw node.Error($"combines {left.ShapeText()} and {right.ShapeText()}, expected the forward and the backward output of one bidirectional layer");
    }

    private static Signal Reduce(OnnxNode node, Merge merge)
    {
        Signal signal = node.Signal(0);
        bool keeps = node.Integer("keepdims", 1) != 0;
        if (node.IntegersOf("axes", 1) is not [long axis] || signal.Dimensions[node.Dimension(axis, signal.Rank)] is not [{ Role: AxisRole.Parts }]
            || signal.Parts is not [var forward, var backward] || Chain.TryJoin(forward, backward, merge) is not { } joined)
        {
            throw node.Error($"reduces {signal.ShapeText()}, which is supported over the two directions of a recurrent layer only");
        }

        int dimension = node.Dimension(axis, signal.Rank);
        Signal reduced = After(new Signal(signal.WithDimension(dimension).Dimensions, [joined]), joined);
        return keeps ? reduced : reduced.WithoutDimension(dimension);
    }

    /// <summary>A function of every feature, or a softmax over them.</summary>
    public static Signal Activate(OnnxNode node, Signal signal, Activation activation)
    {
        int features = signal.FeaturesDimension;
        if (features < 0)
            throw node.Error($"takes {signal.ShapeText()}, whose features are not a dimension of their own");
        if (activation.Kind == ActivationKind.Softmax)
            RequireSoftmaxOf(node, signal, features);
        Chain chain = SignalJoining.Join(node, signal);
        if (chain.Layer is Dense dense && dense.Activation == Activation.Linear)
            return After(signal, chain with { Layer = dense with { Activation = activation } });

        // What the exporter writes for a tanh of a multiple.
        if (activation.Kind == ActivationKind.Tanh && chain.Layer is Dense { Activation: { Kind: ActivationKind.Affine, Beta: 0 } multiple } scaled)
            return After(signal, chain with { Layer = scaled with { Activation = Activation.ScaledTanh(1, multiple.Alpha) } });

        int size = chain.Size;
        RequireRoomForMatrix(node, size);
        float[] identity = new float[size * size];
        for (int i = 0; i < size; i++)
            identity[i * size + i] = 1;
        LayerWeights weights = new() { ["kernel"] = identity, ["bias"] = new float[size] };
        return After(signal, chain.Then(new Dense(size) { Activation = activation }, weights, size));
    }

    private static void RequireSoftmaxOf(OnnxNode node, Signal signal, int features)
    {
        // Before operator set 13, all dimensions from the axis on were taken together.
        long axis = node.Integer("axis", node.Context.OperatorSet < 13 ? 1 : -1);
        if (node.Dimension(axis, signal.Rank) != features || (node.Context.OperatorSet < 13 && features != signal.Rank - 1))
            node.Refuse($"has the attribute axis = {axis}, which is not the features of {signal.ShapeText()}");
    }

    private static float[] Bias(OnnxNode node, int input, int outputs)
    {
        float[] values = node.Numbers(input);
        int[] shape = node.Constant(input).Shape;
        bool fits = values.Length == 1 || (values.Length == outputs && shape[^1] == outputs);
        if (!fits)
            node.Refuse($"adds a constant [{string.Join(", ", shape)}] to {outputs} features");
        return values.Length == outputs ? [.. values] : [.. Enumerable.Repeat(values[0], outputs)];
    }

    /// <summary>A matrix [rows, columns], row-major, as [columns, rows].</summary>
    public static float[] Transposed(float[] matrix, int rows, int columns)
    {
        float[] transposed = new float[matrix.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                transposed[column * rows + row] = matrix[row * columns + column];
        }

        return transposed;
    }
}
