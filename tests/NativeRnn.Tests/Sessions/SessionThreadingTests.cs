using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Sessions;

public sealed class SessionThreadingTests
{
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
}
