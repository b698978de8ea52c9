namespace NativeRnn.Kernels;

/// <summary>
/// Where rows of <see cref="RowGroupProduct{TVector, TOps}"/> lie that share reads of the weights: of each the first row, and the floats from one to the next. Passed by
/// reference, because a copy would be read in wide parts just after it was written in narrow ones, and such a read waits until all that is stored has reached the cache.
/// </summary>
internal unsafe struct RowGroup
{
    /// <summary>What the sums start from.</summary>
    public float* Start;

    public nint StartStride;

    /// <summary>What a panel's <see cref="WeightPanel.InputWeights"/> are multiplied with; null for nothing.</summary>
    public float* Input;

    public nint InputStride;

    /// <summary>What its <see cref="WeightPanel.Weights"/> are multiplied with.</summary>
    public float* X;

    public nint XStride;

    /// <summary>Receives the sums.</summary>
    public float* Y;

    public nint YStride;

    /// <summary>Receives the input halves of candidates where the panel has a <see cref="WeightPanel.CandidateBias"/>.</summary>
    public float* CandidateInput;

    public nint CandidateStride;
}
