namespace NativeRnn.Training;

/// <summary>
/// A numbered set of samples, each an input sequence with its targets, all of one shape. A source is read from several threads at
/// once, so <see cref="Read"/> must not change shared state, and reading the same index must give the same sample each time.
/// </summary>
public abstract class SampleSource
{
    /// <summary>The number of samples.</summary>
    public abstract int Count { get; }

    /// <summary>Time steps an input sequence has.</summary>
    public abstract int Steps { get; }

    /// <summary>Features a time step has.</summary>
    public abstract int InputSize { get; }

    /// <summary>Rows of targets a sample has: 1 (for the end of the sequence), <see cref="Steps"/> (one for every step), or any number for a decoder.</summary>
    public abstract int TargetRows { get; }

    /// <summary>Values a target row has.</summary>
    public abstract int OutputSize { get; }

    /// <summary>
    /// How many sequences run through all samples, or 0 if each sample is a sequence of its own. Sample i + <see cref="Streams"/> goes on
    /// where sample i ends, and the number of samples is a multiple. Such samples are taken in order, one of each stream in a batch, the
    /// state is carried from batch to batch, and the gradient ends at the first step of each (truncated back-propagation through time).
    /// </summary>
    public virtual int Streams => 0;

    /// <summary>Copies samples out.</summary>
    /// <param name="indices">The samples to read, each at least 0 and below <see cref="Count"/>.</param>
    /// <param name="inputs">Receives <c>[indices, steps, features]</c>.</param>
    /// <param name="targets">Receives <c>[indices, rows, outputs]</c>.</param>
    public abstract void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<float> targets);
}
