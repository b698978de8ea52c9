namespace NativeRnn.Kernels;

/// <summary>
/// The cell of <see cref="Gru"/> with the reset gate before the recurrent product. The lanes of a projection are z and r of every block of units, then
/// the candidates.
/// </summary>
internal readonly unsafe struct GruCell<TVector, TOps, TGate, TActivation>(
    int units, PackedMatrix gateKernel, PackedMatrix candidateKernel, TGate gate, TActivation activation) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TGate : struct, IVectorActivation
    where TActivation : struct, IVectorActivation
{
    public int OutputSize => units;

    public bool HasCellState => false;

    /// <summary>r * h_{t-1}.</summary>
    public int ScratchPerSequence => PaddedUnits;

    private int PaddedUnits => candidateKernel.Vectors * TOps.Count;

    public long ProductScratchSize(int batch) => Math.Max(gateKernel.ScratchSize(batch), candidateKernel.ScratchSize(batch));

    public void Step(in CellStep step)
    {
        float* candidate = step.Projection + gateKernel.Vectors * TOps.Count;
        MatrixProduct<TVector, TOps>.Run(
            gateKernel, step.Projection, step.ProjectionStride, step.Previous, step.PreviousStride, step.Projection, step.ProjectionStride, step.Batch,
            step.ProductScratch, step.IsBackward);
        Reset(step);
        MatrixProduct<TVector, TOps>.Run(
            candidateKernel, candidate, step.ProjectionStride, step.Scratch, PaddedUnits, candidate, step.ProjectionStride, step.Batch,
            step.ProductScratch, step.IsBackward);
        Update(step, candidate);
    }

    /// <summary>r * h_{t-1}; the update gate waits until the candidate is there.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Reset(in CellStep step)
    {
        nint lanes = TOps.Count;
        nint stride = PaddedUnits;
        for (int row = 0; row < step.Batch; row++)
        {
            float* gates = step.Projection + row * step.ProjectionStride;
            float* previous = step.Previous + row * step.PreviousStride;
            float* resetHidden = step.Scratch + row * stride;
            for (nint unit = 0; unit < stride; unit += lanes, gates += 2 * lanes)
            {
                TVector reset = gate.Apply<TVector, TOps>(TOps.Load(gates + lanes));
                TOps.Store(resetHidden + unit, VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.Multiply(reset, TOps.Load(previous + unit))));
            }
        }
    }

    /// <summary>h = n + z (h_{t-1} - n).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Update(in CellStep step, float* candidates)
    {
        nint lanes = TOps.Count;
        for (int row = 0; row < step.Batch; row++, candidates += step.ProjectionStride)
        {
            float* gates = step.Projection + row * step.ProjectionStride;
            float* previous = step.Previous + row * step.PreviousStride;
            float* next = step.Next + row * step.NextStride;
            for (nint unit = 0; unit < PaddedUnits; unit += lanes, gates += 2 * lanes)
            {
                TVector update = gate.Apply<TVector, TOps>(TOps.Load(gates));
                TVector candidate = activation.Apply<TVector, TOps>(TOps.Load(candidates + unit));
                TVector h = TOps.Load(previous + unit);
                TOps.Store(next + unit, VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.MultiplyAdd(update, TOps.Subtract(h, candidate), candidate)));
            }
        }
    }
}

/// <summary>
/// The cell of <see cref="Gru"/> with the reset gate after the recurrent product. The lanes of the projection and of the product are z, r and the candidate
/// of every block of units. The product starts from zero for z and r and from the recurrent bias for the candidate, whose input half joins behind the reset gate.
/// </summary>
internal readonly unsafe struct GruResetAfterCell<TVector, TOps, TGate, TActivation>(
    int units, PackedMatrix recurrentKernel, AlignedBuffer recurrentBias, TGate gate, TActivation activation) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TGate : struct, IVectorActivation
    where TActivation : struct, IVectorActivation
{
    public int OutputSize => units;

    public bool HasCellState => false;

    /// <summary>The product's sums.</summary>
    public int ScratchPerSequence => recurrentKernel.Vectors * TOps.Count;

    public long ProductScratchSize(int batch) => recurrentKernel.ScratchSize(batch);

    public void Step(in CellStep step)
    {
        MatrixProduct<TVector, TOps>.Run(
            recurrentKernel, recurrentBias.Pointer, 0, step.Previous, step.PreviousStride, step.Scratch, ScratchPerSequence, step.Batch,
            step.ProductScratch, step.IsBackward);
        Update(step);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Update(in CellStep step)
    {
        nint lanes = TOps.Count;
        nint width = ScratchPerSequence;
        float* sums = step.Scratch;
        for (int row = 0; row < step.Batch; row++)
        {
            float* projection = step.Projection + row * step.ProjectionStride;
            float* previous = step.Previous + row * step.PreviousStride;
            float* next = step.Next + row * step.NextStride;
            for (float* end = sums + width; sums < end; sums += 3 * lanes, projection += 3 * lanes, previous += lanes, next += lanes)
            {
                TVector reset = gate.Apply<TVector, TOps>(TOps.Add(TOps.Load(sums + lanes), TOps.Load(projection + lanes)));
                TVector update = gate.Apply<TVector, TOps>(TOps.Add(TOps.Load(sums), TOps.Load(projection)));
                TVector candidate = activation.Apply<TVector, TOps>(
                    TOps.MultiplyAdd(reset, TOps.Load(sums + 2 * lanes), TOps.Load(projection + 2 * lanes)));
                TVector h = TOps.Load(previous);
                TOps.Store(next, VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.MultiplyAdd(update, TOps.Subtract(h, candidate), candidate)));
            }
        }
    }
}
