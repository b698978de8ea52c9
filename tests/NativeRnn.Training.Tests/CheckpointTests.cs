using System.Security.Cryptography;

namespace NativeRnn.Training.Tests;

public sealed class CheckpointTests : IDisposable
{
    private static readonly Architecture Network = new(2, [new Gru(6) { Dropout = 0.2f, RecurrentDropout = 0.1f }, new Dense(1)]);

    private static readonly Dictionary<string, string> Fingerprints = new() { ["spec"] = "a", ["data"] = "b" };

    private readonly string _folder = Directory.CreateTempSubdirectory("nativernn-training-").FullName;

    private string Checkpoint => Path.Combine(_folder, "run.checkpoint");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<TrainingOptions> Options =>
    [
        new TrainingOptions { Optimizer = new Sgd(0.05), Epochs = 4 },
        new TrainingOptions { Optimizer = new Sgd(0.05) { Momentum = 0.9 }, Epochs = 4, StepsPerEpoch = 3 },
        new TrainingOptions { Optimizer = new RmsProp(0.01), Epochs = 5, WeightAverageDecay = 0.9, Schedule = new ExponentialDecay(0.7) },
        new TrainingOptions { Optimizer = new Adam(0.3), Epochs = 8, Schedule = new ReduceOnPlateau(1), Patience = 3, ClipNorm = 0.1 },
        new TrainingOptions { Optimizer = new AdamW(0.01), Epochs = 4, Schedule = new CosineDecay(1) },
    ];

    [Theory]
    [MemberData(nameof(Options), DisableDiscoveryEnumeration = true)]
    public void Train_EndedInAnyEpochAndResumed_GivesTheBitsOfAnUnbrokenRun(TrainingOptions options)
    {
        TrainingResult unbroken = Train(options);

        for (int epoch = 2; epoch <= unbroken.History.Count; epoch++)
        {
            TrainingResult first = Train(options, new CheckpointFile(Checkpoint, Fingerprints), cancelIn: epoch);
            TrainingResult resumed = Train(options, new CheckpointFile(Checkpoint, Fingerprints) { Resume = true });

            Assert.Equal((TrainingEnd.Cancelled, epoch - 1), (first.End, first.History.Count));
            AssertSame(unbroken, resumed);
        }
    }

    [Fact]
    public void Train_ResumedAfterItsEnd_GivesTheSameWithoutAStep()
    {
        TrainingOptions options = new() { Epochs = 3, WeightAverageDecay = 0.9 };
        TrainingResult unbroken = Train(options, new CheckpointFile(Checkpoint, Fingerprints));

        // In the first epoch there would be a cancellation.
        TrainingResult resumed = Train(options, new CheckpointFile(Checkpoint, Fingerprints) { Resume = true }, cancelIn: 1);

        AssertSame(unbroken, resumed);
        Assert.Equal([Checkpoint], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Train_ResumedTimes_GoOnFromThoseBefore()
    {
        TrainingOptions options = new() { Epochs = 3 };
        TrainingResult first = Train(options, new CheckpointFile(Checkpoint, Fingerprints), cancelIn: 3);

        TrainingResult resumed = Train(options, new CheckpointFile(Checkpoint, Fingerprints) { Resume = true });

        Assert.Equal(first.History[^1].Elapsed, resumed.History[1].Elapsed);
        Assert.True(resumed.History[2].Elapsed > resumed.History[1].Elapsed);
    }

    [Theory]
    [InlineData("spec", "c")]
    [InlineData("data", "c")]
    [InlineData("data", null)]
    [InlineData("seed", "c")]
    public void Train_CheckpointOfAnotherTraining_IsRefusedByName(string name, string? value)
    {
        Train(new() { Epochs = 1 }, new CheckpointFile(Checkpoint, Fingerprints));
        Dictionary<string, string> others = new(Fingerprints);
        if (value is null)
            others.Remove(name);
        else
            others[name] = value;

        CheckpointException exception = Assert.Throws<CheckpointException>(
            () => Train(new(), new CheckpointFile(Checkpoint, others) { Resume = true }));

        Assert.Equal($"{Checkpoint} cannot be resumed: it is of a training with another {name}", exception.Message);
    }

    [Fact]
    public void Train_CheckpointOfAnotherNetwork_IsRefused()
    {
        Train(new() { Epochs = 1 }, new CheckpointFile(Checkpoint, Fingerprints));
        CheckpointFile file = new(Checkpoint, Fingerprints) { Resume = true };

        foreach (int units in new[] { 1, 5, 7, 60 })
        {
            Trainer trainer = new(new Architecture(2, [new Gru(units), new Dense(1)]), new TrainingOptions());
            Assert.Contains("its state is not that of this network", Assert.Throws<CheckpointException>(
                () => trainer.Train(Samples(1), checkpoint: file, cancellation: CancellationToken.None)).Message);
        }
    }

    [Fact]
    public void Train_DamagedCheckpoint_IsRefused()
    {
        Train(new() { Epochs = 1 }, new CheckpointFile(Checkpoint, Fingerprints));
        byte[] whole = File.ReadAllBytes(Checkpoint);
        Trainer trainer = new(Network, new TrainingOptions { Epochs = 1 });
        CheckpointFile file = new(Checkpoint, Fingerprints) { Resume = true };

        for (int at = 0; at < whole.Length; at += at < 80 ? 1 : 37)
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= 0x10;
            Refuse(flipped);
            Refuse(whole[..at]);
        }

        Refuse([.. whole, 0]);

        void Refuse(byte[] bytes)
        {
            File.WriteAllBytes(Checkpoint, bytes);
            CheckpointException exception = Assert.Throws<CheckpointException>(
                () => trainer.Train(Samples(1), checkpoint: file, cancellation: CancellationToken.None));
            Assert.Matches("it is damaged|it is not a checkpoint", exception.Message);
        }
    }

    /// <summary>The SHA-256 is right, as anyone can make it: each byte of the names and lengths is at its extremes once.</summary>
    [Fact]
    public void Train_HostileCheckpoint_IsRefused()
    {
        Train(new() { Epochs = 1 }, new CheckpointFile(Checkpoint, Fingerprints));
        byte[] whole = File.ReadAllBytes(Checkpoint);
        Trainer trainer = new(Network, new TrainingOptions { Epochs = 1 });
        CheckpointFile file = new(Checkpoint, Fingerprints) { Resume = true };
        int described = "NRNNCKPT".Length + 2 * sizeof(uint) + Fingerprints.Sum(entry => 2 * sizeof(ushort) + entry.Key.Length + entry.Value.Length);

        for (int at = "NRNNCKPT".Length; at < described; at++)
        {
            foreach (byte value in (byte[])[0, 1, 0x7F, 0xFF])
            {
                byte[] hostile = [.. whole];
                if (hostile[at] == value)
                    continue;
                hostile[at] = value;
                SHA256.HashData(hostile.AsSpan(..^SHA256.HashSizeInBytes), hostile.AsSpan(^SHA256.HashSizeInBytes..));
                File.WriteAllBytes(Checkpoint, hostile);
                Assert.Throws<CheckpointException>(() => trainer.Train(Samples(1), checkpoint: file, cancellation: CancellationToken.None));
            }
        }
    }

    [Fact]
    public void Train_NoCheckpointToResume_IsRefused()
    {
        CheckpointException exception = Assert.Throws<CheckpointException>(
            () => Train(new(), new CheckpointFile(Checkpoint, Fingerprints) { Resume = true }));

        Assert.EndsWith("there is no such file", exception.Message);
    }

    private static ArraySource Samples(int seed)
    {
        Random random = new(seed);
        float[][] inputs = new float[70][], targets = new float[70][];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = [.. Enumerable.Range(0, 8).Select(_ => (float)(2 * random.NextDouble() - 1))];
            targets[i] = [0.5f * inputs[i][^1] - 0.3f * inputs[i][^4] * inputs[i][^2]];
        }

        return new ArraySource(inputs, targets, inputSize: 2, outputSize: 1);
    }

    /// <summary>Trains, and cancels after the first step of an epoch.</summary>
    private static TrainingResult Train(TrainingOptions options, CheckpointFile? checkpoint = null, int? cancelIn = null)
    {
        using CancellationTokenSource cancellation = new();
        Cancelling progress = new(cancelIn, cancellation);
        return new Trainer(Network, options with { BatchSize = 32, Seed = 3, Threads = 2 })
            .Train(Samples(1), Samples(2), progress, checkpoint, cancellation.Token);
    }

    private static void AssertSame(TrainingResult expected, TrainingResult actual)
    {
        Assert.Equal((expected.BestEpoch, expected.End), (actual.BestEpoch, actual.End));
        Assert.Equal(
            expected.History.Select(epoch => epoch with { Elapsed = default }),
            actual.History.Select(epoch => epoch with { Elapsed = default }));
        Assert.Equal(expected.Model.ToBytes(), actual.Model.ToBytes());
    }

    private sealed class Cancelling(int? epoch, CancellationTokenSource source) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Epoch == epoch)
                source.Cancel();
        }
    }
}
