using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Sessions;

public sealed class SessionStateTests
{
    private const int InputSize = 7;
    private const int Steps = 12;

    public static TheoryData<string> Variants => LayerVariants.OneWayNames;

    [Theory]
    [MemberData(nameof(Variants))]
    public void Run_InitialStateZero_ForgetsTheCallBefore(string variant)
    {
        RandomModel sample = Sample(variant);
        float[] input = sample.Inputs(Steps);
        using RnnSession session = sample.CreateSession();
        float[] first = Run(session, input, InitialState.Zero);
        float[] second = Run(session, input, InitialState.Zero);
        float[] carried = Run(session, input, InitialState.Carried);
        Bits.AssertEqual(first, second, variant);
        Assert.NotEqual(first, carried);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Reset_AfterRun_GivesTheStateThatWeightsOrZerosGive(string variant)
    {
        RandomModel sample = Sample(variant);
        float[] input = sample.Inputs(Steps);
        using RnnSession session = sample.CreateSession();
        float[] fresh = Run(session, input, InitialState.Carried);
        session.Reset();

        RnnState state = new(sample.Architecture);
        state.Values.Fill(1);
        session.SaveState(state);
        float[] initial = [.. sample.Weights.Where(pair => pair.Key.Contains(".initial_", StringComparison.Ordinal)).SelectMany(pair => pair.Value)];
        Assert.Equal(initial.Length > 0 ? initial : new float[sample.Architecture.StateSize], state.Values.ToArray());
        Bits.AssertEqual(fresh, Run(session, input, InitialState.Carried), variant);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void RestoreState_AfterFurtherSteps_GoesBackInTime(string variant)
    {
        RandomModel sample = Sample(variant);
        float[] history = sample.Inputs(Steps);
        float[] future = sample.Inputs(Steps);
        using RnnSession session = sample.CreateSession();
        Run(session, history, InitialState.Zero);
        RnnState state = new(sample.Architecture);
        session.SaveState(state);

        float[] expected = Run(session, future, InitialState.Carried);
        session.RestoreState(state);
        Bits.AssertEqual(expected, Run(session, future, InitialState.Carried), $"{variant}, run");

        session.RestoreState(state);
        float[] step = new float[2];
        for (int i = 0; i < Steps; i++)
        {
            session.Step(future.AsSpan(i * InputSize, InputSize), step);
            Bits.AssertEqual(expected.AsSpan(i * 2, 2), step, $"{variant}, step {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void RestoreState_SavedUnderAnotherWidth_GivesTheSameBits(string variant)
    {
        RandomModel sample = Sample(variant);
        float[] history = sample.Inputs(Steps);
        float[] future = sample.Inputs(Steps);
        foreach (VectorWidth from in AcceleratedWidths.All)
            foreach (VectorWidth to in AcceleratedWidths.All)
            {
                using RnnSession source = sample.CreateSession(from);
                using RnnSession target = sample.CreateSession(to);
                Run(source, history, InitialState.Zero);
                RnnState state = new(sample.Architecture);
                source.SaveState(state);
                target.RestoreState(state);
                Bits.AssertEqual(
                    Run(source, future, InitialState.Carried), Run(target, future, InitialState.Carried), $"{variant}, {from} to {to}");
            }
    }

    [Fact]
    public void SaveState_StackWithLstm_HasTheDocumentedLayout()
    {
        // One step from zero: the first floats are h of the GRU, then h and c of the LSTM, and the network's output is the LSTM's h.
        RandomModel sample = new(InputSize, new Gru(3) { ReturnSequences = true }, new Lstm(2) { ReturnSequences = true });
        float[] input = sample.Inputs(Steps);
        using RnnSession session = sample.CreateSession();
        float[] output = Run(session, input, InitialState.Zero);
        RnnState state = new(sample.Architecture);
        session.SaveState(state);

        Assert.Equal(3 + 2 + 2, state.Size);
        Bits.AssertEqual(output.AsSpan(^2..), state.Values.Slice(3, 2), "h of the LSTM");
        Closeness.AssertWithin(2e-6, sample.RunReference(input).FinalState, state.Values, "whole state");
    }

    [Fact]
    public void SaveState_Batch_HasOneRowASequence()
    {
        const int Batch = 3;
        RandomModel sample = Sample("lstm");
        float[] inputs = sample.Inputs(Steps, Batch);
        using RnnSession session = sample.CreateSession(maxBatch: Batch);
        session.RunBatch(inputs, Batch, new float[Batch * sample.OutputLength(Steps)]);
        RnnState states = new(sample.Architecture, Batch);
        session.SaveState(states);

        for (int i = 0; i < Batch; i++)
        {
            using RnnSession alone = sample.CreateSession();
            Run(alone, inputs[(i * Steps * InputSize)..((i + 1) * Steps * InputSize)], InitialState.Zero);
            RnnState state = new(sample.Architecture);
            alone.SaveState(state);
            Bits.AssertEqual(state.Values, states.Values.Slice(i * states.Size, states.Size), $"sequence {i}");
        }
    }

    [Fact]
    public void RestoreState_Batch_ContinuesEverySequence()
    {
        const int Batch = 3;
        RandomModel sample = Sample("gru reset before");
        float[] history = sample.Inputs(Steps, Batch);
        float[] future = sample.Inputs(Steps, Batch);
        float[] expected = new float[Batch * sample.OutputLength(Steps)];
        float[] actual = new float[expected.Length];
        using RnnSession source = sample.CreateSession(maxBatch: Batch);
        using RnnSession target = sample.CreateSession(maxBatch: Batch);
        source.RunBatch(history, Batch, expected);
        RnnState states = new(sample.Architecture, Batch);
        source.SaveState(states);
        target.RestoreState(states);
        source.RunBatch(future, Batch, expected, InitialState.Carried);
        target.RunBatch(future, Batch, actual, InitialState.Carried);
        Bits.AssertEqual(expected, actual, "restored batch");
    }

    [Fact]
    public void Clone_ThenChanged_LeavesTheOriginal()
    {
        RandomModel sample = Sample("lstm");
        RnnState state = new(sample.Architecture, batch: 2);
        sample.Uniform(state.Values.Length, 1).CopyTo(state.Values);
        float[] before = state.Values.ToArray();

        RnnState clone = state.Clone();
        Assert.Equal((state.Batch, state.Size), (clone.Batch, clone.Size));
        Bits.AssertEqual(before, clone.Values, "clone");
        clone.Values.Clear();
        Bits.AssertEqual(before, state.Values, "original");
    }

    [Fact]
    public void SaveState_LaterRuns_DoNotChangeTheSavedState()
    {
        RandomModel sample = Sample("gru reset after");
        using RnnSession session = sample.CreateSession();
        Run(session, sample.Inputs(Steps), InitialState.Zero);
        RnnState state = new(sample.Architecture);
        session.SaveState(state);
        float[] saved = state.Values.ToArray();
        Run(session, sample.Inputs(Steps), InitialState.Carried);
        Bits.AssertEqual(saved, state.Values, "saved state");
    }

    [Fact]
    public void SaveState_OfAnotherArchitecture_NamesBothSizes()
    {
        RandomModel sample = Sample("gru reset before");
        using RnnSession session = sample.CreateSession();
        RnnState foreign = new(new Architecture(InputSize, [new Lstm(19)]));
        foreach (Action action in new Action[] { () => session.SaveState(foreign), () => session.RestoreState(foreign) })
        {
            ArgumentException error = Assert.ThrowsAny<ArgumentException>(action);
            Assert.Contains("38", error.Message, StringComparison.Ordinal);
            Assert.Contains(sample.Architecture.StateSize.ToString(), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void RestoreState_BatchAboveMaxBatch_NamesBothSizes()
    {
        RandomModel sample = Sample("gru reset before");
        using RnnSession session = sample.CreateSession(maxBatch: 2);
        RnnState state = new(sample.Architecture, batch: 5);
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => session.RestoreState(state));
        Assert.Contains("5", error.Message, StringComparison.Ordinal);
        Assert.Contains("2", error.Message, StringComparison.Ordinal);
    }

    private static RandomModel Sample(string variant)
        => new(InputSize, LayerVariants.Create(variant, 20, returnSequences: true), new Dense(2));

    private static float[] Run(RnnSession session, float[] input, InitialState initialState)
    {
        float[] output = new float[input.Length / session.Model.Architecture.InputSize * session.Model.Architecture.OutputSize];
        session.Run(input, output, initialState);
        return output;
    }
}
