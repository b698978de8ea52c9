using NativeRnn.Tests.Reference;
using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Layers;

public sealed class GruConversionTests
{
    private const int InputSize = 4;
    private const int Steps = 24;

    public static TheoryData<bool, string> Variants => new()
    {
        { false, "sigmoid" },
        { true, "sigmoid" },
        { false, "hard_sigmoid_keras2" },
        { true, "hard_sigmoid_keras2" },
        { false, "hard_sigmoid_keras3" },
        { true, "hard_sigmoid_keras3" },
    };

    /// <summary>Weights that mean h = (1 - z) h' + z n, converted, give what the textbook's equation gives with the weights as they were.</summary>
    [Theory]
    [MemberData(nameof(Variants))]
    public void NegateUpdateGate_TextbookWeights_GiveTheTextbooksStates(bool resetAfter, string gates)
    {
        Gru layer = new(9) { ResetAfter = resetAfter, RecurrentActivation = Activation.Parse(gates), ReturnSequences = true };
        RandomModel textbook = new(InputSize, layer);
        float[] input = textbook.Inputs(Steps);
        ReferenceGru cell = new(layer, InputSize, new ReferenceWeights(textbook.Weights, "gru."), textbookSense: true);
        double[] expected = [.. input.Chunk(InputSize).SelectMany(row => cell.Step([.. row]))];

        Dictionary<string, float[]> converted = Converted(textbook.Weights);
        using RnnSession session = new RnnModel(textbook.Architecture, converted).CreateSession();
        float[] output = new float[expected.Length];
        session.Run(input, output);
        Closeness.AssertWithin(2e-6, expected, output, $"reset after {resetAfter}, {gates}");

        // Unconverted, the same weights must give something else, or the comparison above would prove nothing.
        Assert.Contains(textbook.Run(input).Zip(expected), pair => Math.Abs(pair.First - pair.Second) > 0.01);
    }

    [Fact]
    public void NegateUpdateGate_Twice_GivesTheSameBits()
    {
        RandomModel sample = new(InputSize, new Gru(9) { ResetAfter = true });
        foreach ((string name, float[] values) in Converted(Converted(sample.Weights)))
            Bits.AssertEqual(sample.Weights[name], values, name);
    }

    [Fact]
    public void NegateUpdateGate_AnyParameter_ChangesItsFirstThirdOnly()
    {
        float[] bias = [1, -2, 3, 4, 5, 6];
        Gru.NegateUpdateGate(bias);
        Assert.Equal([-1, 2, 3, 4, 5, 6], bias);
    }

    [Fact]
    public void NegateUpdateGate_LengthNotOfThreeGates_NamesTheLength()
        => Assert.Contains("7", Assert.Throws<ArgumentException>(() => Gru.NegateUpdateGate(new float[7])).Message, StringComparison.Ordinal);

    private static Dictionary<string, float[]> Converted(Dictionary<string, float[]> weights)
    {
        Dictionary<string, float[]> converted = weights.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
        foreach (float[] values in converted.Values)
            Gru.NegateUpdateGate(values);
        return converted;
    }
}
