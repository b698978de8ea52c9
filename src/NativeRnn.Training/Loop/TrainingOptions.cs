namespace NativeRnn.Training;

/// <summary>How a network is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>What is minimised.</summary>
    public Loss Loss { get; init; } = Loss.MeanSquaredError;

    /// <summary>How gradients change the weights.</summary>
    public Optimizer Optimizer { get; init; } = new RmsProp();

    /// <summary>How the learning rate changes.</summary>
    public LearningRateSchedule Schedule { get; init; } = new ConstantRate();

    /// <summary>Sequences a step looks at.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Epochs at most.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>
    /// Steps an epoch has, or null for one pass over the samples (whose last batch may be smaller). With a number, batches are all
    /// of full size and run on through the shuffled samples, which are shuffled anew each time they are used up.
    /// </summary>
    public int? StepsPerEpoch { get; init; }

    /// <summary>
    /// Epochs without a better monitored loss (validation loss, or training loss without validation) after which training stops;
    /// null to run all epochs. The best epoch's weights are kept either way.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>The largest Euclidean norm of the gradient by all weights; longer ones are scaled down to it. Null for no limit.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>
    /// What initial weights, shuffling and dropout are drawn from. The same seed gives the same weights, bit for bit, on the same machine.
    /// </summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Threads to use, or null for all processors. The number changes the speed only, not a bit of the result. A batch is worked on in
    /// shards of 32 sequences, so a batch of 128 keeps four threads busy.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>
    /// The decay d of an exponential moving average of the weights, a = d a + (1 - d) w after each step, or null for none. With an
    /// average, it is what validation looks at and what is kept. Early on the decay at step t is (1 + t) / (10 + t) if that is less, so
    /// that the initial weights are soon forgotten.
    /// </summary>
    public double? WeightAverageDecay { get; init; }

    /// <summary>
    /// The probability, for each sequence and step, that a decoder reads the target of the step before in training rather than what it gave
    /// itself: 1 learns fastest, less prepares it for its own errors. At validation it reads its own outputs. Of no meaning without a decoder.
    /// </summary>
    public double TeacherForcing { get; init; } = 1;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">A setting is out of range, or does not fit the architecture.</exception>
    internal void Validate(Architecture architecture)
    {
        Loss.ValidateFor(architecture);
        Optimizer.Validate();
        Schedule.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsPerEpoch ?? 1, 1, nameof(StepsPerEpoch));
        ArgumentOutOfRangeException.ThrowIfLessThan(Patience ?? 1, 1, nameof(Patience));
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads ?? 1, 1, nameof(Threads));
        if (ClipNorm is { } norm && !(norm > 0))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{nameof(ClipNorm)} must be above 0, but is {norm}."));
        if (WeightAverageDecay is { } decay && decay is not (> 0 and < 1))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{nameof(WeightAverageDecay)} must be above 0 and below 1, but is {decay}."));
        if (TeacherForcing is not (>= 0 and <= 1))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{nameof(TeacherForcing)} must be from 0 to 1, but is {TeacherForcing}."));
    }
}
