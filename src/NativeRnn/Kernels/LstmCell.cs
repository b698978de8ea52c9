namespace NativeRnn.Kernels;

/// <summary>The cell of <see cref="Lstm"/>: the gates i, f, g, o, or f, g, o with coupled gates.</summary>
internal readonly unsafe struct LstmCell<TVector, TOps, TGate, TActivation>(
    int units, GateSums sums, bool isCoupled, AlignedBuffer? peephole, TGate gate, TActivation activation, TActivation outputActivation) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TGate : struct, IVectorGate
    where TActivation : struct, IVectorActivation
{
    private readonly Epilogue _epilogue = new(peephole, gate, activation, outputActivation);
    private readonly CoupledEpilogue _coupledEpilogue = new(peephole, gate, activation, outputActivation);

    public int OutputSize => units;

    public bool HasCellState => true;

    public GateSums[] Sums => [sums];

    public int ScratchPerSequence => 0;

    public long ProductScratchSize(int batch) => sums.Recurrent.ScratchSize(batch);

    public void Step(in CellStep step)
    {
        if (isCoupled)
            CellProduct<TVector, TOps, CoupledEpilogue>.Run(_coupledEpilogue, step, sums, step.Projection, step.Previous, step.PreviousStride);
        else
            CellProduct<TVector, TOps, Epilogue>.Run(_epilogue, step, sums, step.Projection, step.Previous, step.PreviousStride);
    }

    /// <summary>c = sigma(f) c + sigma(i) tanh(g), h = sigma(o) tanh(c).</summary>
    private readonly struct Epilogue(AlignedBuffer? peephole, TGate gate, TActivation activation, TActivation outputActivation) : IEpilogue<TVector>
    {
        public static int Gates => 4;

        public static int Passes => 2;

        public static bool FinishesLast => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Finish<TPanel>(
            in CellStep step, nint unit, bool finishes, float* sums, TVector s0, TVector s1, TVector s2, TVector s3, TVector s4, TVector s5, TVector s6, TVector s7)
            where TPanel : struct, IPanel
        {
            // Only large cells are finished here, and their panels have one block. Where there are two, the mere choice would cost a small cell 1 %.
            Debug.Assert(!finishes || TPanel.Vectors == Gates);
            if (TPanel.Vectors == Gates && finishes)
            {
                TVector c = Cell(step, unit, s0, s1, s2);
                Output(step, 0, unit, Prepare(unit, s3, c), c);
                return;
            }

            First(step, unit, sums, s0, s1, s2, s3);
            if (TPanel.Vectors > Gates)
                First(step, unit + TOps.Count, sums + Gates * TOps.Count, s4, s5, s6, s7);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void First(in CellStep step, nint unit, float* sums, TVector i, TVector f, TVector g, TVector o)
        {
            TOps.Store(sums + 3 * TOps.Count, o);
            TOps.Store(sums + 2 * TOps.Count, Cell(step, unit, i, f, g));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Pass(int pass, in CellStep step, nint row, nint unit, float* sums)
        {
            float* forget = sums + TOps.Count;
            float* cell = sums + 2 * TOps.Count;
            float* output = sums + 3 * TOps.Count;
            if (pass == 0)
            {
                // Peepholes in memory: a choice between values in registers would cost batches 1 %.
                TVector c = TOps.Load(step.Cell + row * step.CellStride + unit);
                if (peephole is not null)
                {
                    TOps.Store(sums, AddPeephole(unit, 0, c, TOps.Load(sums)));
                    TOps.Store(forget, AddPeephole(unit, 1, c, TOps.Load(forget)));
                }

                c = Cell(c, TOps.Load(sums), TOps.Load(forget), TOps.Load(cell));
                TOps.Store(cell, c);
                if (peephole is not null)
                    TOps.Store(output, AddPeephole(unit, 2, c, TOps.Load(output)));
                TOps.Store(output, gate.Prepare<TVector, TOps>(TOps.Load(output)));
            }
            else
            {
                TVector c = TOps.Load(cell);
                Output(step, row, unit, pass == 2 ? TOps.Load(output) : Prepare(unit, TOps.Load(output), c), c);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TVector Cell(in CellStep step, nint unit, TVector i, TVector f, TVector g)
        {
            TVector c = TOps.Load(step.Cell + unit);
            if (peephole is not null)
            {
                i = AddPeephole(unit, 0, c, i);
                f = AddPeephole(unit, 1, c, f);
            }

            return Cell(c, i, f, g);
        }

        /// <summary>c before <see cref="VectorMath{TVector, TOps}.ZeroWhereTiny(TVector)"/>, for which the output need not wait: that of a tiny c is tiny itself.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TVector Cell(TVector c, TVector i, TVector f, TVector g)
        {
            // The candidate last: its fraction takes less time than a gate's exponential, and in this order windows and batches are 1 % faster.
            TVector input = gate.Prepare<TVector, TOps>(i);
            TVector forget = gate.Prepare<TVector, TOps>(f);
            activation.Fraction<TVector, TOps>(g, out TVector numerator, out TVector denominator);
            return gate.WeightedSum<TVector, TOps>(forget, c, input, numerator, denominator);
        }

        /// <summary>Adds the peephole of gate i (0), f (1) or o (2).</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TVector AddPeephole(nint unit, int index, TVector c, TVector sum) => TOps.MultiplyAdd(peephole!.Pointer + 3 * unit + index * TOps.Count, c, sum);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TVector Prepare(nint unit, TVector o, TVector c)
        {
            if (peephole is not null)
                o = AddPeephole(unit, 2, c, o);
            return gate.Prepare<TVector, TOps>(o);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Output(in CellStep step, nint row, nint unit, TVector prepared, TVector c)
        {
            // Here, because the magnitude of c is at hand.
            TOps.Store(step.Cell + row * step.CellStride + unit, VectorMath<TVector, TOps>.ZeroWhereTiny(c));
            outputActivation.Fraction<TVector, TOps>(c, out TVector numerator, out TVector denominator);
            TVector h = gate.ScaleFraction<TVector, TOps>(prepared, numerator, denominator);
            TOps.Store(step.Next + row * step.NextStride + unit, VectorMath<TVector, TOps>.ZeroWhereTiny(h, outputActivation.TinyWhere<TVector, TOps>(c, numerator)));
        }
    }

    /// <summary>The same with i = 1 - f.</summary>
    private readonly struct CoupledEpilogue(AlignedBuffer? peephole, TGate gate, TActivation activation, TActivation outputActivation) : IEpilogue<TVector>
    {
        public static int Gates => 3;

        public static int Passes => 1;

        public static bool FinishesLast => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Finish(in CellStep step, nint row, nint unit, TVector f, TVector g, TVector o)
        {
            float* cell = step.Cell + row * step.CellStride + unit;
            TVector c = TOps.Load(cell);
            if (peephole is not null)
                f = TOps.MultiplyAdd(peephole.Pointer + 2 * unit, c, f);

            gate.Prepare<TVector, TOps>(f, out TVector first, out TVector second);
            activation.Fraction<TVector, TOps>(g, out TVector numerator, out TVector denominator);
            c = gate.Interpolate<TVector, TOps>(first, second, numerator, denominator, c);
            TOps.Store(cell, c);
            if (peephole is not null)
                o = TOps.MultiplyAdd(peephole.Pointer + 2 * unit + TOps.Count, c, o);

            outputActivation.Fraction<TVector, TOps>(c, out numerator, out denominator);
            TVector h = gate.ScaleFraction<TVector, TOps>(gate.Prepare<TVector, TOps>(o), numerator, denominator);
            TOps.Store(step.Next + row * step.NextStride + unit, VectorMath<TVector, TOps>.ZeroWhereTiny(h, outputActivation.TinyWhere<TVector, TOps>(c, numerator)));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Finish<TPanel>(
            in CellStep step, nint unit, bool finishes, float* sums, TVector s0, TVector s1, TVector s2, TVector s3, TVector s4, TVector s5, TVector s6, TVector s7)
            where TPanel : struct, IPanel
        {
            Finish(step, 0, unit, s0, s1, s2);
            if (TPanel.Vectors > 3)
                Finish(step, 0, unit + TOps.Count, s3, s4, s5);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Pass(int pass, in CellStep step, nint row, nint unit, float* sums)
            => Finish(step, row, unit, TOps.Load(sums), TOps.Load(sums + TOps.Count), TOps.Load(sums + 2 * TOps.Count));
    }
}
