namespace NativeRnn.Kernels;

/// <summary>What a cell does with the sums of one panel while they are still in registers: activations, state update, store.</summary>
internal unsafe interface IEpilogue<TVector>
{
    /// <summary>What the sum of one vector of a panel starts from.</summary>
    /// <param name="initial">The vector's place in the input projection.</param>
    /// <param name="panelVector">The vector's number in its panel.</param>
    /// <param name="vector">The panel's first vector, counted over the whole matrix.</param>
    TVector Start(float* initial, int panelVector, int vector);

    /// <summary>Takes the sums of one panel for one sequence.</summary>
    /// <param name="vector">The panel's first vector, counted over the whole matrix.</param>
    /// <param name="row">The sequence's number in the batch.</param>
    /// <param name="s0">The first vector's sums.</param>
    /// <param name="s1">The second's, if the panel has it.</param>
    /// <param name="s2">The third's, if the panel has it.</param>
    /// <param name="s3">The fourth's, if the panel has it.</param>
    void Apply<TPanel>(int vector, int row, TVector s0, TVector s1, TVector s2, TVector s3)
        where TPanel : struct, IPanel;
}
