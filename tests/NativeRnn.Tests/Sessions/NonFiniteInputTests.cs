using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Sessions;

/// <summary>What a broken sensor sends must be seen, and must be over after a reset.</summary>
public sealed class NonFiniteInputTests
{
    private const int InputSize = 3;
    private const int Steps = 6;

    public static TheoryData<string> OneWayVariants => LayerVariants.OneWayNames;

    [Theory]
    [MemberData(nameof(OneWayVariants))]
    public void Step_NaN_MakesTheStateNotFiniteUntilAReset(string variant)
    {
        RandomModel sample = new(
            InputSize, LayerVariants.Create(variant, 19, returnSequences: true), new Lstm(5) { ReturnSequences = true }, new Dense(2));
        float[] input = sample.Inputs(Steps);
        float[] bad = [0.5f, float.NaN, 0.5f];
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            float[] expected = sample.Run(input, width);
            using RnnSession session = sample.CreateSession(width);
            float[] output = new float[2];
            Assert.True(StateOf(session).IsFinite);
            session.Step(bad, output);
            Assert.False(StateOf(session).IsFinite);
            for (int step = 0; step < Steps; step++)
            {
                session.Step(Row(input, step), output);
                Assert.All(output, value => Assert.True(float.IsNaN(value), $"{variant}, {width}, step {step} after the NaN: {value}"));
            }

            session.Reset();
            Assert.True(StateOf(session).IsFinite);
            float[] outputs = new float[Steps * 2];
            for (int step = 0; step < Steps; step++)
                session.Step(Row(input, step), outputs.AsSpan(step * 2, 2));
            Bits.AssertEqual(expected, outputs, $"{variant}, {width}, after the reset");
        }
    }

    [Theory]
    [MemberData(nameof(OneWayVariants))]
    public void RestoreState_AfterNaN_GoesOnAsIfItHadNotBeen(string variant)
    {
        RandomModel sample = new(InputSize, LayerVariants.Create(variant, 19, returnSequences: true), new Dense(2));
        float[] input = sample.Inputs(Steps);
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using RnnSession session = sample.CreateSession(width);
            float[] output = new float[2];
            session.Step(Row(input, 0), output);
            RnnState good = StateOf(session);
            session.Step(Row(input, 1), output);
            float[] expected = [.. output];

            session.Step([float.NaN, 0, 0], output);
            session.RestoreState(good);
            session.Step(Row(input, 1), output);
            Bits.AssertEqual(expected, output, $"{variant}, {width}");
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void RequireFiniteInput_RefusesBeforeTheStateChangesAndNamesThePlace(float value)
    {
        RandomModel sample = new(InputSize, new Gru(5) { ReturnSequences = true }, new Dense(1));
        using RnnSession session = sample.Model.CreateSession(new SessionOptions { MaxBatch = 2, RequireFiniteInput = true });
        float[] inputs = sample.Inputs(Steps, batch: 2);
        session.RunBatch(inputs, 2, new float[2 * Steps]);
        RnnState before = StateOf(session, batch: 2);

        inputs[(Steps + 4) * InputSize + 2] = value;
        string text = value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(
            $"Feature 2 of step 4 of sequence 1 must be a finite number, but is {text}.",
            Assert.Throws<ArgumentException>(() => session.RunBatch(inputs, 2, new float[2 * Steps])).Message);
        Assert.StartsWith("Feature 0 of step 0 of sequence 0 ", Assert.Throws<ArgumentException>(() => session.Step([value, 1, 1], new float[1])).Message, StringComparison.Ordinal);
        Assert.StartsWith("Feature 1 of step 0 of sequence 0 ", Assert.Throws<ArgumentException>(() => session.Run([1, value, 1], new float[1])).Message, StringComparison.Ordinal);

        Bits.AssertEqual(before.Values, StateOf(session, batch: 2).Values, "state after refusals");
    }

    [Fact]
    public void RequireFiniteInput_FiniteInput_GivesTheSameBits()
    {
        RandomModel sample = new(InputSize, new Gru(5), new Dense(1));
        float[] input = [float.MaxValue, -float.MaxValue, float.Epsilon, .. sample.Inputs(Steps)];
        using RnnSession session = sample.Model.CreateSession(new SessionOptions { RequireFiniteInput = true });
        float[] output = new float[1];
        session.Run(input, output);
        Bits.AssertEqual(sample.Run(input), output, "checked and unchecked");
    }

    [Theory]
    [InlineData(float.NaN, false)]
    [InlineData(float.PositiveInfinity, false)]
    [InlineData(float.NegativeInfinity, false)]
    [InlineData(float.MaxValue, true)]
    [InlineData(-0f, true)]
    public void IsFinite_AnyPlace_LooksAtEveryValue(float value, bool expected)
    {
        Architecture architecture = new(InputSize, [new Lstm(3)]);
        for (int i = 0; i < 2 * architecture.StateSize; i++)
        {
            RnnState state = new(architecture, batch: 2);
            state.Values[i] = value;
            Assert.Equal(expected, state.IsFinite);
        }
    }

    private static ReadOnlySpan<float> Row(float[] input, int step) => input.AsSpan(step * InputSize, InputSize);

    private static RnnState StateOf(RnnSession session, int batch = 1)
    {
        RnnState state = new(session.Model.Architecture, batch);
        session.SaveState(state);
        return state;
    }
}
