using NativeRnn.Benchmarks.Contenders;
using NativeRnn.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace NativeRnn.Benchmarks.Report;

/// <summary>One training step (forward, backward, RMSprop) of ours and of TorchSharp's on the same batch from the same weights.</summary>
/// <param name="Milliseconds">The median of our steps.</param>
/// <param name="TorchMilliseconds">The median of TorchSharp's.</param>
/// <param name="BytesAllocated">Managed bytes a step of ours allocates, on all threads; the median of the rounds.</param>
/// <param name="Loss">Our loss at the last step compared.</param>
/// <param name="TorchLoss">TorchSharp's.</param>
internal sealed record TrainingSpeedResult(
    double Milliseconds, double TorchMilliseconds, double BytesAllocated, double Loss, double TorchLoss)
{
    /// <summary>Whether both computed the same.</summary>
    public bool Agrees => Math.Abs(Loss - TorchLoss) <= TrainingSpeed.Tolerance * TorchLoss;
}

/// <summary>Measures <see cref="TrainingSpeedResult"/>: GRU(32), reset after, and a dense output, mean absolute error.</summary>
internal static class TrainingSpeed
{
    public const int Units = 32, Features = 14, Window = 240, Batch = 128, Threads = 2, ComparedStep = 10;

    /// <summary>The largest relative difference of the losses: float32 steps on the same batch drift apart by rounding alone.</summary>
    public const double Tolerance = 1e-4;

    private const double LearningRate = 1e-3;
    private const double TorchEpsilon = 1e-8;
    private const int Seed = 1;

    private static readonly Architecture Network = new(Features, [new Gru(Units) { ResetAfter = true }, new Dense(1)]);

    /// <summary>Steps in turn: rounds of ours and of TorchSharp's, of which the first is a warm-up.</summary>
    public static TrainingSpeedResult Run(bool isQuick)
    {
        int rounds = isQuick ? 2 : 8;
        int steps = isQuick ? 12 : 40;
        Random random = new(Seed);
        float[] inputs = [.. Enumerable.Range(0, Batch * Window * Features).Select(_ => (float)(2 * random.NextDouble() - 1))];
        float[] targets = [.. Enumerable.Range(0, Batch).Select(_ => (float)(2 * random.NextDouble() - 1))];
        Dictionary<string, float[]> weights = WeightInitializer.Create(Network, Seed).ToDictionary();
        ArraySource samples = new([.. inputs.Chunk(Window * Features)], [.. targets.Chunk(1)], Features, 1);

        torch.set_num_threads(Threads);
        List<double> ours = [], theirs = [], bytes = [];
        double loss = 0, torchLoss = 0;
        for (int round = 0; round < rounds; round++)
        {
            StepTimes times = new(steps);
            // All samples are one batch, so their order only changes the order of sums. Keras, and so we, adds epsilon under the root, and
            // PyTorch its root beside it.
            TrainingOptions options = new()
            {
                Optimizer = new RmsProp(LearningRate) { Rho = 0.99, Epsilon = TorchEpsilon * TorchEpsilon },
                Loss = Loss.MeanAbsoluteError,
                BatchSize = Batch,
                StepsPerEpoch = steps,
                Epochs = 1,
                Threads = Threads,
            };
            new Trainer(Network, options, weights).Train(samples, progress: times, cancellation: CancellationToken.None);
            loss = times.Losses[ComparedStep - 1];
            double[] torchTimes = RunTorch(weights, inputs, targets, steps, out torchLoss);
            if (round == 0)
                continue;
            ours.AddRange(times.Milliseconds);
            bytes.Add(times.BytesAStep);
            theirs.AddRange(torchTimes);
        }

        return new TrainingSpeedResult(Median(ours), Median(theirs), Median(bytes), loss, torchLoss);
    }

    private static double[] RunTorch(Dictionary<string, float[]> weights, float[] inputs, float[] targets, int steps, out double compared)
    {
        using DisposeScope everything = torch.NewDisposeScope();
        GRU gru = torch.nn.GRU(Features, Units, batchFirst: true);
        Linear dense = torch.nn.Linear(Units, 1);
        TorchWeights.Set(gru, dense, name => weights[name]);
        using torch.optim.Optimizer optimizer = torch.optim.RMSProp([.. gru.parameters(), .. dense.parameters()], LearningRate, alpha: 0.99, eps: TorchEpsilon);
        torch.Tensor x = torch.tensor(inputs, [Batch, Window, Features]);
        torch.Tensor y = torch.tensor(targets, [Batch, 1]);
        double[] times = new double[steps];
        compared = 0;
        for (int step = 0; step < steps; step++)
        {
            long start = Stopwatch.GetTimestamp();
            using DisposeScope scope = torch.NewDisposeScope();
            optimizer.zero_grad();
            (torch.Tensor output, _) = gru.call(x);
            torch.Tensor loss = torch.nn.functional.l1_loss(dense.call(output.select(1, Window - 1)), y);
            loss.backward();
            optimizer.step();
            double value = loss.item<float>();
            times[step] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (step == ComparedStep - 1)
                compared = value;
        }

        return times;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    /// <summary>Takes the time, loss and allocation of each step as it is reported.</summary>
    private sealed class StepTimes(int steps) : IProgress<TrainingProgress>
    {
        private long _last = Stopwatch.GetTimestamp();
        private long _firstBytes;
        private double _sum;
        private int _count;

        public double[] Milliseconds { get; } = new double[steps];

        public double[] Losses { get; } = new double[steps];

        /// <summary>From the end of the first step to that of the last.</summary>
        public double BytesAStep { get; private set; }

        public void Report(TrainingProgress value)
        {
            if (value.Completed is not null)
                return;
            Milliseconds[_count] = Stopwatch.GetElapsedTime(_last).TotalMilliseconds;
            // All steps have the same number of samples, so the running mean tells each step's loss.
            Losses[_count] = value.RunningLoss * (_count + 1) - _sum;
            _sum += Losses[_count++];
            if (_count == 1)
                _firstBytes = GC.GetTotalAllocatedBytes();
            else if (_count == steps)
                BytesAStep = (GC.GetTotalAllocatedBytes() - _firstBytes) / (steps - 1.0);
            _last = Stopwatch.GetTimestamp();
        }
    }
}
