using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Sessions;

/// <summary>Inputs no sensor should give: the result is a number within the layer's range, or NaN, never a wrong number.</summary>
public sealed class ExtremeInputTests
{
    private const int InputSize = 3;
    private static readonly string[] BoundedCells =
        ["simple_rnn", "gru reset before", "gru reset after", "lstm", "lstm coupled", "lstm peepholes"];
    private static readonly float[] LargeInputs = [1e4f, -1e4f, 1e30f, -1e30f, float.PositiveInfinity, float.NegativeInfinity];

    public static TheoryData<string> Variants => LayerVariants.Names;

    public static TheoryData<string, float> BoundedCellsWithLargeInputs =>
        [.. from variant in BoundedCells from value in LargeInputs select (variant, value)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Run_NaNInOneFeature_GivesNaN(string variant)
    {
        foreach (int units in new[] { 1, 3, 16, 33 })
        {
            RandomModel sample = new(InputSize, LayerVariants.Create(variant, units, returnSequences: false));
            float[] input = sample.Inputs(4);
            input[2 * InputSize + 1] = float.NaN;
            foreach (VectorWidth width in AcceleratedWidths.All)
                Assert.All(
                    sample.Run(input, width),
                    value => Assert.True(float.IsNaN(value), $"{variant}, {units} units, {width}: {value} from NaN."));
        }
    }

    [Fact]
    public void Run_NaN_LeavesTheOtherSequencesOfTheBatch()
    {
        RandomModel sample = new(InputSize, new Gru(20), new Dense(2));
        float[] inputs = sample.Inputs(4, batch: 3);
        inputs[(4 + 1) * InputSize] = float.NaN;
        using RnnSession session = sample.CreateSession(maxBatch: 3);
        float[] outputs = new float[6];
        session.RunBatch(inputs, 3, outputs);
        Bits.AssertEqual(sample.Run(inputs.AsSpan(0, 4 * InputSize)), outputs.AsSpan(0, 2), "first");
        Assert.All(outputs[2..4], value => Assert.True(float.IsNaN(value)));
        Bits.AssertEqual(sample.Run(inputs.AsSpan(8 * InputSize)), outputs.AsSpan(4, 2), "third");
    }

    [Fact]
    public void Run_AfterNaN_StartsAfreshFromZero()
    {
        RandomModel sample = new(InputSize, new Lstm(20), new Dense(2));
        float[] input = sample.Inputs(4);
        float[] expected = sample.Run(input);
        float[] bad = [.. input];
        bad[5] = float.NaN;
        using RnnSession session = sample.CreateSession();
        float[] output = new float[2];
        session.Run(bad, output);
        session.Run(input, output);
        Bits.AssertEqual(expected, output, "run after a NaN");
    }

    /// <summary>One large feature pushes every gate and candidate to its end, as it does in the reference.</summary>
    [Theory]
    [MemberData(nameof(BoundedCellsWithLargeInputs))]
    public void Run_LargeInput_SaturatesAsTheReference(string variant, float value)
    {
        // One feature only, for two infinite ones would meet as inf - inf.
        foreach (int units in new[] { 3, 16, 33 })
        {
            RandomModel sample = new(1, LayerVariants.Create(variant, units, returnSequences: true));
            float[] input = [0.5f, value, -0.5f, value];
            double[] expected = [.. sample.RunReference(input).Outputs.SelectMany(row => row)];
            Assert.DoesNotContain(double.NaN, expected);
            foreach (VectorWidth width in AcceleratedWidths.All)
                Closeness.AssertWithin(2e-6, expected, sample.Run(input, width), $"{variant}, {units} units, {value}, {width}");
        }
    }
}
