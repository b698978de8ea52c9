using System.Diagnostics;
using System.Globalization;
using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Sessions;

public sealed class SessionThreadingTests
{
    /// <summary>How long the many sessions run; CI's second is enough to be tried, not to be trusted.</summary>
    private const string SecondsVariable = "NATIVERNN_THREADING_SECONDS";

    [Fact]
    public void Run_OneModelInSeveralThreads_GivesTheSameBits()
    {
        const int Threads = 8;
        const int Steps = 24;
        RandomModel sample = new(
            14,
            new Bidirectional(new Gru(20) { ReturnSequences = true }),
            new Lstm(33) { ReturnSequences = true },
            new Dense(3) { Activation = Activation.Softmax });
        float[] input = sample.Inputs(Steps);

        // A model of its own for the expected values: the shared one must be packed for the first time by the racing threads.
        float[] expected = new float[sample.OutputLength(Steps)];
        using (RnnSession session = new RnnModel(sample.Architecture, sample.Weights).CreateSession())
            session.Run(input, expected);

        using Barrier start = new(Threads);
        float[][] outputs = new float[Threads][];
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            using RnnSession session = sample.CreateSession();
            float[] output = new float[expected.Length];
            for (int i = 0; i < 50; i++)
                session.Run(input, output);
            outputs[index] = output;
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();

        for (int i = 0; i < Threads; i++)
            Bits.AssertEqual(expected, outputs[i], $"thread {i}");
    }

    [Fact]
    public void Step_SessionsOfOneModelInterleaved_KeepTheirOwnStates()
    {
        RandomModel sample = new(3, new Lstm(9) { ReturnSequences = true }, new Dense(1));
        float[] first = sample.Inputs(20);
        float[] second = sample.Inputs(20);
        using RnnSession firstSession = sample.CreateSession();
        using RnnSession secondSession = sample.CreateSession();
        float[] firstOutput = new float[20];
        float[] secondOutput = new float[20];
        for (int step = 0; step < 20; step++)
        {
            firstSession.Step(first.AsSpan(step * 3, 3), firstOutput.AsSpan(step, 1));
            secondSession.Step(second.AsSpan(step * 3, 3), secondOutput.AsSpan(step, 1));
        }

        Bits.AssertEqual(sample.Run(first), firstOutput, "first");
        Bits.AssertEqual(sample.Run(second), secondOutput, "second");
    }

    /// <summary>
    /// 64 threads, each with a session of one model that it creates, runs and disposes over and over: streaming, whole sequences, and batches on
    /// threads of the session's own.
    /// </summary>
    [Fact]
    public void Sessions64_CreatedRunAndDisposedAtOnce_GiveTheBitsOfOneThread()
    {
        const int Sessions = 64;
        const int Steps = 12;
        const int Batch = 3;
        double seconds = double.Parse(Environment.GetEnvironmentVariable(SecondsVariable) ?? "1", CultureInfo.InvariantCulture);
        RandomModel sample = new(5, new Gru(20) { ReturnSequences = true }, new Lstm(9) { ReturnSequences = true }, new Dense(2));
        float[] inputs = sample.Inputs(Steps, Batch);
        float[] expected = [.. inputs.Chunk(Steps * 5).SelectMany(sequence => sample.Run(sequence))];

        long runs = 0;
        long created = 0;
        Exception? failure = null;
        using Barrier start = new(Sessions);
        Stopwatch watch = Stopwatch.StartNew();
        Thread[] threads = [.. Enumerable.Range(0, Sessions).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                Work(new Random(index));
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();

        Assert.Null(failure);
        Assert.True(created >= Sessions, $"{created} sessions created");
        TestContext.Current.TestOutputHelper?.WriteLine($"{created} sessions on {Sessions} threads, {runs} runs of {Batch} sequences in {watch.Elapsed.TotalSeconds:F1} s.");

        void Work(Random random)
        {
            float[] outputs = new float[expected.Length];
            do
            {
                RnnSession session = sample.CreateSession(maxBatch: Batch, threads: 1 + random.Next(Batch));
                Interlocked.Increment(ref created);
                for (int run = random.Next(8); run >= 0; run--)
                {
                    Run(session, random.Next(3), outputs);
                    Bits.AssertEqual(expected, outputs, $"run {Interlocked.Increment(ref runs)}");
                }

                session.Dispose();
                Assert.Throws<ObjectDisposedException>(() => Run(session, 0, outputs));
            }
            while (watch.Elapsed.TotalSeconds < seconds && failure is null);
        }

        void Run(RnnSession session, int way, float[] outputs)
        {
            if (way == 0)
            {
                session.RunBatch(inputs, Batch, outputs);
                return;
            }

            for (int sequence = 0; sequence < Batch; sequence++)
            {
                Span<float> input = inputs.AsSpan(sequence * Steps * 5, Steps * 5);
                Span<float> output = outputs.AsSpan(sequence * Steps * 2, Steps * 2);
                if (way == 1)
                {
                    session.Run(input, output);
                    continue;
                }

                session.Reset();
                for (int step = 0; step < Steps; step++)
                    session.Step(input.Slice(step * 5, 5), output.Slice(step * 2, 2));
            }
        }
    }

    /// <summary>Every member in turn while another thread is in the midst of a run that lasts until it is told to end.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AnyMember_WhileAnotherThreadRuns_IsRefusedAndTheRunIsNotDisturbed(int threads)
    {
        RandomModel sample = new(5, new Gru(200) { ReturnSequences = true });
        const int Steps = 400;
        float[] inputs = sample.Inputs(Steps, batch: 3);
        float[] expected = [.. inputs.Chunk(Steps * 5).SelectMany(sequence => sample.Run(sequence))];
        RnnState state = new(sample.Architecture);
        using RnnSession session = sample.CreateSession(maxBatch: 3, threads: threads);
        Action[] members =
        [
            () => session.Step(new float[5], new float[200]),
            () => session.Run(new float[5], new float[200]),
            () => session.RunBatch(new float[15], 3, new float[600]),
            session.Reset,
            () => session.SaveState(state),
            () => session.RestoreState(state),
            session.Dispose,
        ];
        int[] refusals = new int[members.Length];
        bool isEnded = false;
        Exception? failure = null;
        Thread other = new(() =>
        {
            try
            {
                float[] outputs = new float[expected.Length];
                while (!Volatile.Read(ref isEnded))
                {
                    // The other thread's turn may be the one that is on.
                    try
                    {
                        session.RunBatch(inputs, 3, outputs);
                    }
                    catch (InvalidOperationException error) when (error.Message.Contains("in use by another thread", StringComparison.Ordinal))
                    {
                        continue;
                    }

                    Bits.AssertEqual(expected, outputs, "run beside refused calls");
                }
            }
            catch (ObjectDisposedException)
            {
                // Dispose came between two runs.
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        other.Start();
        for (int member = 0; member < members.Length; member++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            while (refusals[member] == 0 && other.IsAlive && watch.Elapsed < TimeSpan.FromMinutes(5))
            {
                try
                {
                    members[member]();
                }
                catch (InvalidOperationException error) when (error is not ObjectDisposedException)
                {
                    Assert.Contains("in use by another thread", error.Message, StringComparison.Ordinal);
                    refusals[member]++;
                }
            }
        }

        Volatile.Write(ref isEnded, true);
        other.Join();
        Assert.Null(failure);
        Assert.All(refusals[..^1], count => Assert.Equal(1, count));
    }
}
