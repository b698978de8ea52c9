namespace NativeRnn.Training.Tests;

public sealed class WeightInitializerTests
{
    private static readonly Architecture Network = new(
        14,
        [
            new Bidirectional(new Lstm(20) { ReturnSequences = true }, new Gru(20) { ResetAfter = true, ReturnSequences = true }),
            new OutputRecurrentRnn(6, 9) { ReturnSequences = true },
            new Lstm(8) { CoupledGates = true, Peepholes = true },
            new Dense(3),
        ]);

    [Theory]
    [InlineData("bidirectional.forward.kernel", 94)]
    [InlineData("bidirectional.backward.kernel", 74)]
    [InlineData("output_recurrent_rnn.output_kernel", 15)]
    [InlineData("dense.kernel", 11)]
    public void Create_Kernels_AreUniformToTheGlorotLimit(string name, int fans)
    {
        float limit = (float)Math.Sqrt(6.0 / fans);
        float[] kernel = WeightInitializer.Create(Network, 1)[name];
        Assert.All(kernel, weight => Assert.InRange(weight, -limit, limit));
        Assert.True(kernel.Max() > 0.8f * limit && kernel.Min() < -0.8f * limit);
        // The standard error of the mean of n uniform numbers is limit / sqrt(3 n).
        Assert.InRange(kernel.Average(), -4 * limit / Math.Sqrt(3 * kernel.Length), 4 * limit / Math.Sqrt(3 * kernel.Length));
    }

    [Theory]
    [InlineData("bidirectional.forward.recurrent_kernel", 80, 20)]
    [InlineData("bidirectional.backward.recurrent_kernel", 60, 20)]
    [InlineData("output_recurrent_rnn.recurrent_kernel", 6, 9)]
    public void Create_RecurrentKernels_AreOrthogonal(string name, int rows, int columns)
    {
        float[] kernel = WeightInitializer.Create(Network, 2)[name];
        bool byRows = rows <= columns;
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double dot = 0;
                for (int k = 0; k < length; k++)
                    dot += (double)At(i, k) * At(j, k);
                Assert.Equal(i == j ? 1 : 0, dot, 1e-6);
            }
        }

        float At(int vector, int element) => byRows ? kernel[vector * columns + element] : kernel[element * columns + vector];
    }

    [Fact]
    public void Create_Biases_AreZeroButForForgetGates()
    {
        Dictionary<string, float[]> weights = WeightInitializer.Create(Network, 3);
        Assert.Equal([.. new float[20], .. Enumerable.Repeat(1f, 20), .. new float[40]], weights["bidirectional.forward.bias"]);
        Assert.Equal([.. Enumerable.Repeat(1f, 8), .. new float[16]], weights["lstm.bias"]);
        string[] zeros = ["bidirectional.backward.bias", "bidirectional.backward.recurrent_bias", "lstm.peephole", "dense.bias"];
        foreach (string name in zeros)
            Assert.All(weights[name], weight => Assert.Equal(0, weight));
        Assert.Equal(Network.Parameters.Select(shape => shape.Name), weights.Keys);
    }

    [Fact]
    public void Create_Seed_DecidesTheWeights()
    {
        float[] first = WeightInitializer.Create(Network, 4)["dense.kernel"];
        Assert.Equal(first, WeightInitializer.Create(Network, 4)["dense.kernel"]);
        Assert.NotEqual(first, WeightInitializer.Create(Network, 5)["dense.kernel"]);
    }

    [Fact]
    public void Create_KnownSeed_GivesTheSameNumbersInEveryVersion()
    {
        // Worked out by a few lines of Python from the generators' definitions.
        RandomStream random = new(42, 3);
        Assert.Equal((4719960455259140297UL, 2230753727085314799UL, 5166654538696099987UL), (random.Next(), random.Next(), random.Next()));
    }
}
