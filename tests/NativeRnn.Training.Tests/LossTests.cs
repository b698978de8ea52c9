namespace NativeRnn.Training.Tests;

public sealed class LossTests
{
    /// <summary>Outputs (0.5, -1, 3) for targets (0, 1, 3): errors 0.5, -2, 0.</summary>
    [Theory]
    [InlineData(LossKind.MeanAbsoluteError, 0, 2.5, new double[] { 1, -1, 0 })]
    [InlineData(LossKind.MeanSquaredError, 0, 4.25, new double[] { 1, -4, 0 })]
    [InlineData(LossKind.Huber, 1, 0.125 + 1.5, new double[] { 0.5, -1, 0 })]
    [InlineData(LossKind.Huber, 0.4, 0.12 + 0.72, new double[] { 0.4, -0.4, 0 })]
    public void Compute_KnownErrors_GivesHandComputedLossAndGradient(LossKind kind, double delta, double expected, double[] slopes)
    {
        double[] gradients = new double[3];
        double loss = new LossFunction<double>(new Loss(kind, delta), 3).Compute([0.5, -1, 3], [0, 1, 3], 2, gradients);
        Assert.Equal(expected, loss, 1e-12);
        Assert.All(gradients.Zip(slopes), pair => Assert.Equal(2 * pair.Second, pair.First, 1e-12));
    }

    [Fact]
    public void Compute_BinaryCrossEntropy_IsThatOfTheSigmoid()
    {
        double[] gradients = new double[2];
        double loss = new LossFunction<double>(Loss.BinaryCrossEntropy, 1).Compute([0.5, -1], [1, 0.25], 1, gradients);
        double p = 1 / (1 + Math.Exp(-0.5)), q = 1 / (1 + Math.E);
        Assert.Equal(-Math.Log(p) - 0.25 * Math.Log(q) - 0.75 * Math.Log(1 - q), loss, 1e-12);
        Assert.Equal(p - 1, gradients[0], 1e-12);
        Assert.Equal(q - 0.25, gradients[1], 1e-12);
    }

    [Fact]
    public void Compute_CategoricalCrossEntropy_IsThatOfTheSoftmax()
    {
        double[] gradients = new double[3];
        double loss = new LossFunction<double>(Loss.CategoricalCrossEntropy, 3).Compute([1, 2, 3], [0, 0.25, 0.75], 1, gradients);
        double sum = Math.Exp(1) + Math.Exp(2) + Math.Exp(3);
        Assert.Equal(-0.25 * Math.Log(Math.Exp(2) / sum) - 0.75 * Math.Log(Math.Exp(3) / sum), loss, 1e-12);
        Assert.Equal(Math.Exp(1) / sum, gradients[0], 1e-12);
        Assert.Equal(Math.Exp(3) / sum - 0.75, gradients[2], 1e-12);
    }

    [Fact]
    public void Compute_SaturatedOutputs_StaysFinite()
    {
        float[] gradients = new float[2];
        Assert.Equal(1000, new LossFunction<float>(Loss.BinaryCrossEntropy, 1).Compute([500, -500], [0, 1], 1, gradients));
        Assert.Equal([1, -1], gradients);
        Assert.Equal(2000, new LossFunction<float>(Loss.CategoricalCrossEntropy, 2).Compute([-1000, 1000], [1, 0], 1, gradients));
        Assert.Equal([-1, 1], gradients);
    }

    [Fact]
    public void Divisor_CountsOutputsUnlessTheLossSumsThem()
    {
        Assert.Equal(12, new LossFunction<float>(Loss.MeanSquaredError, 3).Divisor(4));
        Assert.Equal(4, new LossFunction<float>(Loss.CategoricalCrossEntropy, 3).Divisor(4));
    }

    public static TheoryData<Loss, Layer[], string> Misfits() => new()
    {
        { Loss.CategoricalCrossEntropy, [new Gru(3), new Dense(3)], "softmax" },
        { Loss.CategoricalCrossEntropy, [new Gru(3)], "softmax" },
        { Loss.CategoricalCrossEntropy, [new Gru(3), new Dense(1) { Activation = Activation.Softmax }], "two outputs" },
        { Loss.BinaryCrossEntropy, [new Gru(3), new Dense(3)], "sigmoid" },
        { Loss.BinaryCrossEntropy, [new Gru(3), new Dense(3) { Activation = Activation.Softmax }], "sigmoid" },
        { Loss.Huber(0), [new Gru(3)], "delta" },
        { Loss.Huber(double.NaN), [new Gru(3)], "delta" },
        { new Loss((LossKind)99), [new Gru(3)], "99" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void ValidateFor_LossThatCannotTrainTheNetwork_Throws(Loss loss, Layer[] layers, string expected)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => loss.ValidateFor(new Architecture(2, layers)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
