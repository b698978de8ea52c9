namespace NativeRnn.Training;

/// <summary>
/// Trains a network by back-propagation through time. Each batch is cut into fixed shards, whose gradients are computed on all cores and
/// summed in the order of the shards: the result does not depend on the number of threads. One training step allocates nothing on the
/// managed heap.
/// </summary>
public sealed class Trainer
{
    /// <summary>Creates a trainer.</summary>
    /// <param name="architecture">The network to train.</param>
    /// <param name="options">How to train it.</param>
    /// <param name="initialWeights">The weights to start from, by name as for <see cref="RnnModel"/>; null to draw them by <see cref="WeightInitializer"/>.</param>
    /// <exception cref="ArgumentException">An option is out of range or does not fit the network, or a weight is missing, unknown or of the wrong length.</exception>
    public Trainer(Architecture architecture, TrainingOptions options, IReadOnlyDictionary<string, float[]>? initialWeights = null)
        => throw new NotImplementedException();

    /// <summary>Trains until all epochs are done, the patience is out or cancellation is asked for. Each call starts anew from the initial weights.</summary>
    /// <param name="training">The samples to learn from.</param>
    /// <param name="validation">The samples to judge each epoch by, or null to judge by the training loss.</param>
    /// <param name="progress">Told of every step and epoch, on the calling thread.</param>
    /// <param name="cancellation">Ends training after the step in progress; the best weights so far are returned, nothing is thrown.</param>
    /// <exception cref="ArgumentException">The samples do not fit the network.</exception>
    /// <exception cref="TrainingDivergedException">A loss or a gradient is infinite or not a number.</exception>
    public TrainingResult Train(
        SampleSource training,
        SampleSource? validation = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
        => throw new NotImplementedException();

    /// <summary>Runs a model over samples, without dropout, on all cores.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="loss">The loss to report.</param>
    /// <param name="threads">Threads to use, or null for all processors; the result does not depend on it.</param>
    /// <exception cref="ArgumentException">The samples or the loss do not fit the model.</exception>
    public static Evaluation Evaluate(RnnModel model, SampleSource samples, Loss loss, int? threads = null)
        => throw new NotImplementedException();
}
