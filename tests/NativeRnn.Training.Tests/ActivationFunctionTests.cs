namespace NativeRnn.Training.Tests;

public sealed class ActivationFunctionTests
{
    /// <summary>Values from the definitions; the normal distribution's from tables (Abramowitz and Stegun, table 26.1).</summary>
    [Theory]
    [InlineData(ActivationKind.Linear, 0, -1.5, -1.5)]
    [InlineData(ActivationKind.Tanh, 0, 0.5, 0.46211715726000976)]
    [InlineData(ActivationKind.Sigmoid, 0, 2, 0.8807970779778824)]
    [InlineData(ActivationKind.Sigmoid, 0, -800, 0)]
    [InlineData(ActivationKind.Relu, 0, -2, 0)]
    [InlineData(ActivationKind.Relu, 0, 2, 2)]
    [InlineData(ActivationKind.LeakyRelu, 0.25f, -2, -0.5)]
    [InlineData(ActivationKind.Elu, 0.5f, -1, -0.31606027941427883)]
    [InlineData(ActivationKind.Selu, 0, -1, -1.1113307378125625)]
    [InlineData(ActivationKind.Selu, 0, 2, 2.101401974710961)]
    [InlineData(ActivationKind.Softplus, 0, 0, 0.6931471805599453)]
    [InlineData(ActivationKind.Softplus, 0, 900, 900)]
    [InlineData(ActivationKind.Softsign, 0, -3, -0.75)]
    [InlineData(ActivationKind.Gelu, 0, 1, 0.8413447460685429)]
    [InlineData(ActivationKind.Gelu, 0, -2, -0.04550026389635842)]
    [InlineData(ActivationKind.Gelu, 0, 3, 2.99595030590511)]
    [InlineData(ActivationKind.Gelu, 0, -30, 0)]
    [InlineData(ActivationKind.Gelu, 0, 30, 30)]
    [InlineData(ActivationKind.Gelu, 0, 0, 0)]
    [InlineData(ActivationKind.HardSigmoidKeras2, 0, 1, 0.7)]
    [InlineData(ActivationKind.HardSigmoidKeras2, 0, -2.6, 0)]
    [InlineData(ActivationKind.HardSigmoidKeras3, 0, 1, 0.6666666666666667)]
    [InlineData(ActivationKind.HardSigmoidKeras3, 0, 3.1, 1)]
    [InlineData(ActivationKind.HardSigmoid, 0.25f, 1, 1, 0.75f)]
    [InlineData(ActivationKind.HardSigmoid, 0.25f, 0.5, 0.375, 0.25f)]
    [InlineData(ActivationKind.ScaledTanh, 2, 1, 0.92423431452001952, 0.5f)]
    [InlineData(ActivationKind.Affine, -2, 3, -5.5, 0.5f)]
    [InlineData(ActivationKind.ThresholdedRelu, 0.5f, 0.5, 0)]
    [InlineData(ActivationKind.ThresholdedRelu, -0.5f, -0.25, -0.25)]
    public void Apply_KnownInput_GivesKnownOutput(ActivationKind kind, float alpha, double x, double expected, float beta = 0)
    {
        double[] values = [x, x, x];
        new ActivationFunction<double>(new Activation(kind, alpha, beta)).Apply(values, new double[3]);
        Assert.All(values, value => Assert.Equal(expected, value, 1e-14 * Math.Max(1, Math.Abs(expected))));
    }

    [Fact]
    public void SoftmaxApply_LargeInputs_StaysFinite()
    {
        float[] values = [1000, 1001, 1000, -1000, -1000, -1000];
        Softmax.Apply<float>(values, 3);
        float outer = 1 / (2 + MathF.E);
        float[] expected = [outer, 1 - 2 * outer, outer, 1f / 3, 1f / 3, 1f / 3];
        Assert.All(values.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
    }

    [Theory]
    [InlineData(ActivationKind.Gelu, 0, true)]
    [InlineData(ActivationKind.Elu, -0.5f, true)]
    [InlineData(ActivationKind.Elu, 0.5f, false)]
    [InlineData(ActivationKind.Tanh, 0, false)]
    public void KeepsInput_WhereTheOutputDoesNotTellTheDerivative(ActivationKind kind, float alpha, bool expected)
        => Assert.Equal(expected, new ActivationFunction<float>(new Activation(kind, alpha)).KeepsInput);
}
