namespace NativeRnn.Kernels;

/// <summary>
/// What a cell does with the finished sums of a block of units, as a type argument of <see cref="CellProduct{TVector, TOps, TEpilogue}"/>. A block is as
/// many units as a vector has lanes.
/// </summary>
internal unsafe interface IEpilogue<TVector>
{
    /// <summary>Sums that a unit has, one vector each for a block; at most 4.</summary>
    static abstract int Gates { get; }

    /// <summary>
    /// Computes the new state of a panel's blocks, the first of which begins with a unit, of one sequence of the batch. The sums are first all those of
    /// the first block, then those of the next; any others are of no consequence. Of two blocks each finds work to do in the other's waits.
    /// </summary>
    /// <typeparam name="TPanel">How many sums there are: those of up to two blocks, or with one gate of up to four.</typeparam>
    void Finish<TPanel>(in CellStep step, nint row, nint unit, TVector s0, TVector s1, TVector s2, TVector s3, TVector s4, TVector s5, TVector s6, TVector s7)
        where TPanel : struct, IPanel;
}
