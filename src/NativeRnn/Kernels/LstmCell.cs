namespace NativeRnn.Kernels;

/// <summary>
/// A whole LSTM step. A panel holds the gates of one block of units: i, f, g, o, or f, g, o with coupled gates.
/// </summary>
internal readonly unsafe struct LstmGates<TVector, TOps, TGate, TActivation>(
    TGate gate, TActivation activation, TActivation outputActivation, float* peephole, float* cell, nint cellStride, float* next, nint nextStride)
    : IEpilogue<TVector>
    where TOps : struct, IVectorOps<TVector>
    where TGate : struct, IVectorActivation
    where TActivation : struct, IVectorActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Start(float* initial, int panelVector, int vector) => TOps.Load(initial);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TPanel>(int vector, int row, TVector s0, TVector s1, TVector s2, TVector s3)
        where TPanel : struct, IPanel
    {
        nint block = vector / TPanel.Vectors;
        nint unit = block * TOps.Count;
        if (TPanel.Vectors == 4)
            Standard(block, unit, row, s0, s1, s2, s3);
        else
            Coupled(block, unit, row, s0, s1, s2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Standard(nint block, nint unit, int row, TVector i, TVector f, TVector g, TVector o)
    {
        float* state = cell + row * cellStride + unit;
        TVector c = TOps.Load(state);
        nint lanes = TOps.Count;
        float* weights = peephole + block * 3 * lanes;
        if (peephole != null)
        {
            i = TOps.MultiplyAdd(TOps.Load(weights), c, i);
            f = TOps.MultiplyAdd(TOps.Load(weights + lanes), c, f);
        }

        activation.Fraction<TVector, TOps>(g, out TVector numerator, out TVector denominator);
        TVector admitted = gate.Gate<TVector, TOps>(i, numerator, denominator);
        c = VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.MultiplyAdd(gate.Apply<TVector, TOps>(f), c, admitted));
        TOps.Store(state, c);
        if (peephole != null)
            o = TOps.MultiplyAdd(TOps.Load(weights + 2 * lanes), c, o);
        outputActivation.Fraction<TVector, TOps>(c, out numerator, out denominator);
        TVector h = gate.Gate<TVector, TOps>(o, numerator, denominator);
        TOps.Store(next + row * nextStride + unit, VectorMath<TVector, TOps>.ZeroWhereTiny(h));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Coupled(nint block, nint unit, int row, TVector f, TVector g, TVector o)
    {
        float* state = cell + row * cellStride + unit;
        TVector c = TOps.Load(state);
        nint lanes = TOps.Count;
        float* weights = peephole + block * 2 * lanes;
        if (peephole != null)
            f = TOps.MultiplyAdd(TOps.Load(weights), c, f);

        TVector candidate = activation.Apply<TVector, TOps>(g);
        c = VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.MultiplyAdd(gate.Apply<TVector, TOps>(f), TOps.Subtract(c, candidate), candidate));
        TOps.Store(state, c);
        if (peephole != null)
            o = TOps.MultiplyAdd(TOps.Load(weights + lanes), c, o);
        outputActivation.Fraction<TVector, TOps>(c, out TVector numerator, out TVector denominator);
        TVector h = gate.Gate<TVector, TOps>(o, numerator, denominator);
        TOps.Store(next + row * nextStride + unit, VectorMath<TVector, TOps>.ZeroWhereTiny(h));
    }
}

/// <summary>The cell of <see cref="Lstm"/>.</summary>
internal readonly unsafe struct LstmCell<TVector, TOps, TGate, TActivation>(
    int units, PackedMatrix recurrentKernel, AlignedBuffer? peephole, TGate gate, TActivation activation, TActivation outputActivation) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TGate : struct, IVectorActivation
    where TActivation : struct, IVectorActivation
{
    public int OutputSize => units;

    public bool HasCellState => true;

    public int ScratchPerSequence => recurrentKernel.ScratchPerSequence;

    public void Step(in CellStep step)
        => RecurrentProduct<TVector, TOps>.Run(
            recurrentKernel, step.Projection, step.ProjectionStride, step.Previous, step.PreviousStride, step.Batch, step.Scratch,
            new LstmGates<TVector, TOps, TGate, TActivation>(
                gate, activation, outputActivation, peephole is null ? null : peephole.Pointer, step.Cell, step.CellStride, step.Next, step.NextStride));
}
