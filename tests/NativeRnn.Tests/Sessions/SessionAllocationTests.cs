using CommunityToolkit.HighPerformance;
using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Sessions;

/// <summary>After creation a session allocates nothing, whatever layer it runs.</summary>
public sealed class SessionAllocationTests
{
    private const int InputSize = 14;
    private const int Steps = 100;
    private const int Batch = 3;

    public static TheoryData<string> Variants => LayerVariants.Names;

    public static TheoryData<string> OneWayVariants => LayerVariants.OneWayNames;

    public static TheoryData<string, WeightType> QuantizedOneWayVariants
        => [.. from row in LayerVariants.OneWayNames from type in (WeightType[])[WeightType.BFloat16, WeightType.Int8] select (row.Data, type)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Run_AfterWarmUp_AllocatesNothing(string variant)
    {
        RandomModel sample = Sample(variant);
        float[] input = sample.Inputs(Steps);
        float[] output = new float[sample.OutputLength(Steps)];
        using RnnSession session = sample.CreateSession(maxSteps: Steps);
        Measure(() => session.Run(input, output));
        Measure(() => session.Run(new ReadOnlySpan2D<float>(input, Steps, InputSize), output));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void RunBatch_AfterWarmUp_AllocatesNothing(string variant)
    {
        for (int threads = 1; threads <= Batch; threads++)
            MeasureBatch(variant, threads);
    }

    /// <summary>What each thread counts includes its wait between two runs, the short ones and those it sleeps through.</summary>
    [Fact]
    public void ThreadTeamRun_AfterWarmUp_AllocatesNothingOnAnyThread()
    {
        const int Parts = 3;
        long[] counts = new long[Parts];
        using ThreadTeam team = new(Parts, part => counts[part] = GC.GetAllocatedBytesForCurrentThread());
        RunOften();

        // Leaves the other threads no allocation window either.
        Allocated.SoFar();
        team.Run(Parts);
        long[] before = [.. counts];
        RunOften();
        Assert.Equal(before[1..], counts[1..]);
        Measure(() => team.Run(Parts));

        void RunOften()
        {
            for (int run = 0; run < 100; run++)
            {
                team.Run(Parts);
                if (run % 10 == 0)
                    Thread.Sleep(2);
            }
        }
    }

    /// <summary>A team's first wait that is too long to spin through must not make anything it needs to sleep.</summary>
    [Fact]
    public void ThreadTeamRun_FirstWaitOfTheCallerThatSleeps_AllocatesNothing()
    {
        Action<int> slow = part => Thread.Sleep(20 * part);
        using (ThreadTeam warmUp = new(2, slow))
            warmUp.Run(2);
        using ThreadTeam team = new(2, slow);

        Assert.Equal(0, Allocated.By(() => team.Run(2)));
    }

    [Theory]
    [MemberData(nameof(OneWayVariants))]
    public void StepAndState_AfterWarmUp_AllocateNothing(string variant)
    {
        RandomModel sample = Sample(variant);
        float[] input = sample.Inputs(1);
        float[] output = new float[sample.OutputLength(1)];
        RnnState state = new(sample.Architecture);
        using RnnSession session = sample.CreateSession();
        Measure(() => session.Step(input, output));
        Measure(() => session.SaveState(state));
        Measure(() => session.RestoreState(state));
        Measure(session.Reset);
        Measure(() => session.Run(input, output, InitialState.Carried));
    }

    [Fact]
    public void Run_EveryActivation_AllocatesNothing()
    {
        foreach (Activation activation in LayerVariants.Elementwise.Append(Activation.Softmax))
        {
            RandomModel sample = new(
                InputSize, new Gru(20) { ReturnSequences = true }, new Dropout(0.1f), new Dense(5) { Activation = activation });
            float[] input = sample.Inputs(Steps);
            float[] output = new float[sample.OutputLength(Steps)];
            using RnnSession session = sample.CreateSession();
            Measure(() => session.Run(input, output));
        }
    }

    [Theory]
    [MemberData(nameof(QuantizedOneWayVariants))]
    public void Run_QuantizedLayersLargeAndSmall_AllocatesNothing(string variant, WeightType type)
    {
        const int steps = 24; // two chunks of a batch of three; without vectors a step takes milliseconds
        RandomModel sample = new RandomModel(1, new Embedding(40, 180), LayerVariants.Create(variant, 130, returnSequences: true), new Dense(520), new Gru(20), new Dense(2))
            .Quantize(type);
        float[] inputs = [.. Enumerable.Range(0, Batch * steps).Select(i => (float)(i % 40))];
        float[] outputs = new float[Batch * 2];
        using RnnSession session = sample.CreateSession(maxBatch: Batch, maxSteps: steps);
        Measure(() => session.RunBatch(inputs, Batch, outputs));
        Measure(() => session.Run(inputs.AsSpan(0, steps), outputs.AsSpan(0, 2)));
        Measure(() => session.Step(inputs.AsSpan(0, 1), outputs.AsSpan(0, 2)));
    }

    /// <summary>A sequence length that differs from call to call must not make buffers grow.</summary>
    [Fact]
    public void Run_LongerThanEverBefore_AllocatesNothing()
    {
        RandomModel sample = new(InputSize, new Gru(20) { ReturnSequences = true }, new Lstm(20), new Dense(1));
        float[] input = sample.Inputs(2000);
        float[] output = new float[1];
        using RnnSession session = sample.CreateSession();
        session.Run(input.AsSpan(0, InputSize), output);

        Assert.Equal(0, Allocated.By(() => session.Run(input, output)));
    }

    private static RandomModel Sample(string variant)
        => new(InputSize, LayerVariants.Create(variant, 20, returnSequences: true), new Gru(5) { ReturnSequences = true }, new Dense(2));

    private static void MeasureBatch(string variant, int threads)
    {
        RandomModel sample = Sample(variant);
        float[] inputs = sample.Inputs(Steps, Batch);
        float[] outputs = new float[Batch * sample.OutputLength(Steps)];
        using RnnSession session = sample.CreateSession(maxBatch: Batch, maxSteps: Steps, threads: threads);
        Measure(() => session.RunBatch(inputs, Batch, outputs));
    }

    private static void Measure(Action action)
    {
        for (int i = 0; i < 3; i++)
            action();

        Assert.Equal(0, Allocated.By(() =>
        {
            action();
            action();
        }));
    }
}
