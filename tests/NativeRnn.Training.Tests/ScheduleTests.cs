namespace NativeRnn.Training.Tests;

public sealed class ScheduleTests
{
    public static TheoryData<LearningRateSchedule, double, double> Points() => new()
    {
        { new ConstantRate(), 7.5, 1 },
        { new StepDecay(3), 2.9, 1 },
        { new StepDecay(3), 3, 0.5 },
        { new StepDecay(3, 0.1), 7, 0.01 },
        { new ExponentialDecay(0.9), 0, 1 },
        { new ExponentialDecay(0.81), 1.5, 0.729 },
        { new CosineDecay(), 0, 1 },
        { new CosineDecay(), 5, 0.5 },
        { new CosineDecay(), 10, 0 },
        { new CosineDecay(2, 0.2), 0.5, 0.25 },
        { new CosineDecay(2, 0.2), 2, 1 },
        { new CosineDecay(2, 0.2), 6, 0.6 },
        { new CosineDecay(2, 0.2), 10, 0.2 },
        { new CosineDecay(20), 10, 0.5 },
    };

    [Theory]
    [MemberData(nameof(Points))]
    public void Factor_OfTenEpochs_IsAsDefined(LearningRateSchedule schedule, double epoch, double expected)
        => Assert.Equal(expected, schedule.Factor(epoch, 10, []), 1e-12);

    [Theory]
    [InlineData(new double[] { }, 1)]
    [InlineData(new double[] { 3, 2, 1 }, 1)]
    [InlineData(new double[] { 3, 2, 2 }, 1)]
    [InlineData(new double[] { 3, 2, 2, 2.5 }, 0.5)]
    [InlineData(new double[] { 3, 2, 2, 2.5, 2.1 }, 0.5)]
    [InlineData(new double[] { 3, 2, 2, 2.5, 2.1, 2.2 }, 0.3)]
    [InlineData(new double[] { 3, 2, 4, 1, 4, 4 }, 0.5)]
    public void Factor_OfReduceOnPlateau_FallsAfterEachPlateau(double[] losses, double expected)
        => Assert.Equal(expected, new ReduceOnPlateau(2, 0.5, 0.3).Factor(losses.Length, 10, losses));

    public static TheoryData<LearningRateSchedule> BadSettings() =>
    [
        new StepDecay(0), new StepDecay(1, 0), new ExponentialDecay(double.NaN), new CosineDecay(-1), new CosineDecay(0, 2),
        new ReduceOnPlateau(0), new ReduceOnPlateau(1, 1), new ReduceOnPlateau(1, 0.5, -1),
    ];

    [Theory]
    [MemberData(nameof(BadSettings))]
    public void Validate_SettingOutOfRange_Throws(LearningRateSchedule schedule) => Assert.Throws<ArgumentException>(schedule.Validate);
}
