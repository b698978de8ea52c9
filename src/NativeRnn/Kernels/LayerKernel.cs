namespace NativeRnn.Kernels;

/// <summary>
/// A layer's packed weights for one vector width, with the code that runs them. Immutable and shared; the buffers come from the
/// session. One virtual call a layer a run.
/// </summary>
internal abstract unsafe class LayerKernel
{
    /// <summary>Features of an output row.</summary>
    public abstract int OutputSize { get; }

    /// <summary>Floats from one output row to the next that the session must leave; <see cref="OutputSize"/> rounded up to whole vectors.</summary>
    public abstract int OutputStride { get; }

    /// <summary>Whether there is an output row for each time step.</summary>
    public abstract bool KeepsSequence { get; }

    /// <summary>
    /// The parts of a sequence's state, each with its length and the floats it takes up, rounded up to whole vectors.
    /// </summary>
    public virtual IReadOnlyList<(int Length, int Padded)> StateParts => [];

    /// <summary>Floats of state a sequence takes up: the padded sizes of <see cref="StateParts"/> together.</summary>
    public virtual int StateStride => 0;

    /// <summary>Floats of working memory that <see cref="Run"/> needs, a multiple of 16.</summary>
    public abstract long ScratchSize(int maxSteps, int maxBatch);

    /// <summary>Runs the layer. All pointers but the input's are 64-byte aligned and hold what the properties above say.</summary>
    /// <param name="input">Input rows.</param>
    /// <param name="output">Receives a row for each step, or one, of <see cref="OutputStride"/> floats; those of a step's sequences lie one behind the other.</param>
    /// <param name="state">The state of each sequence, one behind the other, read and written.</param>
    /// <param name="scratch">Working memory.</param>
    /// <param name="steps">Time steps.</param>
    /// <param name="batch">Sequences.</param>
    public abstract void Run(in Rows input, in Rows output, float* state, float* scratch, int steps, int batch);

    /// <summary>Copies one time step's row of each sequence.</summary>
    protected static void CopyStep(float* source, nint sourceStride, float* destination, nint destinationStride, int size, int batch)
    {
        for (int sequence = 0; sequence < batch; sequence++)
        {
            ReadOnlySpan<float> row = new(source + sequence * sourceStride, size);
            row.CopyTo(new Span<float>(destination + sequence * destinationStride, size));
        }
    }

    /// <summary>A number of floats rounded up to whole cache lines, so that what follows is aligned again.</summary>
    protected static long Lines(long floats) => (floats + 15) & ~15L;
}
