namespace NativeRnn.Training.Tests;

/// <summary>Two steps of each rule against the same steps worked out by hand in the comments.</summary>
public sealed class OptimizerTests
{
    /// <summary>w = 1, gradients 0.5 then -0.25, learning rate 0.1.</summary>
    public static TheoryData<Optimizer, double, double> Rules() => new()
    {
        // 1 - 0.05; 0.95 + 0.025
        { new Sgd(0.1), 0.95, 0.975 },
        // v = -0.05; v = -0.045 + 0.025 = -0.02
        { new Sgd(0.1) { Momentum = 0.9 }, 0.95, 0.93 },
        // v = -0.05, w += -0.045 - 0.05; v = -0.02, w += -0.018 + 0.025
        { new Sgd(0.1) { Momentum = 0.9, Nesterov = true }, 0.905, 0.912 },
        // v = 0.025, 0.05 / sqrt(0.0250001) = 0.31622713; v = 0.0225 + 0.00625 = 0.02875, 0.025 / sqrt(0.0287501) = 0.14744168
        { new RmsProp(0.1), 0.68377287, 0.83121455 },
        // m = 0.05, v = 0.00025, l = 0.1 sqrt(0.001) / 0.1 = 0.031622777: 0.1 * (1 - 6.3e-6);
        // m = 0.045 - 0.025 = 0.02, v = 0.00024975 + 0.0000625 = 0.00031225, l = 0.1 sqrt(0.001999) / 0.19 = 0.023531647: 0.026633607
        { new Adam(0.1), 0.90000063, 0.87336717 },
        // The same after w *= 1 - 0.1 * 0.2: 0.98 - 0.1; 0.88 * 0.98 - 0.026633
        { new AdamW(0.1) { WeightDecay = 0.2 }, 0.88000063, 0.83576716 },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Apply_TwoSteps_GivesHandComputedWeights(Optimizer rule, double first, double second)
    {
        float[] weights = [1, 1, 1];
        float[] slot1 = new float[rule.SlotCount > 0 ? 3 : 0], slot2 = new float[rule.SlotCount > 1 ? 3 : 0];
        rule.Apply(1, rule.LearningRate, weights, [0.5f, 0.5f, 0.5f], slot1, slot2);
        Assert.All(weights, weight => Assert.Equal(first, weight, 2e-7));
        rule.Apply(2, rule.LearningRate, weights, [-0.25f, -0.25f, -0.25f], slot1, slot2);
        Assert.All(weights, weight => Assert.Equal(second, weight, 2e-7));
    }

    public static TheoryData<Optimizer> BadSettings() =>
    [
        new Sgd(0), new Sgd(double.NaN), new Sgd { Momentum = 1 }, new RmsProp { Rho = -0.1 }, new RmsProp { Epsilon = 0 },
        new Adam { Beta1 = 1 }, new Adam { Beta2 = double.NaN }, new AdamW { Beta2 = 1 }, new AdamW { WeightDecay = -1 },
    ];

    [Theory]
    [MemberData(nameof(BadSettings))]
    public void Validate_SettingOutOfRange_Throws(Optimizer rule) => Assert.Throws<ArgumentException>(rule.Validate);
}
