namespace NativeRnn.Interop.Onnx;

/// <summary>Puts the gates of a parameter in another order: blocks of q rows, or of q numbers.</summary>
internal static class GateOrder
{
    /// <summary>Where ONNX, i o f g, has the gates that we have in the order i f g o.</summary>
    public static readonly int[] LstmFromOnnx = [0, 2, 3, 1];

    /// <summary>Where ONNX has the gates of ours without i: f takes the place of i, which it is one less.</summary>
    public static readonly int[] CoupledFromOnnx = [0, 3, 1];

    /// <summary>Where we have the gates that ONNX has in the order i o f g.</summary>
    public static readonly int[] LstmToOnnx = [0, 3, 1, 2];

    /// <summary>Where we, i f o, have the peepholes that ONNX has in the order i o f; and the other way round.</summary>
    public static readonly int[] Peepholes = [0, 2, 1];

    /// <summary>Where ONNX, i o f, has the peepholes that we have with coupled gates, f o.</summary>
    public static readonly int[] CoupledPeepholes = [0, 1];

    /// <summary>The blocks of a parameter, in the order given.</summary>
    /// <param name="parameter">All gates, one behind the other.</param>
    /// <param name="gates">The number of gates it has.</param>
    /// <param name="order">For each block of the result, which block it is.</param>
    public static float[] Reorder(ReadOnlySpan<float> parameter, int gates, ReadOnlySpan<int> order)
    {
        int block = parameter.Length / gates;
        float[] result = new float[order.Length * block];
        for (int i = 0; i < order.Length; i++)
            parameter.Slice(order[i] * block, block).CopyTo(result.AsSpan(i * block));
        return result;
    }

    /// <summary>
    /// Turns between ONNX's sense of coupled gates, f = 1 - i, and ours, i = 1 - f, by negating the first gate's block: 1 - s(v) = s(-v)
    /// for the logistic sigmoid and the hard sigmoids.
    /// </summary>
    public static float[] NegateFirst(float[] parameter, int gates)
    {
        foreach (ref float weight in parameter.AsSpan(0, parameter.Length / gates))
            weight = -weight;
        return parameter;
    }

    /// <summary>Whether 1 - s(v) = s(-v).</summary>
    public static bool IsSymmetric(Activation gate)
        => gate is { Kind: ActivationKind.Sigmoid or ActivationKind.HardSigmoidKeras2 or ActivationKind.HardSigmoidKeras3 }
            or { Kind: ActivationKind.HardSigmoid, Beta: 0.5f };
}
