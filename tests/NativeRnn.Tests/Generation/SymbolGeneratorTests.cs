using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Generation;

public sealed class SymbolGeneratorTests
{
    private const int Symbols = 7;
    private static readonly Dense Softmax = new(Symbols) { Activation = Activation.Softmax };

    private static readonly RnnModel Model = new RandomModel(
        new Architecture(1, [new Embedding(Symbols, 5), new Gru(12) { ReturnSequences = true }, Softmax]), scale: 3).Model;

    [Fact]
    public void Generate_InOneCallOneByOneAndOnEveryWidth_IsTheSame()
    {
        int[] expected = Generate(new SamplingOptions { Seed = 5 }, 200);

        using SymbolGenerator generator = new(Model, new SamplingOptions { Seed = 5 });
        Assert.Equal(expected, generator.Generate([3, 1]).Take(200));
        Assert.Equal(expected, generator.Generate([3, 1]).Take(200));
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using SymbolGenerator other = new(Model, new SamplingOptions { Seed = 5 }, new SessionOptions { VectorWidth = width });
            Assert.Equal(expected, other.Generate([3, 1]).Take(200));
        }

        Assert.NotEqual(expected, Generate(new SamplingOptions { Seed = 6 }, 200));
    }

    [Fact]
    public void Generate_Greedy_TakesTheMostLikelySymbolOfTheNetworksOwnOutputs()
    {
        int[] symbols = Generate(new SamplingOptions { Temperature = 0 }, 30);

        float[] inputs = [3, 1, .. symbols.Select(symbol => (float)symbol)];
        float[] outputs = new float[inputs.Length * Symbols];
        using RnnSession session = Model.CreateSession();
        session.Run(inputs, outputs);
        for (int i = 0; i < symbols.Length; i++)
        {
            float[] row = outputs[((i + 1) * Symbols)..((i + 2) * Symbols)];
            Assert.Equal(Array.IndexOf(row, row.Max()), symbols[i]);
        }

        Assert.Equal(symbols, Generate(new SamplingOptions { TopK = 1, Seed = 9 }, 30));
    }

    /// <summary>p^(1/T) made to add up to 1 again; of 40,000 draws a share errs by 0.0025 at most once in a few hundred.</summary>
    [Theory]
    [InlineData(1, null)]
    [InlineData(0.5f, null)]
    [InlineData(2, 3)]
    public void Draw_ManyTimes_HasTheProbabilitiesOfTheTemperature(float temperature, int? topK)
    {
        float[] logits = [1, -0.5f, 0, 2, 0.25f];
        SymbolSampler sampler = new(logits.Length, new SamplingOptions { Temperature = temperature, TopK = topK, Seed = 1 });
        const int Draws = 40_000;
        double[] counts = new double[logits.Length];
        for (int i = 0; i < Draws; i++)
            counts[sampler.Draw(logits)]++;

        float smallest = logits.OrderDescending().ElementAt((topK ?? logits.Length) - 1);
        double[] weights = [.. logits.Select(x => x < smallest ? 0 : Math.Exp(x / (double)temperature))];
        for (int i = 0; i < logits.Length; i++)
            Assert.Equal(weights[i] / weights.Sum(), counts[i] / Draws, 0.008);
    }

    [Fact]
    public void Generate_AfterWarmUp_AllocatesNothing()
    {
        using SymbolGenerator generator = new(Model, new SamplingOptions { TopK = 4 });
        int[] symbols = new int[50];
        for (int i = 0; i < 3; i++)
            generator.Generate([2], symbols);

        Assert.Equal(0, Allocated.By(() => generator.Generate([2], symbols)));
    }

    [Fact]
    public void Constructor_NetworksThatCannotWrite_AreRefused()
    {
        Layer[][] networks =
        [
            [new Dense(Symbols)],
            [new Embedding(Symbols, 2), new Dense(Symbols)],
            [new Embedding(Symbols + 1, 2), Softmax],
            [new Embedding(Symbols, 2), new Bidirectional(new Gru(2)), Softmax],
        ];
        foreach (Layer[] layers in networks)
            Assert.Throws<ArgumentException>(() => new SymbolGenerator(new RandomModel(1, layers).Model));
        Assert.Throws<ArgumentException>(() => new SymbolGenerator(Model, new SamplingOptions { Temperature = float.NaN }));
        Assert.Throws<ArgumentException>(() => new SymbolGenerator(Model, new SamplingOptions { TopK = 0 }));
        using SymbolGenerator generator = new(Model);
        Assert.Throws<ArgumentException>(() => generator.Start([]));
        Assert.Throws<ArgumentException>(() => generator.Start([Symbols]));
    }

    /// <summary>The first numbers of the generator's public reference implementation for the seed 1234567.</summary>
    [Fact]
    public void SplitMix64_KnownSeed_GivesThePublishedNumbers()
    {
        SplitMix64 random = new(1234567);

        Assert.Equal(6457827717110365317UL, random.Next());
        Assert.Equal(3203168211198807973UL, random.Next());
    }

    private static int[] Generate(SamplingOptions options, int length)
    {
        using SymbolGenerator generator = new(Model, options);
        int[] symbols = new int[length];
        generator.Generate([3, 1], symbols);
        return symbols;
    }
}
