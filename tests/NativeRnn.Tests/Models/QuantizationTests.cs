using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Models;

public sealed class QuantizationTests
{
    /// <summary>Halves of the last place of a bf16, 2^-7 from 1 on, go to the even neighbour; anything beyond a half goes up.</summary>
    [Theory]
    [InlineData(1f, 1f)]
    [InlineData(1.00390625f, 1f)]
    [InlineData(1.0039063692092896f, 1.0078125f)]
    [InlineData(1.01171875f, 1.015625f)]
    [InlineData(-1.01171875f, -1.015625f)]
    [InlineData(1.99609375f, 2f)]
    [InlineData(0f, 0f)]
    [InlineData(1e-40f, 9.1835e-41f)]
    [InlineData(1.7014118e38f, 1.7014118e38f)]
    public void Quantize_BFloat16_RoundsToNearestEven(float weight, float expected)
        => Bits.AssertEqual([expected], Quantized(WeightType.BFloat16, [weight]), $"{weight}");

    /// <summary>A row whose largest weight is 127 times a power of two has that power as its scale.</summary>
    [Theory]
    [InlineData(1f)]
    [InlineData(0.0078125f)]
    [InlineData(1099511627776f)]
    public void Quantize_Int8_RoundsToNearestEven(float scale)
    {
        float[] weights = [127, -127, 0.5f, 1.5f, -2.5f, 2.4999f, -126.5f, 0];
        float[] expected = [127, -127, 0, 2, -2, 2, -126, 0];

        Bits.AssertEqual(Scaled(expected), Quantized(WeightType.Int8, Scaled(weights)), $"scale {scale}");

        float[] Scaled(float[] values) => [.. values.Select(value => value * scale)];
    }

    /// <summary>A row of its own scale: the largest of each row has the number 127, and no weight is further off than half a step.</summary>
    [Fact]
    public void Quantize_Int8_IsExactInFloat32AndWithinHalfAStep()
    {
        RandomModel sample = new(new Architecture(300, [new Dense(40)]), seed: 7, change: weights =>
        {
            for (int row = 0; row < 40; row++)
                foreach (ref float weight in weights["dense.kernel"].AsSpan(300 * row, 300))
                    weight *= float.Exp(row - 20);
        });
        RnnModel model = sample.Model.Quantize(WeightType.Int8);
        ReadOnlySpan<float> exact = sample.Weights["dense.kernel"], rounded = model.Weights("dense.kernel");
        WeightTensor tensor = model.Tensor("dense.kernel");
        for (int i = 0; i < exact.Length; i++)
        {
            double scale = tensor.Scales[i / 300];
            Assert.Equal(scale * tensor.Bytes[i], (double)rounded[i]);
            Assert.InRange(Math.Abs(exact[i] - rounded[i]), 0, scale / 2 * 1.0005);
        }

        for (int row = 0; row < 40; row++)
            Assert.Equal(127, tensor.Bytes.Slice(300 * row, 300).ToArray().Max(number => Math.Abs((int)number)));
    }

    [Fact]
    public void Quantize_RowOfZeros_StaysZero()
        => Assert.Equal([0f, 0f, 0f], Quantized(WeightType.Int8, [0f, -0f, 0f]));

    [Theory]
    [InlineData(WeightType.BFloat16)]
    [InlineData(WeightType.Int8)]
    public void Quantize_AnyModel_KeepsVectorsAndMakesTheSelfTestItsOwn(WeightType type)
    {
        RandomModel sample = new(14, new Gru(20) { ResetAfter = true, HasInitialState = true }, new Dense(2));
        float[] input = sample.Inputs(steps: 5);
        RnnModel model = sample.Model.WithSelfTest(new SelfTest(input, sample.Run(input)));

        RnnModel quantized = model.Quantize(type);

        foreach (ParameterShape shape in model.Architecture.Parameters.Where(shape => shape.IsVector))
            Bits.AssertEqual(model.Weights(shape.Name), quantized.Weights(shape.Name), shape.Name);
        Bits.AssertEqual(input, quantized.SelfTest!.Input, "input");
        Assert.Equal(0, quantized.SelfTest.LargestError(quantized));
        Assert.NotEqual(0, model.SelfTest!.LargestError(quantized));
        Assert.Same(model.Architecture, quantized.Architecture);
        Assert.NotEqual(model.Checksum, quantized.Checksum);
    }

    [Fact]
    public void Quantize_ToFloat32_ChangesNothing()
    {
        RnnModel model = new RandomModel(3, new Lstm(4)).Model;
        Assert.Equal(model.ToBytes(), model.Quantize(WeightType.Float32).ToBytes());
    }

    [Theory]
    [InlineData(WeightType.BFloat16, float.NaN, "bf16")]
    [InlineData(WeightType.BFloat16, float.PositiveInfinity, "bf16")]
    [InlineData(WeightType.Int8, float.NegativeInfinity, "int8")]
    [InlineData(WeightType.Int8, 1.8e38f, "int8")]
    public void Quantize_WeightThatCannotBe_IsRefusedNamingItsPlace(WeightType type, float weight, string name)
    {
        RandomModel sample = new(new Architecture(3, [new Dense(2)]), change: weights => weights["dense.kernel"][5] = weight);

        ArgumentException exception = Assert.Throws<ArgumentException>(() => sample.Model.Quantize(type));

        Assert.StartsWith("dense.kernel [2, 3]: the weight in row 1, column 2 is ", exception.Message);
        Assert.EndsWith($"; {name} takes finite weights of at most 2^127", exception.Message);
    }

    [Fact]
    public void Quantize_QuantizedModel_IsRefused()
    {
        RnnModel model = new RandomModel(3, new Dense(2)).Model.Quantize(WeightType.BFloat16);

        ArgumentException exception = Assert.Throws<ArgumentException>(() => model.Quantize(WeightType.Int8));

        Assert.Equal("dense.kernel [2, 3] is bf16 already; quantise the float32 model it was made from.", exception.Message);
        Assert.Throws<ArgumentException>(() => model.Quantize((WeightType)4));
    }

    [Fact]
    public void Summary_QuantizedModel_SaysBytesAndTypes()
    {
        RnnModel model = new RandomModel(14, new Gru(32), new Dense(1)).Model;

        // 96 x 14 + 96 x 32 + 32 weights in matrices of 193 rows, 97 in vectors.
        Assert.EndsWith("Total parameters: 4,545 (18,180 bytes of float32)\n", model.Summary());
        Assert.EndsWith("Total parameters: 4,545 (9,284 bytes of bf16 matrices and float32 vectors)\n", model.Quantize(WeightType.BFloat16).Summary());
        Assert.EndsWith("Total parameters: 4,545 (5,608 bytes of int8 matrices and float32 vectors)\n", model.Quantize(WeightType.Int8).Summary());
    }

    private static float[] Quantized(WeightType type, float[] row)
    {
        RnnModel model = new(
            new Architecture(row.Length, [new Dense(1)]), new Dictionary<string, float[]> { ["dense.kernel"] = row, ["dense.bias"] = [0] });
        return model.Quantize(type).Weights("dense.kernel").ToArray();
    }
}
