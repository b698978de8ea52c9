namespace NativeRnn.Training.Tests;

public sealed class EncoderDecoderTests
{
    private const int Symbols = 5;
    private const int Length = 4;

    /// <summary>
    /// The least problem that takes both chains: a sequence of symbols 1 to 4 in, the same backwards out; symbol 0 is what the decoder
    /// begins with. Of the 256 sequences every fifth is kept from training.
    /// </summary>
    [Fact]
    public void Train_ReversedSequences_AreWrittenRightWhereTheyWereNeverSeen()
    {
        Architecture architecture = new ModelBuilder(1)
            .Embedding(Symbols, 8).Gru(32)
            .Decoder(1).Embedding(Symbols, 8).Gru(32, returnSequences: true).Dense(Symbols, Activation.Softmax)
            .Build();
        int[] all = [.. Enumerable.Range(0, 256)];
        TrainingOptions options = new()
        {
            Loss = Loss.CategoricalCrossEntropy,
            Optimizer = new Adam(0.01),
            BatchSize = 32,
            Epochs = 60,
            ClipNorm = 1,
            Seed = 1,
            Threads = 1,
        };

        RnnModel model = new Trainer(architecture, options).Train(
            Source(all.Where(number => number % 5 != 0)), cancellation: TestContext.Current.CancellationToken).Model;

        using RnnSession session = model.CreateSession();
        float[] output = new float[Length * Symbols];
        int right = 0;
        int[] unseen = [.. all.Where(number => number % 5 == 0)];
        foreach (int number in unseen)
        {
            float[] sequence = Digits(number);
            session.Run(sequence, output);
            float[] written = [.. output.Chunk(Symbols).Select(row => (float)Array.IndexOf(row, row.Max()))];
            right += written.SequenceEqual(sequence.Reverse()) ? 1 : 0;
        }

        Assert.True(right >= 48, $"{right} of {unseen.Length} are right");
    }

    /// <summary>Validation decodes as the runtime does: from the decoder's own outputs.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Evaluate_Decoder_MeasuresWhatTheRuntimeGives(bool isProbability)
    {
        Dense head = new(2) { Activation = isProbability ? Activation.Sigmoid : Activation.Linear };
        Architecture architecture = new(3, [new Lstm(6)], new Architecture(2, [new Lstm(6) { ReturnSequences = true }, head]));
        TestProblem problem = new(architecture, batch: 3, steps: 4, targetRows: 5, seed: 2);
        RnnModel model = new(architecture, problem.ConvertWeights<float>());
        float[] inputs = [.. problem.Inputs.Select(value => (float)value)];
        float[] targets = [.. problem.Targets.Select(value => (float)value)];

        Loss loss = isProbability ? Loss.BinaryCrossEntropy : Loss.MeanSquaredError;
        Evaluation evaluation = Trainer.Evaluate(model, new ArraySource([.. inputs.Chunk(12)], [.. targets.Chunk(10)], 3, 2), loss, threads: 1);

        using RnnSession session = model.CreateSession(new SessionOptions { MaxBatch = 3 });
        float[] outputs = new float[targets.Length];
        session.RunBatch(inputs, 3, outputs);
        Assert.Equal(outputs.Zip(targets, (output, target) => Math.Abs(output - target)).Average(), evaluation.MeanAbsoluteError, 1e-6);
    }

    [Fact]
    public void Train_TeacherForcingOfAnyRate_GivesTheSameBitsForAnyNumberOfThreadsAndOthersForAnotherRate()
    {
        Architecture architecture = new(1, [new Gru(4)], new Architecture(1, [new Gru(4) { ReturnSequences = true }, new Dense(1)]));
        ArraySource samples = new(
            [.. Enumerable.Range(0, 70).Select(i => new[] { MathF.Sin(i), MathF.Sin(i + 1) })],
            [.. Enumerable.Range(0, 70).Select(i => new[] { MathF.Sin(i + 2), MathF.Sin(i + 3), MathF.Sin(i + 4) })], 1, 1);

        float[] Train(double rate, int threads)
        {
            TrainingOptions options = new() { Epochs = 2, BatchSize = 70, TeacherForcing = rate, Threads = threads };
            return new Trainer(architecture, options).Train(samples, cancellation: TestContext.Current.CancellationToken).Model.Weights("decoder.gru.kernel").ToArray();
        }

        Assert.Equal(Train(0.5, 1), Train(0.5, 2));
        Assert.NotEqual(Train(0.5, 1), Train(1, 1));
        Assert.NotEqual(Train(0.5, 1), Train(0, 1));
        Assert.Throws<ArgumentException>(() => Train(1.5, 1));
    }

    private static ArraySource Source(IEnumerable<int> numbers)
    {
        float[][] inputs = [.. numbers.Select(Digits)];
        float[][] targets = [.. inputs.Select(sequence => sequence.Reverse().SelectMany(OneHot).ToArray())];
        return new ArraySource(inputs, targets, 1, Symbols);
    }

    private static float[] Digits(int number) => [.. Enumerable.Range(0, Length).Select(digit => (float)(1 + (number >> (2 * digit)) % 4))];

    private static IEnumerable<float> OneHot(float symbol) => Enumerable.Range(0, Symbols).Select(i => i == (int)symbol ? 1f : 0f);
}
