namespace NativeRnn.Kernels;

/// <summary>
/// What a cell does with the finished sums of a block of units, as a type argument of <see cref="CellProduct{TVector, TOps, TEpilogue}"/>. A block is as
/// many units as a vector has lanes. It is done in one pass over the blocks or, if long, in two: a processor looks ahead a few dozen operations, which are
/// several blocks of a short pass but hardly one of a long one. A cell keeps its epilogues in fields: one made for every step would be written in parts
/// and read whole, and such a read waits until all that the step before stored has reached the cache.
/// </summary>
internal unsafe interface IEpilogue<TVector>
{
    /// <summary>Sums that a unit has, one vector each for a block; at most 4.</summary>
    static abstract int Gates { get; }

    /// <summary>1 or 2, of which <see cref="Finish"/> may make both.</summary>
    static abstract int Passes { get; }

    /// <summary>Whether <see cref="Finish"/> itself makes the second pass over the last panel, which no other panel's work could hide.</summary>
    static abstract bool FinishesLast { get; }

    /// <summary>
    /// The first pass over a panel's blocks, which begin with a unit, of the only sequence, with the sums in registers: first all those of the first block, then
    /// those of the next; any others are of no consequence. If it <c>finishes</c> it leaves the new state; else, for a second pass, in memory what pass 1 of <see cref="Pass"/> needs.
    /// </summary>
    /// <typeparam name="TPanel">How many sums there are: those of up to two blocks, or with one gate of up to four.</typeparam>
    void Finish<TPanel>(in CellStep step, nint unit, bool finishes, float* sums, TVector s0, TVector s1, TVector s2, TVector s3, TVector s4, TVector s5, TVector s6, TVector s7)
        where TPanel : struct, IPanel;

    /// <summary>A pass over one block, with the sums in memory; the last one leaves the new state.</summary>
    /// <param name="pass">
    /// 0, after which 2 is the second; or 1, the second after <see cref="Finish"/>. That prepares no gate that the next panel's work can hide; for several sequences
    /// two passes alike in length are faster.
    /// </param>
    /// <param name="step">The time step.</param>
    /// <param name="row">The sequence.</param>
    /// <param name="unit">The first unit.</param>
    /// <param name="sums">The block's sums, where the first pass leaves what the second needs.</param>
    void Pass(int pass, in CellStep step, nint row, nint unit, float* sums);
}
