using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Layers;

/// <summary>
/// Layers of bf16 and int8 weights, in sizes that are computed with as they are (recurrent matrices of 2^14 weights and more, others of 2^16) and
/// in smaller ones. The reference runs on the values that the weights stand for.
/// </summary>
public sealed class QuantizedLayerTests
{
    private const int Steps = 6;

    // As for float32 weights in sums of up to 280 products.
    private const double BFloat16Tolerance = 4e-6;

    // An int8 product takes its vector in steps of the largest value / 32767. With 130 to 180 values up to 1.8 and weights of 0.04 in the
    // mean, sums are off by up to 180 x 0.04 x 1.8 / 65534 = 2e-4 if all errors add up, and by a twelfth of that as a rule.
    private const double Int8Tolerance = 1e-4;

    public static TheoryData<string> AllVariants => LayerVariants.Names;

    public static TheoryData<string, WeightType> Variants => With(LayerVariants.Names);

    public static TheoryData<string, WeightType> OneWayVariants => With(LayerVariants.OneWayNames);

    [Theory]
    [MemberData(nameof(Variants))]
    public void RunBatch_AnyWidthAndBatch_AgreesWithReferenceAndGivesTheSameBits(string variant, WeightType type)
    {
        foreach ((int inputSize, int units) in new[] { (180, 130), (7, 150), (3, 20) })
        {
            RandomModel sample = new RandomModel(inputSize, LayerVariants.Create(variant, units, returnSequences: true), new Dense(520)).Quantize(type);
            const int Batch = 5;
            float[] inputs = sample.Inputs(Steps, Batch);
            int inputLength = inputs.Length / Batch, outputLength = sample.OutputLength(Steps);
            float[] scalar = new float[Batch * outputLength];
            for (int i = 0; i < Batch; i++)
            {
                float[] alone = sample.Run(inputs.AsSpan(i * inputLength, inputLength), VectorWidth.Scalar);
                alone.CopyTo(scalar, i * outputLength);
                Closeness.AssertWithin(
                    type == WeightType.Int8 ? Int8Tolerance : BFloat16Tolerance,
                    [.. sample.RunReference(inputs.AsSpan(i * inputLength, inputLength)).Outputs.SelectMany(row => row)],
                    alone, $"{variant}, {type}, {inputSize} -> {units}");
            }

            foreach (VectorWidth width in AcceleratedWidths.All)
            {
                using RnnSession session = sample.CreateSession(width, Batch, Steps);
                foreach (int batch in new[] { 1, 2, Batch })
                {
                    float[] outputs = new float[batch * outputLength];
                    session.RunBatch(inputs.AsSpan(0, batch * inputLength), batch, outputs);
                    Bits.AssertEqual(scalar.AsSpan(0, outputs.Length), outputs, $"{variant}, {type}, {inputSize} -> {units}, {width}, batch {batch}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(OneWayVariants))]
    public void Step_OneByOne_GivesTheBitsOfTheWholeSequence(string variant, WeightType type)
    {
        RandomModel sample = new RandomModel(180, LayerVariants.Create(variant, 130, returnSequences: true), new Dense(520)).Quantize(type);
        float[] input = sample.Inputs(Steps);
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using RnnSession session = sample.CreateSession(width);
            float[] outputs = new float[Steps * 520];
            for (int step = 0; step < Steps; step++)
                session.Step(input.AsSpan(step * 180, 180), outputs.AsSpan(step * 520, 520));
            Bits.AssertEqual(sample.Run(input, width), outputs, $"{variant}, {type}, {width}");
        }
    }

    /// <summary>The whole definition of the product of an int8 matrix, written again with numbers that hold every sum.</summary>
    [Fact]
    public void RunBatch_Int8Dense_GivesTheBitsOfExactSums()
    {
        foreach ((int inputs, int units) in Shapes)
        {
            RandomModel sample = new RandomModel(inputs, new Dense(units)).Quantize(WeightType.Int8);
            WeightTensor kernel = sample.Model.Tensor("dense.kernel");
            float[] bias = sample.Weights["dense.bias"];
            AssertDense(sample, (x, unit) =>
            {
                float largest = x.Max(float.Abs);
                float inverse = 32767 / largest;
                float sum = bias[unit];
                int half = (inputs + 1) / 2;
                for (int first = 0; first < half; first += 256)
                {
                    long exact = 0;
                    for (int i = first; i < Math.Min(first + 256, half); i++)
                    {
                        exact += kernel.Bytes[unit * inputs + i] * RoundToWhole(x[i], inverse);
                        if (half + i < inputs)
                            exact += kernel.Bytes[unit * inputs + half + i] * RoundToWhole(x[half + i], inverse);
                    }

                    sum = float.MultiplyAddEstimate((float)exact * kernel.Scales[unit], largest / 32767, sum);
                }

                return sum;
            });
        }

        // x * inverse is rounded once where there is fused multiply-add, as in every sum of the runtime.
        static long RoundToWhole(float value, float inverse) => (long)(float.MultiplyAddEstimate(value, inverse, 12582912) - 12582912);
    }

    /// <summary>bf16 weights widen to the float32 that they stand for, and the sums are those of a float32 model.</summary>
    [Theory]
    [MemberData(nameof(AllVariants))]
    public void RunBatch_BFloat16_GivesTheBitsOfTheFloat32ModelOfItsWeights(string variant)
    {
        RandomModel sample = new RandomModel(181, LayerVariants.Create(variant, 131, returnSequences: true), new Dense(521)).Quantize(WeightType.BFloat16);
        RnnModel widened = new(sample.Architecture, sample.Weights);
        float[] input = sample.Inputs(Steps);
        float[] expected = new float[sample.OutputLength(Steps)];
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using RnnSession session = widened.CreateSession(new SessionOptions { VectorWidth = width, MaxSteps = Steps });
            session.Run(input, expected);
            Bits.AssertEqual(expected, sample.Run(input, width), $"{variant}, {width}");
        }
    }

    [Theory]
    [InlineData(float.NaN, 3)]
    [InlineData(float.PositiveInfinity, 200)]
    [InlineData(float.NegativeInfinity, 299)]
    public void Run_Int8InputThatIsNotFinite_GivesNaN(float value, int position)
    {
        RandomModel sample = new RandomModel(300, new Dense(230)).Quantize(WeightType.Int8);
        float[] input = sample.Inputs(steps: 1);
        input[position] = value;
        foreach (VectorWidth width in AcceleratedWidths.All)
            Assert.All(sample.Run(input, width), output => Assert.True(float.IsNaN(output), $"{width}: {output}"));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1e-20f)]
    [InlineData(float.Epsilon)]
    public void Run_Int8InputOfNothing_GivesTheBias(float value)
    {
        RandomModel sample = new RandomModel(300, new Dense(230)).Quantize(WeightType.Int8);
        float[] input = [.. Enumerable.Repeat(value, 300)];
        foreach (VectorWidth width in AcceleratedWidths.All)
            Bits.AssertEqual(sample.Weights["dense.bias"], sample.Run(input, width), $"{width}");
    }

    /// <summary>The least and the largest sums that 32 bits must hold, and a vector whose largest value is at the end of float32.</summary>
    [Theory]
    [InlineData(1f)]
    [InlineData(-1f)]
    [InlineData(3e38f)]
    public void Run_Int8LargestSums_AreExact(float value)
    {
        RandomModel sample = new RandomModel(new Architecture(1024, [new Dense(70)]), change: weights =>
        {
            weights["dense.kernel"].AsSpan().Fill(value > 1 ? 127f / 1e10f : 127);
            weights["dense.bias"].AsSpan().Clear();
        }).Quantize(WeightType.Int8);
        float weight = sample.Weights["dense.kernel"][0];
        float[] input = [.. Enumerable.Repeat(value, 1024)];
        foreach (VectorWidth width in AcceleratedWidths.All)
            Assert.All(sample.Run(input, width), output => Assert.Equal(1024.0 * weight * value, output, Math.Abs(1024.0 * weight * value) * 3e-7));
    }

    [Theory]
    [InlineData(WeightType.BFloat16)]
    [InlineData(WeightType.Int8)]
    public void Run_Embedding_GivesTheRowsThatItsWeightsStandFor(WeightType type)
    {
        RandomModel sample = new RandomModel(1, new Embedding(300, 60)).Quantize(type);
        float[] symbols = [299, 0, 17];
        Bits.AssertEqual(
            [.. symbols.SelectMany(symbol => sample.Weights["embedding.embeddings"].AsSpan((int)symbol * 60, 60).ToArray())], sample.Run(symbols), $"{type}");
    }

    /// <summary>Small matrices run as the float32 values they stand for.</summary>
    [Theory]
    [InlineData(WeightType.BFloat16)]
    [InlineData(WeightType.Int8)]
    public void Run_SmallLayers_GiveTheBitsOfFloat32(WeightType type)
    {
        RandomModel sample = new RandomModel(14, new Gru(32) { ReturnSequences = true }, new Lstm(60), new Dense(1)).Quantize(type);
        float[] input = sample.Inputs(steps: 50);
        RnnModel widened = new(sample.Architecture, sample.Weights);
        using RnnSession session = widened.CreateSession();
        float[] expected = new float[1];
        session.Run(input, expected);

        Bits.AssertEqual(expected, sample.Run(input), $"{type}");
    }

    /// <summary>Odd sizes, more columns than a block has, and the fewest columns and rows of a matrix of 2^16 weights.</summary>
    private static (int Inputs, int Units)[] Shapes => [(300, 230), (255, 258), (513, 130), (1100, 61), (65_536, 1), (1, 65_536), (2, 32_800)];

    private static void AssertDense(RandomModel sample, Func<float[], int, float> expected)
    {
        int units = sample.Architecture.OutputSize;
        float[] input = sample.Inputs(steps: 3);
        float[] outputs = [.. input.Chunk(sample.Architecture.InputSize).SelectMany(x => Enumerable.Range(0, units).Select(unit => expected(x, unit)))];
        foreach (VectorWidth width in AcceleratedWidths.All)
            Bits.AssertEqual(outputs, sample.Run(input, width), $"{sample.Architecture.InputSize} -> {units}, {width}");
    }

    private static TheoryData<string, WeightType> With(TheoryData<string> variants)
        => [.. from variant in variants from type in (WeightType[])[WeightType.BFloat16, WeightType.Int8] select (variant.Data, type)];
}
