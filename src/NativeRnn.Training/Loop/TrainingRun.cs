namespace NativeRnn.Training;

/// <summary>One call of <see cref="Trainer.Train"/>: the weights as they change, the optimizer's memory, the best weights so far.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly SampleSource _training;
    private readonly SampleSource? _validation;
    private readonly Weights<float> _weights;
    private readonly ShardedNetwork _network;
    private readonly BatchSampler _sampler;
    private readonly int[] _batch;
    private readonly int _stepsPerEpoch;
    private readonly float[] _slot1;
    private readonly float[] _slot2;
    private readonly float[]? _average;
    private readonly float[] _best;
    private readonly float[] _setAside;
    private readonly List<EpochRecord> _history = [];
    private readonly List<double> _monitored = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Action<int, int> _applyChunk;
    private readonly Action<int, int> _refreshParameter;
    private TimeSpan _elapsedBefore;
    private int _bestEpoch;
    private long _step;
    private double _learningRate;
    private float _gradientFactor;

    public TrainingRun(Weights<float> weights, TrainingOptions options, SampleSource training, SampleSource? validation)
    {
        _options = options;
        _training = training;
        _validation = validation;
        _weights = weights;
        int steps = Math.Max(training.Steps, validation?.Steps ?? 0);
        int batchSize = options.StepsPerEpoch is null ? Math.Min(options.BatchSize, training.Count) : options.BatchSize;
        int targetRows = Math.Max(training.TargetRows, validation?.TargetRows ?? 0);
        _network = new ShardedNetwork(
            weights, options.Loss, steps, targetRows, batchSize, options.Threads, ownsShards: training.Streams > 0, options.TeacherForcing);
        _sampler = new BatchSampler(training.Count, training.Streams > 0 ? null : options.Seed);
        _batch = new int[batchSize];
        _stepsPerEpoch = options.StepsPerEpoch ?? (training.Count + batchSize - 1) / batchSize;
        int count = weights.InputMajor.Length;
        _slot1 = new float[options.Optimizer.SlotCount > 0 ? count : 0];
        _slot2 = new float[options.Optimizer.SlotCount > 1 ? count : 0];
        _average = options.WeightAverageDecay is null ? null : [.. weights.InputMajor];
        _best = [.. weights.InputMajor];
        _setAside = new float[_average is null ? 0 : count];
        _applyChunk = ApplyChunk;
        _refreshParameter = (_, slot) => _weights.Refresh(_weights.Slots[slot]);
    }

    public TrainingResult Run(IProgress<TrainingProgress>? progress, CheckpointFile? checkpoint, CancellationToken cancellation)
    {
        if (checkpoint is { Resume: true })
            Resume(checkpoint);
        TrainingEnd end;
        while (!IsOver(out end))
        {
            int epoch = _history.Count + 1;
            if (!RunEpoch(epoch, progress, cancellation, out double trainingLoss))
            {
                end = TrainingEnd.Cancelled;
                break;
            }

            EpochRecord record = Judge(epoch, trainingLoss);
            checkpoint?.Save(Transfer);
            progress?.Report(new TrainingProgress(
                epoch, _options.Epochs, _stepsPerEpoch, _stepsPerEpoch, trainingLoss, _learningRate, record));
        }

        if (_bestEpoch == 0)
            Kept.CopyTo(_best, 0);
        return new TrainingResult(new RnnModel(_weights.Architecture, _weights.Export(_best)), _history, _bestEpoch, end);
    }

    public void Dispose() => _network.Dispose();

    /// <summary>The weights that are judged and kept.</summary>
    private float[] Kept => _average ?? _weights.InputMajor;

    private bool IsOver(out TrainingEnd end)
    {
        bool isPatienceOut = _history.Count - _bestEpoch >= _options.Patience;
        end = isPatienceOut ? TrainingEnd.EarlyStopped : TrainingEnd.Completed;
        return isPatienceOut || _history.Count >= _options.Epochs;
    }

    private void Resume(CheckpointFile checkpoint)
    {
        checkpoint.Load(Transfer);
        _weights.Refresh();
        _monitored.AddRange(_history.Select(epoch => epoch.ValidationLoss ?? epoch.TrainingLoss));
        _elapsedBefore = _history[^1].Elapsed;
    }

    /// <summary>All that one epoch hands to the next, into a checkpoint or out of it.</summary>
    private void Transfer(StateTransfer state)
    {
        state.List(_history);
        state.Value(ref _bestEpoch);
        state.Value(ref _step);
        _sampler.Transfer(state);
        state.Values<float>(_weights.InputMajor);
        state.Values<float>(_slot1);
        state.Values<float>(_slot2);
        state.Values<float>(_average);
        state.Values<float>(_best);
    }

    private bool RunEpoch(int epoch, IProgress<TrainingProgress>? progress, CancellationToken cancellation, out double meanLoss)
    {
        double sum = 0;
        long samples = 0;
        meanLoss = 0;
        for (int step = 1; step <= _stepsPerEpoch; step++)
        {
            if (cancellation.IsCancellationRequested)
                return false;
            int left = _training.Count - (step - 1) * _batch.Length;
            int count = _options.StepsPerEpoch is null ? Math.Min(_batch.Length, left) : _batch.Length;
            double loss = TakeStep(epoch, step, _batch.AsSpan(0, count));
            sum += loss * count;
            samples += count;
            meanLoss = sum / samples;
            progress?.Report(new TrainingProgress(epoch, _options.Epochs, step, _stepsPerEpoch, meanLoss, _learningRate, null));
        }

        return true;
    }

    private double TakeStep(int epoch, int step, Span<int> batch)
    {
        _sampler.Fill(batch);
        _step++;
        double loss = _network.ComputeGradient(_training, batch, _options.Seed, _step, out double squaredNorm);
        if (!double.IsFinite(loss))
            throw new TrainingDivergedException(epoch, step, "loss", loss);
        double norm = Math.Sqrt(squaredNorm);
        if (!double.IsFinite(norm))
            throw new TrainingDivergedException(epoch, step, "norm of the gradient", norm);

        double progress = epoch - 1 + (step - 1) / (double)_stepsPerEpoch;
        _learningRate = _options.Optimizer.LearningRate * _options.Schedule.Factor(progress, _options.Epochs, _monitored);
        _gradientFactor = norm > _options.ClipNorm ? (float)(_options.ClipNorm.Value / norm) : 1;
        _network.Pool.Run(_network.ChunkCount, _applyChunk);
        _network.Pool.Run(_weights.Slots.Count, _refreshParameter);
        return loss;
    }

    private void ApplyChunk(int worker, int chunk)
    {
        Range range = _network.Chunk(chunk);
        Span<float> gradient = _network.Gradient[range];
        Span<float> weights = _weights.InputMajor.AsSpan(range);
        if (_gradientFactor < 1)
            TensorPrimitives.Multiply(gradient, _gradientFactor, gradient);
        _options.Optimizer.Apply(
            _step, _learningRate, weights, gradient,
            _slot1.Length == 0 ? [] : _slot1.AsSpan(range), _slot2.Length == 0 ? [] : _slot2.AsSpan(range));

        if (_average is not null)
        {
            double decay = Math.Min(_options.WeightAverageDecay!.Value, (1.0 + _step) / (10.0 + _step));
            Span<float> average = _average.AsSpan(range);
            TensorPrimitives.Lerp(average, weights, (float)(1 - decay), average);
        }
    }

    private EpochRecord Judge(int epoch, double trainingLoss)
    {
        Evaluation? validation = _validation is null ? null : EvaluateKept(_validation);
        double monitored = validation?.Loss ?? trainingLoss;
        if (!double.IsFinite(monitored))
            throw new TrainingDivergedException(epoch, _stepsPerEpoch, "validation loss", monitored);

        bool isBest = _monitored.Count == 0 || monitored < _monitored.Min();
        _monitored.Add(monitored);
        if (isBest)
        {
            _bestEpoch = epoch;
            Kept.CopyTo(_best, 0);
        }

        EpochRecord record = new(
            epoch, trainingLoss, validation?.Loss, validation?.MeanAbsoluteError, _learningRate, isBest, _elapsedBefore + _clock.Elapsed);
        _history.Add(record);
        return record;
    }

    private Evaluation EvaluateKept(SampleSource samples)
    {
        if (_average is null)
            return _network.Evaluate(samples);

        // A forward pass reads the input-major weights alone, so the row-major copy need not follow.
        _weights.InputMajor.CopyTo(_setAside, 0);
        _average.CopyTo(_weights.InputMajor, 0);
        Evaluation result = _network.Evaluate(samples);
        _setAside.CopyTo(_weights.InputMajor, 0);
        return result;
    }
}
