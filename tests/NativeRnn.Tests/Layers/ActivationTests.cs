using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using NativeRnn.Tests.Reference;
using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Layers;

/// <summary>Every activation over a dense grid of arguments, through a dense layer y = f(1 x + 0), against the exact function.</summary>
public sealed class ActivationTests
{
    private const double SmallestNormal = 1.1754943508222875e-38;

    private static readonly double SigmoidErrorOfProduct = Fma.IsSupported || AdvSimd.IsSupported ? 0.25 : 1.25;

    public static TheoryData<string> Elementwise => [.. LayerVariants.Elementwise.Select(activation => activation.ToString())];

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void Run_GridOfArguments_IsWithinTheStatedError(string name)
    {
        var activation = Activation.Parse(name);
        float[] arguments = Grid();
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            float[] results = Apply(activation, arguments, width);
            for (int i = 0; i < arguments.Length; i++)
            {
                double expected = ReferenceActivations.Apply(activation, arguments[i]);
                double error = Math.Abs(results[i] - expected);
                (double absolute, double ulps) = ErrorBound(activation.Kind, arguments[i]);
                double allowed = Math.Max(absolute, ulps * UlpOf(expected));
                if (!(error <= allowed))
                {
                    Assert.Fail(
                        $"{name}({arguments[i]:R}) with {width} is {results[i]:R} instead of {expected:R}: "
                        + $"an error of {error:E2}, allowed {allowed:E2}.");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void Run_NaN_GivesNaN(string name)
    {
        foreach (VectorWidth width in AcceleratedWidths.All)
            Assert.All(
                Apply(Activation.Parse(name), [.. Enumerable.Repeat(float.NaN, 20)], width),
                value => Assert.True(float.IsNaN(value), $"{name}, {width}"));
    }

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void Run_Infinity_GivesTheLimit(string name)
    {
        var activation = Activation.Parse(name);
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            float[] results = Apply(activation, [float.NegativeInfinity, float.PositiveInfinity], width);
            AssertLimit(ReferenceActivations.Apply(activation, double.NegativeInfinity), results[0], $"{name}(-inf), {width}");
            AssertLimit(ReferenceActivations.Apply(activation, double.PositiveInfinity), results[1], $"{name}(inf), {width}");
        }

        static void AssertLimit(double expected, float actual, string context)
        {
            if (double.IsInfinity(expected))
                Assert.True(actual == expected, $"{context} is {actual}.");
            else
                Assert.True(Math.Abs(actual - expected) <= 2 * UlpOf(expected), $"{context} is {actual:R} instead of {expected:R}.");
        }
    }

    /// <summary>A dense layer's sum with its bias 0 is +0 for x = -0, so only a result of zero is asked for, of either sign.</summary>
    [Theory]
    [InlineData("linear")]
    [InlineData("tanh")]
    [InlineData("relu")]
    [InlineData("leaky_relu(0.3)")]
    [InlineData("elu(0.7)")]
    [InlineData("selu")]
    [InlineData("softsign")]
    [InlineData("gelu")]
    public void Run_Zero_GivesZero(string name)
    {
        foreach (VectorWidth width in AcceleratedWidths.All)
            Assert.All(Apply(Activation.Parse(name), [0f, -0f], width), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("softsign")]
    public void Run_OddFunction_IsExactlyOdd(string name)
    {
        float[] arguments = [.. Grid().Where(x => x > 0)];
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            float[] positive = Apply(Activation.Parse(name), arguments, width);
            float[] negative = Apply(Activation.Parse(name), [.. arguments.Select(x => -x)], width);
            Bits.AssertEqual(positive, [.. negative.Select(value => -value)], $"{name}, {width}");
        }
    }

    [Theory]
    [InlineData("tanh", -1, 1)]
    [InlineData("sigmoid", 0, 1)]
    [InlineData("softsign", -1, 1)]
    [InlineData("hard_sigmoid_keras2", 0, 1)]
    [InlineData("hard_sigmoid_keras3", 0, 1)]
    public void Run_BoundedFunction_StaysWithinItsRange(string name, float lowest, float highest)
    {
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            float[] arguments = Grid();
            float[] results = Apply(Activation.Parse(name), arguments, width);
            for (int i = 0; i < results.Length; i++)
                Assert.True(
                    results[i] >= lowest && results[i] <= highest,
                    $"{name}({arguments[i]:R}) with {width} is {results[i]:R}, outside {lowest}..{highest}.");
        }
    }

    /// <summary>
    /// Where the exact tanh rounds to 1 a rational function's own roundings may not go beyond: every float there is tried.
    /// </summary>
    [Theory]
    [InlineData("tanh", 8f, 9f, -1f, 1f)]
    [InlineData("tanh", -8f, -9f, -1f, 1f)]
    [InlineData("sigmoid", 16f, 18f, 0f, 1f)]
    [InlineData("sigmoid", -16f, -18f, 0f, 1f)]
    public void Run_WhereFunctionSaturates_NoFloatLeavesItsRange(string name, float from, float to, float lowest, float highest)
    {
        int first = BitConverter.SingleToInt32Bits(from);
        float[] arguments = [.. Enumerable.Range(first, BitConverter.SingleToInt32Bits(to) - first).Select(BitConverter.Int32BitsToSingle)];
        float[] results = Apply(Activation.Parse(name), arguments, VectorWidth.Auto);
        int outside = results.Count(value => value < lowest || value > highest);
        Assert.True(
            outside == 0,
            $"{outside} of {results.Length} results of {name} from {from} to {to} lie outside {lowest}..{highest}: "
            + $"{results.Min():R}..{results.Max():R}.");
    }

    [Fact]
    public void Run_SigmoidOfGates_ReachesZeroAndOne()
    {
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            float[] results = Apply(Activation.Sigmoid, [float.NegativeInfinity, -89f, 20f, float.PositiveInfinity], width);
            Assert.Equal([0f, 0f, 1f, 1f], results);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(19)]
    public void Run_Softmax_SumsToOneAndDoesNotOverflow(int classes)
    {
        // Each class has its own multiple of the one input as its argument; 1000 and more would overflow without the shift by the largest.
        foreach (float scale in new[] { 0.1f, 1f, 100f, 1e4f })
        {
            float[] kernel = [.. Enumerable.Range(0, classes).Select(i => (i % 2 == 0 ? scale : -scale) * (i + 1) / classes)];
            RnnModel model = DenseLayer(Activation.Softmax, kernel);
            double[] expected = ReferenceActivations.Softmax([.. kernel.Select(value => (double)value)]);
            foreach (VectorWidth width in AcceleratedWidths.All)
            {
                using RnnSession session = model.CreateSession(new SessionOptions { VectorWidth = width });
                float[] output = new float[classes];
                session.Run(new float[] { 1 }, output);
                Closeness.AssertWithin(5e-7, expected, output, $"{classes} classes, scale {scale}, {width}");
                Assert.Equal(1, output.Sum(), 1e-6);
            }
        }
    }

    [Theory]
    [InlineData("tanh", ActivationKind.Tanh, 0)]
    [InlineData("leaky_relu(0.01)", ActivationKind.LeakyRelu, 0.01f)]
    [InlineData("leaky_relu", ActivationKind.LeakyRelu, 0.2f)]
    [InlineData("elu", ActivationKind.Elu, 1)]
    [InlineData("hard_sigmoid_keras3", ActivationKind.HardSigmoidKeras3, 0)]
    [InlineData("hard_sigmoid(0.3,0.6)", ActivationKind.HardSigmoid, 0.3f, 0.6f)]
    [InlineData("affine(-2,0.5)", ActivationKind.Affine, -2, 0.5f)]
    [InlineData("thresholded_relu(1)", ActivationKind.ThresholdedRelu, 1)]
    public void Parse_KnownName_GivesTheActivation(string text, ActivationKind kind, float alpha, float beta = 0)
    {
        var activation = Activation.Parse(text);
        Assert.Equal(new Activation(kind, alpha, beta), activation);
        Assert.Equal(activation, Activation.Parse(activation.ToString()));
    }

    [Theory]
    [InlineData("hard_sigmoid", "hard_sigmoid_keras2")]
    [InlineData("swish", "known are linear, tanh")]
    [InlineData("tanh(2)", "tanh takes no finite numbers in brackets")]
    [InlineData("affine(2)", "affine takes 2 finite numbers in brackets")]
    [InlineData("affine", "affine takes 2 finite numbers in brackets")]
    [InlineData("affine(1,2", "affine takes 2 finite numbers in brackets")]
    [InlineData("elu(", "elu takes 1 finite number in brackets")]
    [InlineData("tanh()", "tanh takes no finite numbers in brackets")]
    [InlineData("elu(x)", "elu(x)")]
    [InlineData("elu(NaN)", "elu(NaN)")]
    public void Parse_UnknownName_SaysWhatIsKnown(string text, string expected)
        => Assert.Contains(expected, Assert.Throws<FormatException>(() => Activation.Parse(text)).Message, StringComparison.Ordinal);

    /// <summary>
    /// What an activation may be off by: the larger of an absolute error and a number of units in the last place of the exact
    /// result. Piecewise linear functions round once or twice. A rational function in Estrin form rounds numerator and
    /// denominator about one and a half times each, then product and quotient. The sigmoid takes e^-x with log2(e) rounded to float32,
    /// whose error of a quarter of an ulp is multiplied by x; where there is no fused multiply-add, so is the product's rounding.
    /// Where gelu is one half minus nearly one half, the error is that of the halves, hence absolute.
    /// </summary>
    private static (double Absolute, double Ulps) ErrorBound(ActivationKind kind, double x) => kind switch
    {
        ActivationKind.Linear or ActivationKind.Relu => (0, 0),
        ActivationKind.LeakyRelu => (0, 0.5),
        ActivationKind.ThresholdedRelu => (0, 0),
        ActivationKind.HardSigmoid => (6e-8, 1),
        ActivationKind.Affine => (Math.Max(0.1, Math.Abs(x)) * 1.2e-7, 0),
        ActivationKind.ScaledTanh => (0, 7),
        ActivationKind.HardSigmoidKeras2 or ActivationKind.HardSigmoidKeras3 => (6e-8, 1),
        ActivationKind.Softsign => (0, 1.5),
        ActivationKind.Tanh => (0, 5.3),
        ActivationKind.Sigmoid => (SmallestNormal, x < 0 ? 4 - x * SigmoidErrorOfProduct : 3),
        ActivationKind.Elu or ActivationKind.Selu => (0, 6),
        ActivationKind.Softplus => (SmallestNormal, 4),
        ActivationKind.Gelu => (x < 0 ? 8e-7 : 0, 3),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No bound stated."),
    };

    /// <summary>The distance between neighbouring floats at a value, that of the smallest normal number for anything smaller.</summary>
    private static double UlpOf(double value)
    {
        double magnitude = Math.Max(Math.Abs(value), SmallestNormal);
        return Math.Pow(2, Math.Floor(Math.Log2(magnitude)) - 23);
    }

    /// <summary>
    /// Arguments of either sign: 0, powers of ten from 1e-38 to 1e38, and every 20011th float from 2^-20 to 128, where all the functions
    /// bend (a prime number, so that no pattern of the lowest bits is left out).
    /// </summary>
    private static float[] Grid()
    {
        List<float> positive = [0f];
        for (int exponent = -38; exponent <= 38; exponent++)
            positive.Add((float)Math.Pow(10, exponent));
        int last = BitConverter.SingleToInt32Bits(128f);
        for (int bits = BitConverter.SingleToInt32Bits(1f / (1 << 20)); bits < last; bits += 20011)
            positive.Add(BitConverter.Int32BitsToSingle(bits));
        // The argument whose tanh is off the most, 5.26 ulp, of all floats from 1e-4 on.
        positive.Add(6.1370325f);
        return [.. positive, .. positive.Select(x => -x)];
    }

    private static float[] Apply(Activation activation, float[] arguments, VectorWidth width)
    {
        using RnnSession session = DenseLayer(activation, [1]).CreateSession(new SessionOptions { VectorWidth = width });
        float[] results = new float[arguments.Length];
        session.Run(arguments, results);
        return results;
    }

    private static RnnModel DenseLayer(Activation activation, float[] kernel) => new(
        new Architecture(1, [new Dense(kernel.Length) { Activation = activation }]),
        new Dictionary<string, float[]> { ["dense.kernel"] = kernel, ["dense.bias"] = new float[kernel.Length] });
}
