namespace NativeRnn.Kernels;

/// <summary>The cell of <see cref="Gru"/> with the reset gate before the recurrent product: z and r first, then the candidate.</summary>
internal readonly unsafe struct GruCell<TVector, TOps, TGate, TActivation>(int units, GateSums gates, GateSums candidate, TGate gate, TActivation activation) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TGate : struct, IVectorGate
    where TActivation : struct, IVectorActivation
{
    private readonly ResetEpilogue _reset = new(gate);
    private readonly UpdateEpilogue _update = new(gate, activation);

    public int OutputSize => units;

    public bool HasCellState => false;

    public GateSums[] Sums => [gates, candidate];

    /// <summary>r * h_{t-1}.</summary>
    public int ScratchPerSequence => candidate.Length;

    public long ProductScratchSize(int batch) => Math.Max(gates.Recurrent.ScratchSize(batch), candidate.Recurrent.ScratchSize(batch));

    public void Step(in CellStep step)
    {
        CellProduct<TVector, TOps, ResetEpilogue>.Run(_reset, step, gates, step.Projection, step.Previous, step.PreviousStride);
        CellProduct<TVector, TOps, UpdateEpilogue>.Run(_update, step, candidate, step.Projection + gates.Length, step.Scratch, step.ScratchStride);
    }

    /// <summary>r * h_{t-1}; what depends on the update gate alone waits in place of the sums until the candidate is there.</summary>
    private readonly struct ResetEpilogue(TGate gate) : IEpilogue<TVector>
    {
        public static int Gates => 2;

        public static int Passes => 1;

        public static bool FinishesLast => false;

        /// <summary>Everything waits for the reset gates; the update gates fill the time until they are there.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Finish<TPanel>(
            in CellStep step, nint unit, bool finishes, float* sums, TVector s0, TVector s1, TVector s2, TVector s3, TVector s4, TVector s5, TVector s6, TVector s7)
            where TPanel : struct, IPanel
        {
            Reset(step, 0, unit, s1);
            if (TPanel.Vectors > 2)
                Reset(step, 0, unit + TOps.Count, s3);
            Update(step, 0, unit, s0);
            if (TPanel.Vectors > 2)
                Update(step, 0, unit + TOps.Count, s2);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Pass(int pass, in CellStep step, nint row, nint unit, float* sums)
        {
            Reset(step, row, unit, TOps.Load(sums + TOps.Count));
            Update(step, row, unit, TOps.Load(sums));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Reset(in CellStep step, nint row, nint unit, TVector sum)
        {
            TVector h = TOps.Load(step.Previous + row * step.PreviousStride + unit);
            TOps.Store(step.Scratch + row * step.ScratchStride + unit, gate.Scale<TVector, TOps>(sum, VectorMath<TVector, TOps>.ZeroWhereTiny(h)));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Update(in CellStep step, nint row, nint unit, TVector sum)
        {
            gate.Prepare<TVector, TOps>(sum, out TVector first, out TVector second);
            float* prepared = step.Projection + row * step.ProjectionStride + 2 * unit;
            TOps.Store(prepared, first);
            TOps.Store(prepared + TOps.Count, second);
        }
    }

    /// <summary>h = n + z (h_{t-1} - n).</summary>
    private readonly struct UpdateEpilogue(TGate gate, TActivation activation) : IEpilogue<TVector>
    {
        public static int Gates => 1;

        public static int Passes => 1;

        public static bool FinishesLast => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Finish(in CellStep step, nint row, nint unit, TVector sum)
        {
            float* prepared = step.Projection + row * step.ProjectionStride + 2 * unit;
            TVector h = TOps.Load(step.Previous + row * step.PreviousStride + unit);
            activation.Fraction<TVector, TOps>(sum, out TVector numerator, out TVector denominator);
            h = gate.Interpolate<TVector, TOps>(TOps.Load(prepared), TOps.Load(prepared + TOps.Count), numerator, denominator, h);
            TOps.Store(step.Next + row * step.NextStride + unit, h);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Finish<TPanel>(
            in CellStep step, nint unit, bool finishes, float* sums, TVector s0, TVector s1, TVector s2, TVector s3, TVector s4, TVector s5, TVector s6, TVector s7)
            where TPanel : struct, IPanel
        {
            Finish(step, 0, unit, s0);
            if (TPanel.Vectors > 1)
                Finish(step, 0, unit + TOps.Count, s1);
            if (TPanel.Vectors > 2)
                Finish(step, 0, unit + 2 * TOps.Count, s2);
            if (TPanel.Vectors > 3)
                Finish(step, 0, unit + 3 * TOps.Count, s3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Pass(int pass, in CellStep step, nint row, nint unit, float* sums) => Finish(step, row, unit, TOps.Load(sums));
    }
}

/// <summary>
/// The cell of <see cref="Gru"/> with the reset gate after the recurrent product, which gives all three sums; only the recurrent half of the candidate's
/// passes the reset gate.
/// </summary>
internal readonly unsafe struct GruResetAfterCell<TVector, TOps, TGate, TActivation>(
    int units, GateSums sums, TGate gate, TActivation activation) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TGate : struct, IVectorGate
    where TActivation : struct, IVectorActivation
{
    private readonly Epilogue _epilogue = new(gate, activation);

    public int OutputSize => units;

    public bool HasCellState => false;

    public GateSums[] Sums => [sums];

    /// <summary>The input half of the candidate's sum.</summary>
    public int ScratchPerSequence => sums.Length / 3;

    public long ProductScratchSize(int batch) => sums.Recurrent.ScratchSize(batch);

    public void Step(in CellStep step)
        => CellProduct<TVector, TOps, Epilogue>.Run(_epilogue, step, sums, step.Projection, step.Previous, step.PreviousStride);

    /// <summary>n = tanh(input half + r * recurrent half), h = n + z (h_{t-1} - n).</summary>
    private readonly struct Epilogue(TGate gate, TActivation activation) : IEpilogue<TVector>
    {
        public static int Gates => 3;

        public static int Passes => 2;

        public static bool FinishesLast => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Finish(in CellStep step, nint unit, bool finishes, float* sums, TVector update, TVector reset, TVector recurrentHalf)
        {
            TVector candidate = Candidate(step, 0, unit, reset, recurrentHalf);
            if (finishes)
            {
                Update(step, unit, update, candidate);
            }
            else
            {
                TOps.Store(sums, update);
                TOps.Store(sums + 2 * TOps.Count, candidate);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TVector Candidate(in CellStep step, nint row, nint unit, TVector reset, TVector recurrentHalf)
            => TOps.MultiplyAdd(gate.ApplyOrZero<TVector, TOps>(reset), recurrentHalf, TOps.Load(step.Scratch + row * step.ScratchStride + unit));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Update(in CellStep step, nint unit, TVector update, TVector candidate)
        {
            gate.Prepare<TVector, TOps>(update, out TVector first, out TVector second);
            Update(step, 0, unit, first, second, candidate);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Update(in CellStep step, nint row, nint unit, TVector first, TVector second, TVector candidate)
        {
            TVector h = TOps.Load(step.Previous + row * step.PreviousStride + unit);
            activation.Fraction<TVector, TOps>(candidate, out TVector numerator, out TVector denominator);
            h = gate.Interpolate<TVector, TOps>(first, second, numerator, denominator, h);
            TOps.Store(step.Next + row * step.NextStride + unit, h);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Finish<TPanel>(
            in CellStep step, nint unit, bool finishes, float* sums, TVector s0, TVector s1, TVector s2, TVector s3, TVector s4, TVector s5, TVector s6, TVector s7)
            where TPanel : struct, IPanel
        {
            Finish(step, unit, finishes, sums, s0, s1, s2);
            if (TPanel.Vectors > 3)
                Finish(step, unit + TOps.Count, finishes, sums + 3 * TOps.Count, s3, s4, s5);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Pass(int pass, in CellStep step, nint row, nint unit, float* sums)
        {
            float* candidate = sums + 2 * TOps.Count;
            if (pass == 0)
            {
                TOps.Store(candidate, Candidate(step, row, unit, TOps.Load(sums + TOps.Count), TOps.Load(candidate)));
                gate.Prepare<TVector, TOps>(TOps.Load(sums), out TVector first, out TVector second);
                TOps.Store(sums, first);
                TOps.Store(sums + TOps.Count, second);
            }
            else if (pass == 1)
            {
                Update(step, unit, TOps.Load(sums), TOps.Load(candidate));
            }
            else
            {
                Update(step, row, unit, TOps.Load(sums), TOps.Load(sums + TOps.Count), TOps.Load(candidate));
            }
        }
    }
}
