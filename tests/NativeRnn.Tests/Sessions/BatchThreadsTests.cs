using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Sessions;

/// <summary>Sessions that run a batch on several threads give the bits of one thread, and keep every sequence's state with it.</summary>
public sealed class BatchThreadsTests
{
    private const int InputSize = 7;
    private const int Steps = 12;
    private const int MaxBatch = 7;
    private const int MaxThreads = 4;

    public static TheoryData<string> Variants => LayerVariants.Names;

    public static TheoryData<string> OneWayVariants => LayerVariants.OneWayNames;

    [Theory]
    [MemberData(nameof(Variants))]
    public void RunBatch_AnyBatchOnAnyThreads_GivesTheBitsOfEachSequenceAlone(string variant)
    {
        foreach (bool returnSequences in new[] { false, true })
        {
            RandomModel sample = Sample(variant, returnSequences);
            float[] inputs = sample.Inputs(Steps, MaxBatch);
            float[] expected = [.. inputs.Chunk(Steps * InputSize).SelectMany(input => sample.Run(input))];
            for (int threads = 1; threads <= MaxThreads; threads++)
            {
                using RnnSession session = CreateSession(sample, threads);
                for (int batch = 1; batch <= MaxBatch; batch++)
                {
                    string title = $"{variant}, sequences {returnSequences}, {threads} threads, batch {batch}";
                    Bits.AssertEqual(expected.AsSpan(0, expected.Length / MaxBatch * batch), Run(session, inputs, batch), title);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(OneWayVariants))]
    public void RunBatch_CarriedThroughBatchesOfChangingSize_ContinuesEverySequence(string variant)
    {
        RandomModel sample = Sample(variant, returnSequences: true);
        int[] batches = [MaxBatch, 3, MaxBatch, 1, 5, MaxBatch];
        float[][] inputs = [.. batches.Select(batch => sample.Inputs(Steps, batch))];
        using RnnSession alone = CreateSession(sample, threads: 1);
        float[][] expected = [.. batches.Select((batch, i) => Run(alone, inputs[i], batch, InitialState.Carried))];
        RnnState expectedState = new(sample.Architecture, MaxBatch);
        alone.SaveState(expectedState);
        for (int threads = 2; threads <= MaxThreads; threads++)
        {
            using RnnSession session = CreateSession(sample, threads);
            for (int i = 0; i < batches.Length; i++)
            {
                float[] actual = Run(session, inputs[i], batches[i], InitialState.Carried);
                Bits.AssertEqual(expected[i], actual, $"{variant}, {threads} threads, call {i}");
            }

            RnnState state = new(sample.Architecture, MaxBatch);
            session.SaveState(state);
            Bits.AssertEqual(expectedState.Values, state.Values, $"{variant}, {threads} threads, state");
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void RestoreState_SavedUnderOtherThreads_GivesTheSameBits(string variant)
    {
        RandomModel sample = Sample(variant, returnSequences: true);
        float[] inputs = sample.Inputs(Steps, MaxBatch);
        foreach (int batch in new[] { 1, 4, MaxBatch })
        {
            RnnState start = new(sample.Architecture, batch);
            sample.Uniform(start.Values.Length, 1).CopyTo(start.Values);
            float[]? expected = null;
            for (int threads = 1; threads <= MaxThreads; threads++)
            {
                using RnnSession session = CreateSession(sample, threads);
                Run(session, inputs, MaxBatch);
                session.RestoreState(start);
                RnnState saved = new(sample.Architecture, batch);
                session.SaveState(saved);
                Bits.AssertEqual(start.Values, saved.Values, $"{variant}, {threads} threads, state");
                float[] actual = Run(session, inputs, batch, InitialState.Carried);
                Bits.AssertEqual(expected ??= actual, actual, $"{variant}, {threads} threads, batch {batch}");
            }
        }
    }

    [Fact]
    public void Reset_SeveralThreads_ClearsEverySequence()
    {
        RandomModel sample = Sample("lstm", returnSequences: true);
        using RnnSession session = CreateSession(sample, MaxThreads);
        Run(session, sample.Inputs(Steps, MaxBatch), MaxBatch);
        session.Reset();
        RnnState state = new(sample.Architecture, MaxBatch);
        state.Values.Fill(1);
        session.SaveState(state);
        Assert.All(state.Values.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void CreateSession_MoreThreadsThanSequences_Runs()
    {
        RandomModel sample = Sample("gru reset before", returnSequences: true);
        float[] inputs = sample.Inputs(Steps, 2);
        using RnnSession session = sample.CreateSession(maxBatch: 2, threads: 1000);
        Bits.AssertEqual([.. inputs.Chunk(Steps * InputSize).SelectMany(input => sample.Run(input))], Run(session, inputs, 2), "two");
    }

    /// <summary>A thread that were still there would hold the session.</summary>
    [Fact]
    public void Dispose_SeveralThreads_EndsThemAndFreesTheSession()
    {
        WeakReference session = RunAndDispose();
        GC.Collect();
        Assert.False(session.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference RunAndDispose()
        {
            RandomModel sample = Sample("lstm", returnSequences: true);
            RnnSession session = CreateSession(sample, MaxThreads);
            float[] inputs = sample.Inputs(Steps, MaxBatch);
            Run(session, inputs, MaxBatch);
            session.Dispose();
            session.Dispose();
            Assert.Throws<ObjectDisposedException>(() => Run(session, inputs, MaxBatch));
            return new WeakReference(session);
        }
    }

    private static RandomModel Sample(string variant, bool returnSequences)
        => new(InputSize, LayerVariants.Create(variant, 20, returnSequences), new Dense(2));

    private static RnnSession CreateSession(RandomModel sample, int threads)
        => sample.CreateSession(maxBatch: MaxBatch, maxSteps: Steps, threads: threads);

    private static float[] Run(RnnSession session, float[] inputs, int batch, InitialState initialState = InitialState.Zero)
    {
        Architecture architecture = session.Model.Architecture;
        float[] outputs = new float[batch * (architecture.ReturnsSequence ? Steps : 1) * architecture.OutputSize];
        session.RunBatch(inputs.AsSpan(0, batch * Steps * InputSize), batch, outputs, initialState);
        return outputs;
    }
}
