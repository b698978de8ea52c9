namespace NativeRnn.Kernels;

/// <summary>Where the rows of a sequence batch lie: row (t, s) starts at Data + t * StepStride + s * SequenceStride.</summary>
internal readonly unsafe struct Rows(float* data, nint stepStride, nint sequenceStride)
{
    public readonly float* Data = data;

    /// <summary>Floats from one time step to the next; negative to walk a sequence backwards.</summary>
    public readonly nint StepStride = stepStride;

    /// <summary>Floats from one sequence of the batch to the next.</summary>
    public readonly nint SequenceStride = sequenceStride;

    public float* At(int step) => Data + step * StepStride;

    /// <summary>The rows of the sequences from one on.</summary>
    public Rows From(int sequence) => new(Data + sequence * SequenceStride, StepStride, SequenceStride);

    /// <summary>The same rows from the last of a number of steps to the first.</summary>
    public Rows Reversed(int steps) => new(At(steps - 1), -StepStride, SequenceStride);
}
