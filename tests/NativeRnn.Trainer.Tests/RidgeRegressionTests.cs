namespace NativeRnn.Trainer.Tests;

public sealed class RidgeRegressionTests
{
    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(100)]
    public void Fit_RandomSamples_GradientOfThePenalisedErrorIsZero(double penalty)
    {
        const int Inputs = 6;
        Random random = new(1);
        double[][] samples = [.. Enumerable.Range(0, 40).Select(_ => Sample(random, Inputs))];
        CrossProducts products = new(Inputs);
        foreach (double[] sample in samples)
            products.Add(sample);

        RidgeRegression regression = RidgeRegression.Fit(products, penalty);

        double intercept = regression.Predict(new double[Inputs]);
        double[] residuals = [.. samples.Select(sample => sample[Inputs] - regression.Predict(sample.AsSpan()[..Inputs]))];
        Assert.Equal(0, residuals.Sum(), 1e-10);
        for (int i = 0; i < Inputs; i++)
        {
            double[] unit = new double[Inputs];
            unit[i] = 1;
            double weight = regression.Predict(unit) - intercept;
            double slope = 0;
            for (int s = 0; s < samples.Length; s++)
                slope += samples[s][i] * residuals[s];
            Assert.Equal(penalty * weight, slope, 1e-10);
        }
    }

    [Fact]
    public void With_TwoSets_IsTheSetOfBoth()
    {
        Random random = new(2);
        double[][] samples = [.. Enumerable.Range(0, 10).Select(_ => Sample(random, 2))];
        CrossProducts first = new(2);
        CrossProducts second = new(2);
        CrossProducts all = new(2);
        for (int i = 0; i < samples.Length; i++)
        {
            (i < 4 ? first : second).Add(samples[i]);
            all.Add(samples[i]);
        }

        double[] point = [0.3, -0.7];
        Assert.Equal(RidgeRegression.Fit(all, 0.5).Predict(point), RidgeRegression.Fit(first.With(second), 0.5).Predict(point), 1e-12);
    }

    /// <summary>(x, y, 1) with inputs of different sizes about different means.</summary>
    private static double[] Sample(Random random, int inputs)
    {
        double[] sample = new double[inputs + 2];
        for (int i = 0; i <= inputs; i++)
            sample[i] = i + (i + 1) * random.NextDouble();
        sample[^1] = 1;
        return sample;
    }
}
