namespace NativeRnn.Kernels;

/// <summary>Where rows of <see cref="RowGroupProduct{TVector, TOps}"/> lie that share reads of the weights: of each the first row, and the floats from one to the next.</summary>
internal unsafe struct RowGroup
{
    /// <summary>What the sums start from.</summary>
    public float* Start;

    public nint StartStride;

    /// <summary>What a panel's <see cref="WeightPanel.InputWeights"/> are multiplied with; null for nothing.</summary>
    public float* Input;

    /// <summary>0 where there is no input: going on must leave it null.</summary>
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

    /// <summary>Goes on by a number of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(nint rows)
    {
        Start += rows * StartStride;
        Input += rows * InputStride;
        X += rows * XStride;
        Y += rows * YStride;
        CandidateInput += rows * CandidateStride;
    }

    /// <summary>Makes all rows the first one again: what is computed for it is the same to the bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Repeat()
    {
        StartStride = 0;
        InputStride = 0;
        XStride = 0;
        YStride = 0;
        CandidateStride = 0;
    }
}
