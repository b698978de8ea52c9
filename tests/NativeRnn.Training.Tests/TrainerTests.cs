using NativeRnn.Tests;

namespace NativeRnn.Training.Tests;

public sealed class TrainerTests
{
    private static readonly Architecture Small = new(2, [new Gru(6), new Dense(1)]);

    /// <summary>Two features of noise; the target is a smooth function of the last steps.</summary>
    private static ArraySource Samples(int count, int steps = 8, int seed = 1, float shift = 0)
    {
        Random random = new(seed);
        float[][] inputs = new float[count][], targets = new float[count][];
        for (int i = 0; i < count; i++)
        {
            inputs[i] = [.. Enumerable.Range(0, 2 * steps).Select(_ => (float)(2 * random.NextDouble() - 1))];
            targets[i] = [0.5f * inputs[i][^1] - 0.3f * inputs[i][^4] * inputs[i][^2] + shift];
        }

        return new ArraySource(inputs, targets, inputSize: 2, outputSize: 1);
    }

    private static TrainingResult Train(
        Architecture architecture, TrainingOptions options, SampleSource training, SampleSource? validation = null,
        Action<TrainingProgress>? progress = null, IReadOnlyDictionary<string, float[]>? initial = null)
        => new Trainer(architecture, options, initial).Train(
            training, validation, progress is null ? null : new Reports(progress), cancellation: CancellationToken.None);

    private static float[] Flat(RnnModel model)
        => [.. model.Architecture.Parameters.SelectMany(shape => model.Weights(shape.Name).ToArray())];

    private static float[] Flat(Architecture architecture, Dictionary<string, float[]> weights)
        => [.. architecture.Parameters.SelectMany(shape => weights[shape.Name])];

    [Fact]
    public void Train_TwentySamples_LearnsThemByHeart()
    {
        ArraySource samples = Samples(20);
        TrainingOptions options = new() { Optimizer = new Adam(0.02), Epochs = 400, Seed = 1, Threads = 1 };
        TrainingResult result = Train(Small, options, samples);
        Assert.True(Trainer.Evaluate(result.Model, samples, Loss.MeanAbsoluteError, 1).Loss < 0.01);
        Assert.Equal(TrainingEnd.Completed, result.End);
    }

    [Fact]
    public void Train_FixedSeed_FollowsTheRecordedLossCurve()
    {
        TrainingOptions options = new() { BatchSize = 32, Epochs = 6, Seed = 7, Optimizer = new RmsProp(0.01), ClipNorm = 1, Threads = 1 };
        TrainingResult result = Train(Small, options, Samples(200), Samples(50, seed: 2));
        double[] losses = [.. result.History.Select(epoch => epoch.ValidationLoss!.Value)];
        double[] recorded = [0.055375988, 0.035418941, 0.017254538, 0.010893096, 0.011340538, 0.008159974];

        // Processors differ in the last bits of float32 (vector width, fused multiply-add): 4e-7 at most from 512 bits to scalar.
        Assert.All(losses.Zip(recorded), pair => Assert.Equal(pair.Second, pair.First, 1e-5 * pair.Second));
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameBitsForAnyNumberOfThreads()
    {
        // Three shards of a batch, the last a part; two chunks of weights; masks drawn for each shard.
        Architecture architecture = new(2, [new Lstm(70) { Dropout = 0.1f, RecurrentDropout = 0.2f }, new Dense(1)]);
        TrainingOptions options = new()
        {
            BatchSize = 75,
            Epochs = 2,
            StepsPerEpoch = 3,
            Seed = 3,
            Threads = 1,
            ClipNorm = 0.05,
            WeightAverageDecay = 0.9,
        };
        ArraySource samples = Samples(100);
        TrainingResult one = Train(architecture, options, samples, samples);
        foreach (int threads in new[] { 1, 2, 3 })
        {
            TrainingResult other = Train(architecture, options with { Threads = threads }, samples, samples);
            Assert.Equal(Flat(one.Model), Flat(other.Model));
            Assert.Equal(one.History.Select(epoch => epoch.ValidationLoss), other.History.Select(epoch => epoch.ValidationLoss));
        }

        Assert.NotEqual(Flat(one.Model), Flat(Train(architecture, options with { Seed = 4 }, samples, samples).Model));
    }

    [Fact]
    public void Train_ValidationGetsWorse_StopsAndKeepsTheBestWeights()
    {
        // Trained on targets higher than validation's, the network passes the validation's level on its way up.
        ArraySource training = Samples(64, shift: 2), validation = Samples(64, seed: 2, shift: 1);
        TrainingOptions options = new() { Optimizer = new Sgd(0.01), BatchSize = 64, Epochs = 500, Patience = 4, Threads = 1 };
        TrainingResult result = Train(Small, options, training, validation);

        Assert.Equal(TrainingEnd.EarlyStopped, result.End);
        Assert.InRange(result.BestEpoch, 2, 490);
        Assert.Equal(result.BestEpoch + 4, result.History.Count);
        Assert.Equal(result.History.Min(epoch => epoch.ValidationLoss), result.History[result.BestEpoch - 1].ValidationLoss);
        Assert.True(result.History[result.BestEpoch - 1].IsBest);
        Evaluation kept = Trainer.Evaluate(result.Model, validation, options.Loss, 1);
        // Evaluation cuts the samples into the same shards, so not a bit may differ.
        Assert.Equal(result.History[result.BestEpoch - 1].ValidationLoss, kept.Loss);
        Assert.Equal(result.History[result.BestEpoch - 1].ValidationMeanAbsoluteError, kept.MeanAbsoluteError);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Train_LossNotFinite_StopsWithEpochAndStep(float poison)
    {
        float[][] inputs = [.. Enumerable.Range(0, 4).Select(_ => new float[] { 1, 1 })];
        ArraySource samples = new(inputs, [[0], [0], [0], [poison]], 2, 1);
        List<int> done = [];
        TrainingDivergedException error = Assert.Throws<TrainingDivergedException>(() => Train(
            Small, new TrainingOptions { BatchSize = 1, Epochs = 3, Threads = 1 }, samples, progress: report => done.Add(report.Step)));
        Assert.Equal(1, error.Epoch);
        Assert.Equal(done.Count + 1, error.Step);
        Assert.Contains($"epoch 1, step {error.Step}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_SourceThrowsOnAWorker_ThrowsOnTheCaller()
    {
        ThrowingSource samples = new();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => Train(Small, new TrainingOptions { BatchSize = 128, Threads = 2 }, samples));
        Assert.Equal("unreadable", error.Message);
    }

    [Fact]
    public void Train_Cancelled_KeepsTheBestWeightsSoFar()
    {
        using CancellationTokenSource cancellation = new();
        ArraySource samples = Samples(64);
        Reports progress = new(report =>
        {
            if (report is { Epoch: 4, Step: 2 })
                cancellation.Cancel();
        });
        TrainingResult result = new Trainer(Small, new TrainingOptions { BatchSize = 16, Epochs = 50, Threads = 1 })
            .Train(samples, samples, progress, cancellation: cancellation.Token);
        Assert.Equal(TrainingEnd.Cancelled, result.End);
        Assert.Equal(3, result.History.Count);
        Assert.Equal(
            result.History[result.BestEpoch - 1].ValidationLoss, Trainer.Evaluate(result.Model, samples, Loss.MeanSquaredError, 1).Loss);
    }

    [Fact]
    public void Train_CancelledBeforeTheFirstEpochEnds_KeepsTheWeightsAsTheyStand()
    {
        Dictionary<string, float[]> initial = WeightInitializer.Create(Small, 9);
        TrainingResult result = new Trainer(Small, new TrainingOptions { Threads = 1 }, initial)
            .Train(Samples(64), cancellation: new CancellationToken(canceled: true));
        Assert.Equal((TrainingEnd.Cancelled, 0, 0), (result.End, result.BestEpoch, result.History.Count));
        Assert.Equal(Flat(Small, initial), Flat(result.Model));
    }

    [Fact]
    public void Train_BatchOfSeveralShards_FollowsTheGradientOfAllOfThem()
    {
        ArraySource samples = Samples(75);
        Dictionary<string, float[]> initial = WeightInitializer.Create(Small, 9);
        float[] inputs = new float[75 * 8 * 2], targets = new float[75];
        samples.Read([.. Enumerable.Range(0, 75)], inputs, targets);
        LossGradient<float> gradient = LossGradient<float>.Compute(Small, initial, inputs, targets, 75, Loss.MeanSquaredError);
        TrainingOptions options = new() { Optimizer = new Sgd(1), Epochs = 1, BatchSize = 75, Threads = 1 };
        TrainingResult result = Train(Small, options, samples, initial: initial);

        Assert.Equal(gradient.Loss, result.History[0].TrainingLoss, 1e-7);
        foreach ((string name, float[] slopes) in gradient.Parameters)
        {
            float[] expected = [.. initial[name].Zip(slopes, (weight, slope) => weight - slope)];
            Assert.All(expected.Zip(result.Model.Weights(name).ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        }
    }

    [Fact]
    public void Train_ClipNorm_LimitsTheStep()
    {
        Dictionary<string, float[]> initial = WeightInitializer.Create(Small, 9);
        TrainingOptions options = new() { Optimizer = new Sgd(1), Epochs = 1, StepsPerEpoch = 1, BatchSize = 40, Threads = 1 };
        Assert.True(Distance(options) > 0.1);
        Assert.Equal(0.01, Distance(options with { ClipNorm = 0.01 }), 1e-6);
        Assert.Equal(Distance(options), Distance(options with { ClipNorm = 100 }));

        double Distance(TrainingOptions used) => Math.Sqrt(
            Flat(Train(Small, used, Samples(40, shift: 1), initial: initial).Model)
                .Zip(Flat(Small, initial), (a, b) => Math.Pow(a - b, 2)).Sum());
    }

    [Fact]
    public void Train_WeightAverage_IsWhatIsJudgedAndKept()
    {
        float[] initial = Flat(Small, WeightInitializer.Create(Small, 2));
        TrainingOptions options = new() { Seed = 2, Epochs = 1, StepsPerEpoch = 1, BatchSize = 40, Optimizer = new Sgd(0.5), Threads = 1 };
        ArraySource samples = Samples(40, shift: 1);
        float[] stepped = Flat(Train(Small, options, samples).Model);
        TrainingResult averaged = Train(Small, options with { WeightAverageDecay = 0.99 }, samples, samples);

        // At step 1 the decay is 2/11.
        float[] kept = Flat(averaged.Model);
        for (int i = 0; i < kept.Length; i++)
            Assert.Equal(initial[i] * 2 / 11 + stepped[i] * 9 / 11, kept[i], 1e-6f);
        Assert.Equal(averaged.History[0].ValidationLoss, Trainer.Evaluate(averaged.Model, samples, options.Loss, 1).Loss);
    }

    [Fact]
    public void Train_Progress_CountsStepsAndEpochs()
    {
        List<TrainingProgress> reports = [];
        TrainingOptions options = new() { BatchSize = 16, Epochs = 2, Threads = 1, Schedule = new StepDecay(1), Optimizer = new Sgd(0.1) };
        TrainingResult result = Train(Small, options, Samples(40), Samples(10), reports.Add);
        Assert.Equal([1, 2, 3, 3, 1, 2, 3, 3], reports.Select(report => report.Step));
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2], reports.Select(report => report.Epoch));
        Assert.Equal(result.History, reports.Where(report => report.Completed is not null).Select(report => report.Completed!.Value));
        Assert.All(reports, report => Assert.Equal((2, 3), (report.Epochs, report.StepsPerEpoch)));
        Assert.Equal([0.1, 0.05], result.History.Select(epoch => epoch.LearningRate));
        Assert.Equal(reports[2].RunningLoss, result.History[0].TrainingLoss);
    }

    [Fact]
    public void Train_AfterTheFirstSteps_AllocatesNothing()
    {
        List<long> allocated = new(1000);
        TrainingOptions options = new()
        {
            BatchSize = 40,
            Epochs = 2,
            StepsPerEpoch = 8,
            Threads = 1,
            Optimizer = new AdamW(),
            ClipNorm = 0.1,
            WeightAverageDecay = 0.9,
            Schedule = new ReduceOnPlateau(1),
        };
        Architecture architecture = new(
            2,
            [
                new Bidirectional(new Gru(5) { ReturnSequences = true, Dropout = 0.1f }), new Dropout(0.1f),
                new Lstm(4) { RecurrentDropout = 0.2f, Peepholes = true, Activation = Activation.Gelu },
                new Dense(1),
            ]);
        Train(architecture, options, Samples(100), progress: _ => allocated.Add(Allocated.SoFar()));
        Assert.Equal(allocated[3], allocated[7]);
        Assert.Equal(allocated[10], allocated[16]);
    }

    public static TheoryData<TrainingOptions> BadOptions() =>
    [
        new TrainingOptions { BatchSize = 0 }, new TrainingOptions { Epochs = 0 }, new TrainingOptions { StepsPerEpoch = 0 },
        new TrainingOptions { Patience = 0 }, new TrainingOptions { Threads = 0 },
        new TrainingOptions { ClipNorm = 0 }, new TrainingOptions { WeightAverageDecay = 1 }, new TrainingOptions { Optimizer = new Sgd(-1) },
        new TrainingOptions { Schedule = new StepDecay(0) }, new TrainingOptions { Loss = Loss.BinaryCrossEntropy },
    ];

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Trainer_OptionOutOfRange_Throws(TrainingOptions options)
        => Assert.ThrowsAny<ArgumentException>(() => new Trainer(Small, options));

    [Fact]
    public void Train_SamplesThatDoNotFit_Throw()
    {
        Trainer trainer = new(Small, new TrainingOptions { Threads = 1 });
        CancellationToken none = TestContext.Current.CancellationToken;
        Assert.Throws<ArgumentException>(() => trainer.Train(new ArraySource([[1, 2, 3]], [[1]], 3, 1), cancellation: none));
        Assert.Throws<ArgumentException>(() => trainer.Train(new ArraySource([[1, 2]], [[1, 2]], 2, 2), cancellation: none));
        Assert.Throws<ArgumentException>(() => trainer.Train(new ArraySource([[1, 2, 3, 4]], [[1, 2]], 2, 1), cancellation: none));
        Assert.Throws<ArgumentException>(() => trainer.Train(Samples(3), new ArraySource([[1, 2]], [[1, 2]], 2, 2), cancellation: none));
    }

    [Fact]
    public void Evaluate_KnownErrors_GivesHandComputedMeasures()
    {
        // A dense layer that passes its input: errors 1 and -3.
        Architecture architecture = new(1, [new SimpleRnn(1) { Activation = Activation.Linear }]);
        RnnModel model = new(architecture, new Dictionary<string, float[]>
        {
            ["simple_rnn.kernel"] = [1],
            ["simple_rnn.recurrent_kernel"] = [0],
            ["simple_rnn.bias"] = [0],
        });
        ArraySource samples = new([[9, 2], [9, -1]], [[1], [2]], 1, 1);
        Evaluation evaluation = Trainer.Evaluate(model, samples, Loss.MeanSquaredError);
        Assert.Equal(new Evaluation(5, 2, Math.Sqrt(5)), evaluation);
    }

    private sealed class Reports(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }

    private sealed class ThrowingSource : SampleSource
    {
        public override int Count => 128;

        public override int Steps => 3;

        public override int InputSize => 2;

        public override int TargetRows => 1;

        public override int OutputSize => 1;

        public override void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<float> targets)
            => throw new InvalidOperationException("unreadable");
    }
}
