namespace NativeRnn.Training;

/// <summary>
/// Trains a network by back-propagation through time. Each batch is cut into fixed shards, whose gradients are computed on all cores and
/// summed in the order of the shards: the result does not depend on the number of threads. One training step allocates nothing on the
/// managed heap.
/// </summary>
public sealed class Trainer
{
    private readonly Architecture _architecture;
    private readonly TrainingOptions _options;
    private readonly IReadOnlyDictionary<string, float[]> _initialWeights;

    /// <summary>Creates a trainer.</summary>
    /// <param name="architecture">The network to train.</param>
    /// <param name="options">How to train it.</param>
    /// <param name="initialWeights">The weights to start from, as for <see cref="RnnModel"/>; null for <see cref="WeightInitializer"/>'s.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range or does not fit the network, or a weight is missing, unknown or of the wrong length.
    /// </exception>
    public Trainer(Architecture architecture, TrainingOptions options, IReadOnlyDictionary<string, float[]>? initialWeights = null)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(architecture);
        _architecture = architecture;
        _options = options;
        RnnModel initial = new(architecture, initialWeights ?? WeightInitializer.Create(architecture, options.Seed));
        _initialWeights = WeightsOf(initial);
    }

    /// <summary>
    /// Trains until all epochs are done, the patience is out or cancellation is asked for. Each call starts anew from the initial weights,
    /// unless it resumes a checkpoint.
    /// </summary>
    /// <param name="training">The samples to learn from.</param>
    /// <param name="validation">The samples to judge each epoch by, or null to judge by the training loss.</param>
    /// <param name="progress">Told of every step and epoch, on the calling thread.</param>
    /// <param name="checkpoint">Where training is written down after every epoch and, if wanted, goes on from; null for nowhere.</param>
    /// <param name="cancellation">Ends training after the step in progress; the best weights so far are returned.</param>
    /// <exception cref="ArgumentException">The samples do not fit the network.</exception>
    /// <exception cref="CheckpointException">The checkpoint that should be resumed is damaged, or of another training.</exception>
    /// <exception cref="IOException">The checkpoint cannot be read or written.</exception>
    /// <exception cref="TrainingDivergedException">A loss or a gradient is infinite or not a number.</exception>
    public TrainingResult Train(
        SampleSource training,
        SampleSource? validation = null,
        IProgress<TrainingProgress>? progress = null,
        CheckpointFile? checkpoint = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        RequireFit(_architecture, training, nameof(training));
        if (validation is not null)
            RequireFit(_architecture, validation, nameof(validation));
        if (training.Streams > 0)
            RequireStreaming(training);
        using TrainingRun run = new(new Weights<float>(_architecture, _initialWeights), _options, training, validation);
        return run.Run(progress, checkpoint, cancellation);
    }

    /// <summary>Runs a model over samples, without dropout, on all cores.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="loss">The loss to report.</param>
    /// <param name="threads">Threads to use, or null for all processors; the result does not depend on it.</param>
    /// <exception cref="ArgumentException">The samples or the loss do not fit the model.</exception>
    public static Evaluation Evaluate(RnnModel model, SampleSource samples, Loss loss, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads ?? 1, 1, nameof(threads));
        loss.ValidateFor(model.Architecture);
        RequireFit(model.Architecture, samples, nameof(samples));
        using ShardedNetwork network = new(
            new Weights<float>(model.Architecture, WeightsOf(model)), loss, samples.Steps, samples.TargetRows, batchSize: 0, threads);
        return network.Evaluate(samples);
    }

    private void RequireStreaming(SampleSource training)
    {
        if (_architecture.BackwardLayer is { } backward)
            throw new ArgumentException($"The samples go on from one another, but {backward.Name} needs the whole sequence.", nameof(training));
        if (!_architecture.ReturnsSequence)
            throw new ArgumentException("The samples go on from one another, but the network gives its last output only.", nameof(training));
        if (_options.BatchSize != training.Streams || _options.StepsPerEpoch is not null)
            throw new ArgumentException($"A batch takes one sample of each of the {training.Streams} streams and an epoch all samples, but {nameof(TrainingOptions.BatchSize)} is {_options.BatchSize} and {nameof(TrainingOptions.StepsPerEpoch)} {_options.StepsPerEpoch?.ToString(CultureInfo.InvariantCulture) ?? "not set"}.", nameof(training));
    }

    private static Dictionary<string, float[]> WeightsOf(RnnModel model)
        => model.Architecture.Parameters.ToDictionary(shape => shape.Name, shape => model.Weights(shape.Name).ToArray());

    private static void RequireFit(Architecture architecture, SampleSource samples, string parameter)
    {
        if (samples.Count < 1)
            throw new ArgumentException("There are no samples.", parameter);
        if (samples.InputSize != architecture.InputSize)
            throw new ArgumentException($"The samples have {samples.InputSize} features a step, but the network takes {architecture.InputSize}.", parameter);
        if (samples.OutputSize != architecture.OutputSize)
            throw new ArgumentException($"The samples have {samples.OutputSize} targets a row, but the network gives {architecture.OutputSize} outputs.", parameter);
        if (samples.TargetRows < 1)
            throw new ArgumentException("The samples have no target rows.", parameter);
        if (architecture.Decoder is null && samples.TargetRows != 1 && samples.TargetRows != (architecture.ReturnsSequence ? samples.Steps : 1))
            throw new ArgumentException($"The samples have {samples.TargetRows} target rows for {samples.Steps} steps, but the network gives {(architecture.ReturnsSequence ? "one row a step" : "one row a sequence")}.", parameter);
    }
}
