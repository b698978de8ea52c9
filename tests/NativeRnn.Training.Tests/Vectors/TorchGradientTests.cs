using NativeRnn.Vectors;

namespace NativeRnn.Training.Tests.Vectors;

/// <summary>Outputs, losses and gradients of every layer, variant and loss against PyTorch's automatic differentiation in double precision.</summary>
public sealed class TorchGradientTests
{
    // The file holds 13 significant digits; both sides compute in double precision, where a few hundred roundings leave about 1e-14.
    private const double Tolerance = 2e-12;

    private static readonly VectorCase[] Cases = VectorCase.Read(Path.Combine(AppContext.BaseDirectory, "Vectors", "gradients.json"));

    public static TheoryData<string> Names => [.. Cases.Select(value => value.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Compute_OnTorchsWeights_GivesTorchsLossAndGradients(string name)
    {
        VectorCase value = Assert.Single(Cases, candidate => candidate.Name == name);
        LossCase expected = Assert.IsType<LossCase>(value.Loss);
        var actual = LossGradient<double>.Compute(value.Architecture, value.Weights, value.Inputs, expected.Targets, value.Batch, LossOf(expected));

        AssertClose(value.Outputs, [.. actual.Outputs], "outputs");
        AssertClose([expected.Value], [actual.Loss], "loss");
        AssertClose(expected.InputGradient, [.. actual.Inputs], "inputs");
        Assert.Equal(expected.Gradients.Keys.Order(), actual.Parameters.Keys.Order());
        foreach ((string parameter, double[] gradient) in expected.Gradients)
            AssertClose(gradient, actual.Parameters[parameter], parameter);
    }

    /// <summary>Each gradient must be of some size, or agreeing on it would prove nothing.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void File_EveryGradient_IsNotZeroThroughout(string name)
    {
        VectorCase value = Assert.Single(Cases, candidate => candidate.Name == name);
        Assert.All(value.Loss!.Gradients, pair => Assert.Contains(pair.Value, gradient => Math.Abs(gradient) > 1e-4));
    }

    private static Loss LossOf(LossCase value) => value.Kind switch
    {
        "mae" => Loss.MeanAbsoluteError,
        "mse" => Loss.MeanSquaredError,
        "huber" => Loss.Huber(value.Delta),
        "bce" => Loss.BinaryCrossEntropy,
        "cce" => Loss.CategoricalCrossEntropy,
        _ => throw new FormatException($"Unknown loss '{value.Kind}' in the vectors."),
    };

    private static void AssertClose(double[] expected, double[] actual, string what)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {expected.Length} values expected, {actual.Length} given.");
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(expected[i] - actual[i]);
            Assert.True(error <= Tolerance * Math.Max(1, Math.Abs(expected[i])), $"{what}[{i}] is {actual[i]:R} instead of {expected[i]:R}.");
        }
    }
}
