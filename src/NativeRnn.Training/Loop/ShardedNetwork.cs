namespace NativeRnn.Training;

/// <summary>
/// A network run over batches by several workers. A batch is cut into shards of <see cref="ShardSize"/> sequences, and the gradient into
/// chunks of <see cref="ChunkSize"/> numbers, both whatever the number of workers; each shard has a gradient of its own, and all sums over
/// shards and chunks are taken in their order. So the result is the same bit for bit for any number of threads.
/// </summary>
internal sealed class ShardedNetwork : IDisposable
{
    public const int ShardSize = 32;
    public const int ChunkSize = 1 << 14;

    private const ulong DropoutStream = 2;
    private const ulong ForcingStream = 4;

    private readonly Worker[] _workers;
    private readonly float[][] _shardGradients;
    private readonly double[] _shardLosses;
    private readonly double[] _chunkSquares;
    private readonly Action<int, int> _computeShard;
    private readonly Action<int, int> _sumChunk;
    private readonly Action<int, int> _evaluateShard;
    private readonly int[] _indices;
    private readonly float[] _gradient;
    private readonly bool _dropsOut;
    private readonly double _teacherForcing;
    private SampleSource _source = null!;
    private int _count;
    private ulong _seed;
    private ulong _step;
    private double[] _evaluations = [];

    /// <summary>Allocates all buffers and starts the workers.</summary>
    /// <param name="weights">The weights; to be changed between calls only.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="steps">Time steps of the longest samples.</param>
    /// <param name="targetRows">Target rows of the longest samples.</param>
    /// <param name="batchSize">The largest batch for gradients, or 0 to evaluate only.</param>
    /// <param name="threads">Threads, or null for all processors.</param>
    /// <param name="ownsShards">Whether each shard keeps a network of its own, whose state it carries from batch to batch.</param>
    /// <param name="teacherForcing">See <see cref="TrainingOptions.TeacherForcing"/>.</param>
    public ShardedNetwork(
        Weights<float> weights, Loss loss, int steps, int targetRows, int batchSize, int? threads, bool ownsShards = false, double teacherForcing = 1)
    {
        _indices = new int[batchSize];
        _gradient = new float[batchSize == 0 ? 0 : weights.InputMajor.Length];
        _shardGradients = new float[(batchSize + ShardSize - 1) / ShardSize][];
        for (int i = 0; i < _shardGradients.Length; i++)
            _shardGradients[i] = new float[_gradient.Length];
        _shardLosses = new double[_shardGradients.Length];
        _chunkSquares = new double[(_gradient.Length + ChunkSize - 1) / ChunkSize];
        _computeShard = ComputeShard;
        _sumChunk = SumChunk;
        _evaluateShard = EvaluateShard;
        _dropsOut = weights.Architecture.AllLayers.Any(named => DropsOut(named.Layer));

        _teacherForcing = teacherForcing;

        int wanted = threads ?? Environment.ProcessorCount;
        Pool = new WorkerPool(batchSize == 0 ? wanted : Math.Min(wanted, Math.Max(_shardGradients.Length, _chunkSquares.Length)));
        Extent largest = new(steps, ShardSize);
        _workers = new Worker[ownsShards ? Math.Max(Pool.Workers, _shardGradients.Length) : Pool.Workers];
        for (int i = 0; i < _workers.Length; i++)
            _workers[i] = new Worker(new TrainableNetwork<float>(weights, loss, largest, targetRows), largest, targetRows, weights.Architecture);
    }

    public WorkerPool Pool { get; }

    /// <summary>The gradient after <see cref="ComputeGradient"/>, input-major.</summary>
    public Span<float> Gradient => _gradient;

    /// <summary>The number of chunks that work on weights is split into.</summary>
    public int ChunkCount => _chunkSquares.Length;

    /// <summary>The range of a chunk.</summary>
    public Range Chunk(int chunk) => (chunk * ChunkSize)..Math.Min((chunk + 1) * ChunkSize, _gradient.Length);

    /// <summary>Computes the loss of a batch and its gradient.</summary>
    /// <param name="source">The samples.</param>
    /// <param name="indices">The samples of the batch.</param>
    /// <param name="seed">What dropout masks are drawn from, together with the step.</param>
    /// <param name="step">The number of the step.</param>
    /// <param name="squaredNorm">Receives the sum of the gradient's squares.</param>
    /// <returns>The mean loss.</returns>
    public double ComputeGradient(SampleSource source, ReadOnlySpan<int> indices, ulong seed, long step, out double squaredNorm)
    {
        _source = source;
        _count = indices.Length;
        indices.CopyTo(_indices);
        _seed = seed;
        _step = (ulong)step;
        int shards = (_count + ShardSize - 1) / ShardSize;
        Pool.Run(shards, _computeShard);
        Pool.Run(ChunkCount, _sumChunk);

        double loss = 0;
        for (int shard = 0; shard < shards; shard++)
            loss += _shardLosses[shard];
        squaredNorm = 0;
        foreach (double squares in _chunkSquares)
            squaredNorm += squares;
        return loss / Divisor;
    }

    /// <summary>Runs all samples without dropout.</summary>
    public Evaluation Evaluate(SampleSource source)
    {
        _source = source;
        _count = source.Count;
        int shards = (Width(source) + ShardSize - 1) / ShardSize;
        if (_evaluations.Length < 3 * shards)
            _evaluations = new double[3 * shards];
        Pool.Run(shards, _evaluateShard);

        double loss = 0, absolute = 0, squared = 0;
        for (int shard = 0; shard < shards; shard++)
        {
            loss += _evaluations[3 * shard];
            absolute += _evaluations[3 * shard + 1];
            squared += _evaluations[3 * shard + 2];
        }

        double values = (double)_count * source.TargetRows * source.OutputSize;
        return new Evaluation(loss / Divisor, absolute / values, Math.Sqrt(squared / values));
    }

    public void Dispose() => Pool.Dispose();

    private double Divisor => _workers[0].Network.Divisor((long)_count * _source.TargetRows);

    private static bool DropsOut(Layer layer) => layer switch
    {
        Dropout dropout => dropout.Rate > 0,
        RecurrentLayer recurrent => recurrent.Dropout > 0 || recurrent.RecurrentDropout > 0,
        Bidirectional bidirectional => DropsOut(bidirectional.Forward) || DropsOut(bidirectional.Backward),
        _ => false,
    };

    private void ComputeShard(int workerNumber, int shard)
    {
        Worker worker = _workers[_source.Streams > 0 ? shard : workerNumber];
        int first = shard * ShardSize;
        int count = Math.Min(ShardSize, _count - first);
        if (_dropsOut)
            worker.Random.Restart(_seed, DropoutStream, (_step << 16) + (ulong)shard);
        if (_source.Streams > 0 && _indices[0] >= _source.Streams)
            worker.Network.CarryState();
        if (_teacherForcing is > 0 and < 1)
            worker.ForcingRandom.Restart(_seed, ForcingStream, (_step << 16) + (ulong)shard);
        TeacherForcing forcing = new(_teacherForcing, worker.ForcingRandom);
        worker.Forward(_source, _indices.AsSpan(first, count), _dropsOut ? worker.Random : null, forcing);
        _shardLosses[shard] = worker.Loss(_source, count, Divisor);
        float[] gradient = _shardGradients[shard];
        gradient.AsSpan().Clear();
        worker.Network.Backward(gradient);
    }

    private void SumChunk(int workerNumber, int chunk)
    {
        Range range = Chunk(chunk);
        Span<float> sum = _gradient.AsSpan(range);
        _shardGradients[0].AsSpan(range).CopyTo(sum);
        int shards = (_count + ShardSize - 1) / ShardSize;
        for (int shard = 1; shard < shards; shard++)
            TensorPrimitives.Add(sum, _shardGradients[shard].AsSpan(range), sum);
        _chunkSquares[chunk] = TensorPrimitives.SumOfSquares<float>(sum);
    }

    private void EvaluateShard(int workerNumber, int shard)
    {
        Worker worker = _workers[workerNumber];
        int width = Width(_source);
        int first = shard * ShardSize;
        int count = Math.Min(ShardSize, width - first);
        Span<int> indices = worker.Indices.AsSpan(0, count);
        Span<double> sums = _evaluations.AsSpan(3 * shard, 3);
        sums.Clear();
        for (int start = first; start < _count; start += width)
        {
            for (int i = 0; i < count; i++)
                indices[i] = start + i;
            if (start >= width)
                worker.Network.CarryState();
            worker.Forward(_source, indices, dropout: null, default);
            sums[0] += worker.Loss(_source, count, 1);
            (double absolute, double squared) = worker.Network.Errors(count * _source.TargetRows * _source.OutputSize);
            sums[1] += absolute;
            sums[2] += squared;
        }
    }

    /// <summary>Samples that are evaluated side by side: one of each stream, or all where each is by itself.</summary>
    private static int Width(SampleSource source) => source.Streams > 0 ? source.Streams : source.Count;

    /// <summary>The buffers of one thread.</summary>
    private sealed class Worker(TrainableNetwork<float> network, Extent largest, int targetRows, Architecture architecture)
    {
        private readonly float[] _inputs = new float[largest.Rows * architecture.InputSize];
        private readonly float[] _targets = new float[targetRows * largest.Batch * architecture.OutputSize];

        public TrainableNetwork<float> Network { get; } = network;

        public int[] Indices { get; } = new int[largest.Batch];

        public RandomStream Random { get; } = new(0, DropoutStream);

        public RandomStream ForcingRandom { get; } = new(0, ForcingStream);

        public void Forward(SampleSource source, ReadOnlySpan<int> indices, RandomStream? dropout, TeacherForcing forcing)
        {
            Extent extent = new(source.Steps, indices.Length);
            Span<float> inputs = _inputs.AsSpan(0, extent.Rows * source.InputSize);
            Span<float> targets = Targets(source, indices.Length);
            source.Read(indices, inputs, targets);
            Network.Forward(inputs, extent, dropout, targets, forcing);
        }

        public double Loss(SampleSource source, int count, double divisor) => Network.Loss(Targets(source, count), divisor);

        private Span<float> Targets(SampleSource source, int count) => _targets.AsSpan(0, count * source.TargetRows * source.OutputSize);
    }
}
