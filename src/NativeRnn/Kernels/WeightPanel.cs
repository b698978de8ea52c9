namespace NativeRnn.Kernels;

/// <summary>One panel of a <see cref="PackedMatrix"/>, or of both matrices of a <see cref="GateSums"/>, ready to be computed with.</summary>
internal readonly unsafe struct WeightPanel(int vectors, nint offset, float* weights, nint columns, float* inputWeights = null, nint inputColumns = 0, float* candidateBias = null, bool hasFourChains = false)
{
    public readonly int Vectors = vectors;

    /// <summary>Floats of the result before the panel's.</summary>
    public readonly nint Offset = offset;

    /// <summary>The panel of M or W.</summary>
    public readonly float* Weights = weights;

    public readonly nint Columns = columns;

    /// <summary>The panel of U, or null.</summary>
    public readonly float* InputWeights = inputWeights;

    public readonly nint InputColumns = inputColumns;

    /// <summary>What the recurrent half of every third vector starts from, or null: see <see cref="GateSums.CandidateBias"/>.</summary>
    public readonly float* CandidateBias = candidateBias;

    /// <summary>Whether a sum has four chains, one for each of four columns in turn.</summary>
    public readonly bool HasFourChains = hasFourChains;
}
