namespace NativeRnn.Kernels;

/// <summary>
/// The cell of <see cref="Lstm"/>. The lanes of the projection, and so of the sums, are i, f, g, o of every block of units, or f, g, o with
/// coupled gates.
/// </summary>
internal readonly unsafe struct LstmCell<TVector, TOps, TGate, TActivation>(
    int units, PackedMatrix recurrentKernel, bool isCoupled, AlignedBuffer? peephole, TGate gate, TActivation activation, TActivation outputActivation) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TGate : struct, IVectorActivation
    where TActivation : struct, IVectorActivation
{
    public int OutputSize => units;

    public bool HasCellState => true;

    public int ScratchPerSequence => 0;

    public long ProductScratchSize(int batch) => recurrentKernel.ScratchSize(batch);

    public void Step(in CellStep step)
    {
        MatrixProduct<TVector, TOps>.Run(
            recurrentKernel, step.Projection, step.ProjectionStride, step.Previous, step.PreviousStride, step.Projection, step.ProjectionStride, step.Batch,
            step.ProductScratch, step.IsBackward);
        if (isCoupled)
            UpdateCoupled(step);
        else
            Update(step);
    }

    /// <summary>c = sigma(f) c + sigma(i) tanh(g), h = sigma(o) tanh(c).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Update(in CellStep step)
    {
        nint lanes = TOps.Count;
        nint width = recurrentKernel.Vectors * lanes;
        for (int row = 0; row < step.Batch; row++)
        {
            float* sums = step.Projection + row * step.ProjectionStride;
            float* cell = step.Cell + row * step.CellStride;
            float* next = step.Next + row * step.NextStride;
            float* weights = peephole is null ? null : peephole.Pointer;
            for (float* end = sums + width; sums < end; sums += 4 * lanes, cell += lanes, next += lanes)
            {
                TVector i = TOps.Load(sums), f = TOps.Load(sums + lanes), o = TOps.Load(sums + 3 * lanes);
                TVector c = TOps.Load(cell);
                if (weights != null)
                {
                    i = TOps.MultiplyAdd(TOps.Load(weights), c, i);
                    f = TOps.MultiplyAdd(TOps.Load(weights + lanes), c, f);
                }

                activation.Fraction<TVector, TOps>(TOps.Load(sums + 2 * lanes), out TVector numerator, out TVector denominator);
                TVector admitted = gate.Gate<TVector, TOps>(i, numerator, denominator);
                c = VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.MultiplyAdd(gate.Apply<TVector, TOps>(f), c, admitted));
                TOps.Store(cell, c);
                if (weights != null)
                {
                    o = TOps.MultiplyAdd(TOps.Load(weights + 2 * lanes), c, o);
                    weights += 3 * lanes;
                }

                outputActivation.Fraction<TVector, TOps>(c, out numerator, out denominator);
                TOps.Store(next, VectorMath<TVector, TOps>.ZeroWhereTiny(gate.Gate<TVector, TOps>(o, numerator, denominator)));
            }
        }
    }

    /// <summary>The same with i = 1 - f.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void UpdateCoupled(in CellStep step)
    {
        nint lanes = TOps.Count;
        nint width = recurrentKernel.Vectors * lanes;
        for (int row = 0; row < step.Batch; row++)
        {
            float* sums = step.Projection + row * step.ProjectionStride;
            float* cell = step.Cell + row * step.CellStride;
            float* next = step.Next + row * step.NextStride;
            float* weights = peephole is null ? null : peephole.Pointer;
            for (float* end = sums + width; sums < end; sums += 3 * lanes, cell += lanes, next += lanes)
            {
                TVector f = TOps.Load(sums), o = TOps.Load(sums + 2 * lanes);
                TVector c = TOps.Load(cell);
                if (weights != null)
                    f = TOps.MultiplyAdd(TOps.Load(weights), c, f);

                TVector candidate = activation.Apply<TVector, TOps>(TOps.Load(sums + lanes));
                c = VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.MultiplyAdd(gate.Apply<TVector, TOps>(f), TOps.Subtract(c, candidate), candidate));
                TOps.Store(cell, c);
                if (weights != null)
                {
                    o = TOps.MultiplyAdd(TOps.Load(weights + lanes), c, o);
                    weights += 2 * lanes;
                }

                outputActivation.Fraction<TVector, TOps>(c, out TVector numerator, out TVector denominator);
                TOps.Store(next, VectorMath<TVector, TOps>.ZeroWhereTiny(gate.Gate<TVector, TOps>(o, numerator, denominator)));
            }
        }
    }
}
