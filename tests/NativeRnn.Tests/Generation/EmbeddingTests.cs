using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Generation;

public sealed class EmbeddingTests
{
    private static readonly RandomModel Sample = new(1, new Embedding(11, 20), new Gru(9) { ReturnSequences = true }, new Dense(3));

    [Fact]
    public void Run_AnySymbols_AgreesWithTheReference()
    {
        float[] symbols = [0, 10, 3, 3, 7, 1];

        float[] actual = Sample.Run(symbols);

        double[] expected = [.. Sample.RunReference(symbols).Outputs.SelectMany(row => row)];
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-6);
    }

    [Fact]
    public void Run_EveryWidthBatchAndStepwise_GivesTheSameBits()
    {
        float[] symbols = [0, 10, 3, 3, 7, 1];
        float[] expected = Sample.Run(symbols);

        foreach (VectorWidth width in AcceleratedWidths.All)
            Assert.Equal(expected, Sample.Run(symbols, width));

        using RnnSession session = Sample.CreateSession(maxBatch: 2);
        float[] both = new float[2 * expected.Length];
        session.RunBatch([5, 5, 5, 5, 5, 5, .. symbols], 2, both);
        Assert.Equal(expected, both[expected.Length..]);
        session.Reset();
        float[] row = new float[3];
        for (int i = 0; i < symbols.Length; i++)
        {
            session.Step(symbols.AsSpan(i, 1), row);
            Assert.Equal(expected[(3 * i)..(3 * i + 3)], row);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(11)]
    [InlineData(0.5f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Run_ANumberThatIsNoSymbol_IsRefusedByStepAndValue(float symbol)
    {
        using RnnSession session = Sample.CreateSession();

        ArgumentException error = Assert.Throws<ArgumentException>(() => session.Run([1, symbol], new float[6]));

        Assert.Contains("Step 1 must be the number of a symbol, from 0 to 10", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Architecture_EmbeddingBehindALayerOrOfTwoFeatures_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Architecture(1, [new Dense(1), new Embedding(3, 2)]));
        Assert.Throws<ArgumentException>(() => new Architecture(2, [new Embedding(3, 2)]));
    }
}
