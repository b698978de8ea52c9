namespace NativeRnn.Tests.Reference;

/// <summary>The reference's own functions against values computed to 20 digits with arbitrary-precision arithmetic.</summary>
public sealed class ReferenceActivationsTests
{
    private const double RelativeError = 4e-15;

    // gelu(-8) takes erfc at 8/sqrt 2, where a rounding error of the argument weighs 2 x^2 = 64 times as much in the result.
    private const double RelativeErrorInTails = 1.5e-14;

    [Theory]
    [InlineData(0.125, 0.14031620480133381739)]
    [InlineData(0.5, 0.52049987781304653768)]
    [InlineData(1, 0.84270079294971486934)]
    [InlineData(2, 0.99532226501895273416)]
    [InlineData(2.5, 0.99959304798255504106)]
    [InlineData(-4, -0.99999998458274209972)]
    public void Erf_KnownArgument_GivesKnownValue(double x, double expected)
        => Assert.Equal(expected, ReferenceActivations.Erf(x), RelativeError * Math.Abs(expected));

    [Theory]
    [InlineData(-1, 1.84270079294971486934)]
    [InlineData(0.5, 0.47950012218695346232)]
    [InlineData(2.5, 0.00040695201744495893956)]
    [InlineData(4, 1.5417257900280018852e-8)]
    [InlineData(10, 2.088487583762544757e-45)]
    [InlineData(20, 5.3958656116079009289e-176)]
    public void Erfc_KnownArgument_GivesKnownValue(double x, double expected)
        => Assert.Equal(expected, ReferenceActivations.Erfc(x), RelativeError * Math.Abs(expected));

    [Theory]
    [InlineData(ActivationKind.Tanh, -8, -0.99999977492967588981)]
    [InlineData(ActivationKind.Tanh, -0.75, -0.63514895238728731921)]
    [InlineData(ActivationKind.Tanh, 0.0009765625, 9.7656218955926021858e-4)]
    [InlineData(ActivationKind.Tanh, 3, 0.99505475368673045133)]
    [InlineData(ActivationKind.Sigmoid, -8, 3.3535013046647810388e-4)]
    [InlineData(ActivationKind.Sigmoid, -0.75, 0.32082130082460702684)]
    [InlineData(ActivationKind.Sigmoid, 0.0009765625, 0.50024414060559744821)]
    [InlineData(ActivationKind.Sigmoid, 3, 0.95257412682243321912)]
    [InlineData(ActivationKind.Relu, -8, 0)]
    [InlineData(ActivationKind.Relu, -0.75, 0)]
    [InlineData(ActivationKind.Relu, 0.0009765625, 9.765625e-4)]
    [InlineData(ActivationKind.Relu, 3, 3)]
    [InlineData(ActivationKind.Elu, -8, -0.99966453737209748816)]
    [InlineData(ActivationKind.Elu, -0.75, -0.52763344725898529286)]
    [InlineData(ActivationKind.Elu, 0.0009765625, 9.765625e-4)]
    [InlineData(ActivationKind.Elu, 3, 3)]
    [InlineData(ActivationKind.Selu, -8, -1.757509564222382525)]
    [InlineData(ActivationKind.Selu, -0.75, -0.92763201583505122619)]
    [InlineData(ActivationKind.Selu, 0.0009765625, 0.0010260751829643364194)]
    [InlineData(ActivationKind.Selu, 3, 3.1521029620664414803)]
    [InlineData(ActivationKind.Softplus, -8, 3.3540637289576883157e-4)]
    [InlineData(ActivationKind.Softplus, -0.75, 0.38687100611489994367)]
    [InlineData(ActivationKind.Softplus, 0.0009765625, 0.69363558101923012325)]
    [InlineData(ActivationKind.Softplus, 3, 3.0485873515737420588)]
    [InlineData(ActivationKind.Softsign, -8, -0.88888888888888888889)]
    [InlineData(ActivationKind.Softsign, -0.75, -0.42857142857142857143)]
    [InlineData(ActivationKind.Softsign, 0.0009765625, 9.7560975609756097561e-4)]
    [InlineData(ActivationKind.Softsign, 3, 0.75)]
    [InlineData(ActivationKind.Gelu, -8, -4.9767684594174272988e-15)]
    [InlineData(ActivationKind.Gelu, -0.75, -0.1699705142826511495)]
    [InlineData(ActivationKind.Gelu, 0.0009765625, 4.8866171094607474708e-4)]
    [InlineData(ActivationKind.Gelu, 3, 2.9959503059051097164)]
    [InlineData(ActivationKind.HardSigmoidKeras2, -8, 0)]
    [InlineData(ActivationKind.HardSigmoidKeras2, -0.75, 0.35)]
    [InlineData(ActivationKind.HardSigmoidKeras2, 0.0009765625, 0.5001953125)]
    [InlineData(ActivationKind.HardSigmoidKeras2, 3, 1)]
    [InlineData(ActivationKind.HardSigmoidKeras3, -8, 0)]
    [InlineData(ActivationKind.HardSigmoidKeras3, -0.75, 0.375)]
    [InlineData(ActivationKind.HardSigmoidKeras3, 0.0009765625, 0.50016276041666666667)]
    [InlineData(ActivationKind.HardSigmoidKeras3, 3, 1)]
    public void Apply_KnownArgument_GivesKnownValue(ActivationKind kind, double x, double expected)
        => Assert.Equal(
            expected,
            ReferenceActivations.Apply(new Activation(kind, kind == ActivationKind.Elu ? 1 : 0), x),
            RelativeErrorInTails * Math.Abs(expected));

    [Fact]
    public void Apply_LeakyRelu_ScalesNegativeArguments()
        => Assert.Equal(-1.5, ReferenceActivations.Apply(Activation.LeakyRelu(0.25f), -6));

    [Fact]
    public void Softmax_LargeArguments_DoesNotOverflow()
    {
        double[] result = ReferenceActivations.Softmax([1000, 1000 + Math.Log(3)]);
        Assert.Equal(0.25, result[0], 1e-13);
        Assert.Equal(0.75, result[1], 1e-13);
    }
}
