using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Models;

public sealed class RnnModelTests
{
    [Fact]
    public void Constructor_MissingParameter_NamesItWithItsShape()
    {
        (Architecture architecture, Dictionary<string, float[]> weights) = GruOfTwo();
        weights.Remove("gru.recurrent_kernel");
        AssertRefused(architecture, weights, "gru.recurrent_kernel [6, 2]");
    }

    [Fact]
    public void Constructor_UnknownParameter_NamesIt()
    {
        (Architecture architecture, Dictionary<string, float[]> weights) = GruOfTwo();
        weights.Add("gru.recurrent_bias", new float[6]);
        AssertRefused(architecture, weights, "gru.recurrent_bias");
    }

    [Fact]
    public void Constructor_WrongLength_NamesActualAndExpected()
    {
        (Architecture architecture, Dictionary<string, float[]> weights) = GruOfTwo();
        weights["gru.kernel"] = new float[17];
        AssertRefused(architecture, weights, "gru.kernel", "17", "18");
    }

    [Fact]
    public void Weights_KnownName_GivesWhatWasGiven()
    {
        RandomModel sample = new(3, new Gru(2), new Dense(1));
        foreach ((string name, float[] values) in sample.Weights)
            Bits.AssertEqual(values, sample.Model.Weights(name), name);
    }

    [Fact]
    public void Weights_UnknownName_NamesIt()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new RandomModel(3, new Gru(2)).Model.Weights("lstm.kernel").Length);
        Assert.Contains("lstm.kernel", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LargestError_OwnOutput_IsZero()
    {
        (RandomModel sample, float[] input, float[] output) = SequenceSample();
        Assert.Equal(0, new SelfTest(input, output).LargestError(sample.Model));
    }

    [Fact]
    public void LargestError_ChangedOutputs_IsTheLargestDifference()
    {
        (RandomModel sample, float[] input, float[] output) = SequenceSample();
        output[3] += 0.5f;
        output[6] -= 2;
        Assert.Equal(2, new SelfTest(input, output).LargestError(sample.Model), 1e-6);
    }

    [Fact]
    public void LargestError_NaNExpected_IsNaN()
    {
        (RandomModel sample, float[] input, float[] output) = SequenceSample();
        output[1] = float.NaN;
        output[6] -= 2;
        Assert.True(float.IsNaN(new SelfTest(input, output).LargestError(sample.Model)));
    }

    [Fact]
    public void LargestError_BidirectionalLongerThanTheDefaultMaxSteps_IsComputed()
    {
        const int Steps = 1500;
        RandomModel sample = new(1, new Bidirectional(new SimpleRnn(2)), new Dense(1));
        float[] input = sample.Inputs(Steps);
        using RnnSession session = sample.CreateSession(maxSteps: Steps);
        float[] output = new float[1];
        session.Run(input, output);
        Assert.Equal(0, new SelfTest(input, output).LargestError(sample.Model));
    }

    [Theory]
    [InlineData(13, 8, "13")]
    [InlineData(0, 0, "0")]
    [InlineData(12, 7, "8")]
    public void WithSelfTest_OfOtherSizes_NamesActualAndExpected(int inputLength, int outputLength, string named)
    {
        RandomModel sample = SequenceSample().Sample;
        ArgumentException error = Assert.Throws<ArgumentException>(() => sample.Model.WithSelfTest(new SelfTest(new float[inputLength], new float[outputLength])));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithSelfTest_NewModel_RunsTheSame()
    {
        (RandomModel sample, float[] input, float[] output) = SequenceSample();
        SelfTest selfTest = new(input, output);
        RnnModel model = sample.Model.WithSelfTest(selfTest);
        Assert.Same(selfTest, model.SelfTest);
        Assert.Null(sample.Model.SelfTest);
        Assert.Equal(0, selfTest.LargestError(model));
        Assert.Null(model.WithSelfTest(null).SelfTest);
    }

    private static (RandomModel Sample, float[] Input, float[] Output) SequenceSample()
    {
        RandomModel sample = new(3, new Gru(5) { ReturnSequences = true }, new Dense(2));
        float[] input = sample.Inputs(4);
        return (sample, input, sample.Run(input));
    }

    private static (Architecture Architecture, Dictionary<string, float[]> Weights) GruOfTwo()
    {
        Architecture architecture = new(3, [new Gru(2)]);
        return (architecture, architecture.Parameters.ToDictionary(shape => shape.Name, shape => new float[shape.Count]));
    }

    private static void AssertRefused(Architecture architecture, Dictionary<string, float[]> weights, params string[] words)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new RnnModel(architecture, weights));
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }
}
