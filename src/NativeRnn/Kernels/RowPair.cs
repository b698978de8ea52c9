namespace NativeRnn.Kernels;

/// <summary>Where one or two rows of <see cref="MatrixProduct{TVector, TOps}"/> lie: of each the first row, and the floats to the second.</summary>
internal unsafe struct RowPair
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

    /// <summary>Goes on to the next two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance()
    {
        Start += 2 * StartStride;
        Input += 2 * InputStride;
        X += 2 * XStride;
        Y += 2 * YStride;
        CandidateInput += 2 * CandidateStride;
    }

    /// <summary>Makes the second row the first one again: what is computed for it is the same to the bit.</summary>
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
