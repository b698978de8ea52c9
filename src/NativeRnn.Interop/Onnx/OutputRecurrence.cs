namespace NativeRnn.Interop.Onnx;

/// <summary>
/// An output-recurrent layer, h_t = f(W o_(t-1) + U x_t + b), o_t = V h_t + c, as a simple RNN with an output layer, which is all that ONNX has:
/// W o_(t-1) is (W V) h_(t-1) + W c, but W o_0 before the first step. One unit more, k, is f(v) from the first step on and 0 before it, and carries W c;
/// where o_0 is not zero, a second one, m, is 1 before the first step and f(0) afterwards, and carries W o_0.
/// </summary>
/// <param name="Layer">The simple RNN, of one or two units more.</param>
/// <param name="Weights">Its weights by parameter.</param>
/// <param name="OutputKernel">V with zeros for the units more, [a, units].</param>
internal sealed record OutputRecurrence(SimpleRnn Layer, Dictionary<string, float[]> Weights, float[] OutputKernel)
{
    /// <summary>What the constant unit may get, the first that its function does not make small.</summary>
    private static readonly float[] Constants = [20, -20, 1e4f];

    private const float SmallestConstant = 0.1f;

    /// <returns>Null where no input makes the function anything but zero.</returns>
    public static OutputRecurrence? Of(OutputRecurrentRnn layer, int inputSize, Func<string, float[]> parameters)
    {
        float[] w = parameters("recurrent_kernel"), v = parameters("output_kernel"), c = parameters("output_bias");
        int q = layer.Units, a = layer.Outputs, units = q + (layer.HasInitialState ? 2 : 1);
        float[]? first = layer.HasInitialState ? parameters("initial_output") : null;
        float constant = Array.Find(Constants, value => Math.Abs(Function(layer, value)) >= SmallestConstant);
        if (constant == 0 || units > Architecture.MaxSize)
            return null;
        double k = Function(layer, constant), m = Function(layer, 0);

        float[] recurrentKernel = new float[units * units], outputKernel = new float[a * units], kernel = new float[units * inputSize], bias = new float[units];
        for (int row = 0; row < q; row++)
        {
            for (int column = 0; column < q; column++)
                recurrentKernel[row * units + column] = (float)Product(row, output => v[output * q + column]);
            double start = first is null ? 0 : Product(row, output => first[output]);
            recurrentKernel[row * units + q] = (float)((Product(row, output => c[output]) - m * start) / k);
            if (first is not null)
                recurrentKernel[row * units + q + 1] = (float)start;
        }

        for (int output = 0; output < a; output++)
            v.AsSpan(output * q, q).CopyTo(outputKernel.AsSpan(output * units));
        parameters("kernel").CopyTo(kernel.AsSpan());
        parameters("bias").CopyTo(bias.AsSpan());
        bias[q] = constant;
        Dictionary<string, float[]> weights = new() { ["kernel"] = kernel, ["recurrent_kernel"] = recurrentKernel, ["bias"] = bias };
        if (first is not null)
            weights["initial_hidden"] = [.. new float[q + 1], 1];
        SimpleRnn simple = new(units)
        {
            Activation = layer.Activation,
            Clip = layer.Clip,
            ReturnSequences = layer.ReturnSequences,
            HasInitialState = layer.HasInitialState,
        };
        return new OutputRecurrence(simple, weights, outputKernel);

        double Product(int row, Func<int, double> of)
        {
            double sum = 0;
            for (int output = 0; output < a; output++)
                sum += w[row * a + output] * of(output);
            return sum;
        }
    }

    /// <summary>The layer's function of one number, as a layer of one unit computes it.</summary>
    private static float Function(OutputRecurrentRnn layer, float x)
    {
        float bounded = layer.Clip > 0 ? Math.Clamp(x, -layer.Clip, layer.Clip) : x;
        Architecture unit = new(1, [new Dense(1) { Activation = layer.Activation }]);
        using RnnSession session = new RnnModel(unit, new Dictionary<string, float[]> { ["dense.kernel"] = [1], ["dense.bias"] = [0] }).CreateSession();
        float[] output = new float[1];
        session.Run([bounded], output);
        return output[0];
    }
}
