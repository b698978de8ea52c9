namespace NativeRnn.Kernels;

/// <summary>
/// First half of a GRU step with the reset gate before the product. A panel holds z and r of one or two blocks of units:
/// vectors z(u), r(u), z(u+1), r(u+1). Stores z and r * h_{t-1}.
/// </summary>
internal readonly unsafe struct GruGates<TVector, TOps, TGate>(TGate gate, float* previous, nint previousStride, float* update, float* resetHidden, nint stride)
    : IEpilogue<TVector>
    where TOps : struct, IVectorOps<TVector>
    where TGate : struct, IVectorActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Start(float* initial, int panelVector, int vector) => TOps.Load(initial);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TPanel>(int vector, int row, TVector s0, TVector s1, TVector s2, TVector s3)
        where TPanel : struct, IPanel
    {
        nint unit = vector / 2 * TOps.Count;
        Block(unit, row, s0, s1);
        if (TPanel.Vectors > 2)
            Block(unit + TOps.Count, row, s2, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Block(nint unit, int row, TVector z, TVector r)
    {
        TVector reset = gate.Apply<TVector, TOps>(r);
        TOps.Store(resetHidden + row * stride + unit, VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.Multiply(reset, TOps.Load(previous + row * previousStride + unit))));
        TOps.Store(update + row * stride + unit, gate.Apply<TVector, TOps>(z));
    }
}

/// <summary>Second half of that step: a panel holds the candidate of up to four blocks of units. h = n + z (h_{t-1} - n).</summary>
internal readonly unsafe struct GruCandidate<TVector, TOps, TActivation>(
    TActivation activation, float* update, nint updateStride, float* previous, nint previousStride, float* next, nint nextStride)
    : IEpilogue<TVector>
    where TOps : struct, IVectorOps<TVector>
    where TActivation : struct, IVectorActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Start(float* initial, int panelVector, int vector) => TOps.Load(initial);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TPanel>(int vector, int row, TVector s0, TVector s1, TVector s2, TVector s3)
        where TPanel : struct, IPanel
    {
        nint lanes = TOps.Count;
        nint unit = vector * lanes;
        Block(unit, row, s0);
        if (TPanel.Vectors > 1)
            Block(unit + lanes, row, s1);
        if (TPanel.Vectors > 2)
            Block(unit + 2 * lanes, row, s2);
        if (TPanel.Vectors > 3)
            Block(unit + 3 * lanes, row, s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Block(nint unit, int row, TVector sum)
    {
        TVector candidate = activation.Apply<TVector, TOps>(sum);
        TVector z = TOps.Load(update + row * updateStride + unit);
        TVector h = TOps.Load(previous + row * previousStride + unit);
        TOps.Store(next + row * nextStride + unit, VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.MultiplyAdd(z, TOps.Subtract(h, candidate), candidate)));
    }
}

/// <summary>The cell of <see cref="Gru"/> with the reset gate before the recurrent product.</summary>
internal readonly unsafe struct GruCell<TVector, TOps, TGate, TActivation>(
    int units, PackedMatrix gateKernel, PackedMatrix candidateKernel, TGate gate, TActivation activation) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TGate : struct, IVectorActivation
    where TActivation : struct, IVectorActivation
{
    public int OutputSize => units;

    public bool HasCellState => false;

    /// <summary>z and r * h_{t-1}, and what the products take.</summary>
    public int ScratchPerSequence => 2 * PaddedUnits + Math.Max(gateKernel.ScratchPerSequence, candidateKernel.ScratchPerSequence);

    private int PaddedUnits => candidateKernel.Vectors * TOps.Count;

    public void Step(in CellStep step)
    {
        nint stride = PaddedUnits;
        float* update = step.Scratch;
        float* resetHidden = update + step.Batch * stride;
        float* scratch = resetHidden + step.Batch * stride;
        RecurrentProduct<TVector, TOps>.Run(
            gateKernel, step.Projection, step.ProjectionStride, step.Previous, step.PreviousStride, step.Batch, scratch,
            new GruGates<TVector, TOps, TGate>(gate, step.Previous, step.PreviousStride, update, resetHidden, stride));
        RecurrentProduct<TVector, TOps>.Run(
            candidateKernel, step.Projection + gateKernel.Vectors * TOps.Count, step.ProjectionStride, resetHidden, stride, step.Batch, scratch,
            new GruCandidate<TVector, TOps, TActivation>(activation, update, stride, step.Previous, step.PreviousStride, step.Next, step.NextStride));
    }
}

/// <summary>
/// A whole GRU step with the reset gate after the product. A panel holds z, r and the recurrent half of the candidate of one block of units; the
/// third sum starts from the candidate's recurrent bias and the input's half is added behind the reset gate.
/// </summary>
internal readonly unsafe struct GruResetAfter<TVector, TOps, TGate, TActivation>(
    TGate gate, TActivation activation, float* recurrentBias, float* projection, nint projectionStride, float* previous, nint previousStride, float* next, nint nextStride)
    : IEpilogue<TVector>
    where TOps : struct, IVectorOps<TVector>
    where TGate : struct, IVectorActivation
    where TActivation : struct, IVectorActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Start(float* initial, int panelVector, int vector)
        => panelVector == 2 ? TOps.Load(recurrentBias + vector / 3 * TOps.Count) : TOps.Load(initial);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TPanel>(int vector, int row, TVector s0, TVector s1, TVector s2, TVector s3)
        where TPanel : struct, IPanel
    {
        nint lanes = TOps.Count;
        nint unit = vector / 3 * lanes;
        TVector reset = gate.Apply<TVector, TOps>(s1);
        TVector input = TOps.Load(projection + row * projectionStride + (vector + 2) * lanes);
        TVector candidate = activation.Apply<TVector, TOps>(TOps.MultiplyAdd(reset, s2, input));
        TVector update = gate.Apply<TVector, TOps>(s0);
        TVector h = TOps.Load(previous + row * previousStride + unit);
        TOps.Store(next + row * nextStride + unit, VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.MultiplyAdd(update, TOps.Subtract(h, candidate), candidate)));
    }
}

/// <summary>The cell of <see cref="Gru"/> with the reset gate after the recurrent product.</summary>
internal readonly unsafe struct GruResetAfterCell<TVector, TOps, TGate, TActivation>(
    int units, PackedMatrix recurrentKernel, AlignedBuffer recurrentBias, TGate gate, TActivation activation) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TGate : struct, IVectorActivation
    where TActivation : struct, IVectorActivation
{
    public int OutputSize => units;

    public bool HasCellState => false;

    public int ScratchPerSequence => recurrentKernel.ScratchPerSequence;

    public void Step(in CellStep step)
        => RecurrentProduct<TVector, TOps>.Run(
            recurrentKernel, step.Projection, step.ProjectionStride, step.Previous, step.PreviousStride, step.Batch, step.Scratch,
            new GruResetAfter<TVector, TOps, TGate, TActivation>(
                gate, activation, recurrentBias.Pointer, step.Projection, step.ProjectionStride, step.Previous, step.PreviousStride, step.Next, step.NextStride));
}
