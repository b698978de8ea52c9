namespace NativeRnn.Kernels;

/// <summary>
/// The sums of a cell's gates and what becomes of them. For one sequence a panel's sums never leave the registers before the epilogue has them, and the next
/// panel's are computed while it waits for its activations; those of several sequences, and of quantised weights, are all computed first.
/// </summary>
internal static unsafe class CellProduct<TVector, TOps, TEpilogue>
    where TOps : struct, IVectorOps<TVector>
    where TEpilogue : struct, IEpilogue<TVector>
{
    /// <summary>Computes one time step.</summary>
    /// <param name="epilogue">What becomes of the sums.</param>
    /// <param name="step">The time step.</param>
    /// <param name="gates">The weights.</param>
    /// <param name="sums">
    /// Receives the sums of the first sequence, those of the others <see cref="CellStep.ProjectionStride"/> apart; holds b + U x unless the step has its input.
    /// </param>
    /// <param name="hidden">What W is multiplied with.</param>
    /// <param name="hiddenStride">Floats from one sequence's to the next one's.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(in TEpilogue epilogue, in CellStep step, GateSums gates, float* sums, float* hidden, nint hiddenStride)
    {
        ReadOnlySpan<WeightPanel> panels = gates.Panels;
        if (step.Batch == 1 && panels.Length > 0)
            RunOne(epilogue, step, gates, panels, sums, hidden);
        else
            RunInMemory(epilogue, step, gates, sums, hidden, hiddenStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunOne(in TEpilogue epilogue, in CellStep step, GateSums gates, ReadOnlySpan<WeightPanel> panels, float* sums, float* hidden)
    {
        float* input = step.Input;
        float* start = input == null ? sums : gates.Bias.Pointer;
        bool isOnePass = TEpilogue.Passes == 1 || gates.WaitsForWeights;
        int direction = step.IsBackward ? -1 : 1;
        int i = step.IsBackward ? panels.Length - 1 : 0;
        for (int left = panels.Length - 1; left >= 0; left--)
        {
            ref readonly WeightPanel panel = ref panels[i];
            RunPanel(epilogue, step, panel, isOnePass || (TEpilogue.FinishesLast && left == 0), start + panel.Offset, input, hidden, sums + panel.Offset);
            // The panel before has nothing left to wait for: its second pass fills the waits of this one's first.
            if (!isOnePass && left < panels.Length - 1)
                SecondPass(epilogue, step, panels[i - direction], sums);
            i += direction;
        }

        if (!isOnePass && !TEpilogue.FinishesLast)
            SecondPass(epilogue, step, panels[i - direction], sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunPanel(in TEpilogue epilogue, in CellStep step, in WeightPanel panel, bool finishes, float* start, float* input, float* hidden, float* sums)
    {
        switch (TEpilogue.Gates)
        {
            case 1 when panel.HasFourChains:
                RunPanelInFourChains(epilogue, step, panel, finishes, start, input, hidden, sums);
                break;
            case 1 when panel.Vectors == 4:
                RunPanel<Panel4>(epilogue, step, panel, finishes, start, input, hidden, sums);
                break;
            case 1 when panel.Vectors == 3:
                RunPanel<Panel3>(epilogue, step, panel, finishes, start, input, hidden, sums);
                break;
            case 1:
                RunPanel<Panel1, Panel2>(epilogue, step, panel, finishes, start, input, hidden, sums);
                break;
            case 2:
                RunPanel<Panel2, Panel4>(epilogue, step, panel, finishes, start, input, hidden, sums);
                break;
            case 3:
                RunPanel<Panel3, Panel6>(epilogue, step, panel, finishes, start, input, hidden, sums);
                break;
            default:
                RunPanel<Panel4, Panel8>(epilogue, step, panel, finishes, start, input, hidden, sums);
                break;
        }
    }

    /// <summary>Sums of one gate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunPanelInFourChains(in TEpilogue epilogue, in CellStep step, in WeightPanel panel, bool finishes, float* start, float* input, float* hidden, float* sums)
    {
        switch (panel.Vectors)
        {
            case 1:
                RunPanelInFourChains<Panel1>(epilogue, step, panel, finishes, start, input, hidden, sums);
                break;
            case 2:
                RunPanelInFourChains<Panel2>(epilogue, step, panel, finishes, start, input, hidden, sums);
                break;
            case 3:
                RunPanelInFourChains<Panel3>(epilogue, step, panel, finishes, start, input, hidden, sums);
                break;
            default:
                RunPanelInFourChains<Panel4>(epilogue, step, panel, finishes, start, input, hidden, sums);
                break;
        }
    }

    /// <summary>Computes a panel of one block or two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunPanel<TOne, TTwo>(
        in TEpilogue epilogue, in CellStep step, in WeightPanel panel, bool finishes, float* start, float* input, float* hidden, float* sums)
        where TOne : struct, IPanel
        where TTwo : struct, IPanel
    {
        if (panel.Vectors == TTwo.Vectors)
            RunPanel<TTwo>(epilogue, step, panel, finishes, start, input, hidden, sums);
        else
            RunPanel<TOne>(epilogue, step, panel, finishes, start, input, hidden, sums);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunPanel<TPanel>(in TEpilogue epilogue, in CellStep step, in WeightPanel panel, bool finishes, float* start, float* input, float* hidden, float* sums)
        where TPanel : struct, IPanel
    {
        TVector s0 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 0), s1 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 1);
        TVector s2 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 2), s3 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 3);
        TVector s4 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 4), s5 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 5);
        TVector s6 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 6), s7 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 7);
        TVector zero = TOps.Broadcast(0f);
        TVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
        if (input != null)
        {
            MatrixProduct<TVector, TOps>.Add<TPanel>(
                panel.InputWeights, panel.InputColumns, input, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        }

        float* candidateBias = panel.CandidateBias;
        if (TPanel.Vectors % 3 == 0 && candidateBias != null)
        {
            float* candidateInput = step.Scratch + panel.Offset / TEpilogue.Gates;
            MatrixProduct<TVector, TOps>.Exchange(candidateInput, candidateBias, ref s2, ref b2);
            if (TPanel.Vectors > 3)
                MatrixProduct<TVector, TOps>.Exchange(candidateInput + TOps.Count, candidateBias + TOps.Count, ref s5, ref b5);
        }

        MatrixProduct<TVector, TOps>.Add<TPanel>(
            panel.Weights, panel.Columns, hidden, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        MatrixProduct<TVector, TOps>.AddChains<TPanel>(ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, b0, b1, b2, b3, b4, b5, b6, b7);
        epilogue.Finish<TPanel>(step, panel.Offset / TEpilogue.Gates, finishes, sums, s0, s1, s2, s3, s4, s5, s6, s7);
    }

    /// <summary>The same with four chains for each sum, of units that have one: so few vectors would leave the multiply-adds waiting for each other.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunPanelInFourChains<TPanel>(
        in TEpilogue epilogue, in CellStep step, in WeightPanel panel, bool finishes, float* start, float* input, float* hidden, float* sums)
        where TPanel : struct, IPanel
    {
        TVector s0 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 0), s1 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 1);
        TVector s2 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 2), s3 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 3);
        TVector zero = TOps.Broadcast(0f);
        TVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, t0 = zero, t1 = zero, t2 = zero, t3 = zero, d0 = zero, d1 = zero, d2 = zero, d3 = zero;
        MatrixProduct<TVector, TOps>.AddToFour<TPanel>(
            panel.InputWeights, panel.InputColumns, input, ref s0, ref s1, ref s2, ref s3, ref b0, ref b1, ref b2, ref b3, ref t0, ref t1, ref t2, ref t3, ref d0, ref d1, ref d2, ref d3);
        MatrixProduct<TVector, TOps>.AddToFour<TPanel>(
            panel.Weights, panel.Columns, hidden, ref s0, ref s1, ref s2, ref s3, ref b0, ref b1, ref b2, ref b3, ref t0, ref t1, ref t2, ref t3, ref d0, ref d1, ref d2, ref d3);
        epilogue.Finish<TPanel>(
            step, panel.Offset, finishes, sums, MatrixProduct<TVector, TOps>.AddChains(s0, b0, t0, d0), MatrixProduct<TVector, TOps>.AddChains(s1, b1, t1, d1),
            MatrixProduct<TVector, TOps>.AddChains(s2, b2, t2, d2), MatrixProduct<TVector, TOps>.AddChains(s3, b3, t3, d3), zero, zero, zero, zero);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SecondPass(in TEpilogue epilogue, in CellStep step, in WeightPanel panel, float* sums)
        => Pass(1, epilogue, step, 0, panel.Offset / TEpilogue.Gates, sums + panel.Offset, panel.Vectors * TOps.Count);

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunInMemory(in TEpilogue epilogue, in CellStep step, GateSums gates, float* sums, float* hidden, nint hiddenStride)
    {
        if (gates.Recurrent.Quantized is { } matrix)
        {
            if (gates.CandidateBias is { } candidateBias)
                SeparateCandidates(step, sums, gates.Length, candidateBias.Pointer);
            QuantizedProduct<TVector, TOps>.Run(
                matrix, sums, step.ProjectionStride, hidden, hiddenStride, sums, step.ProjectionStride, step.Batch, step.ProductScratch, step.IsBackward);
        }
        else
        {
            RunRows(step, gates, sums, hidden, hiddenStride);
        }

        Finish(epilogue, step, sums, step.ProjectionStride, gates.Length);
    }

    private static void RunRows(in CellStep step, GateSums gates, float* sums, float* hidden, nint hiddenStride)
    {
        bool hasInput = step.Input != null;
        RowGroup rows = default;
        rows.StartStride = hasInput ? 0 : step.ProjectionStride;
        rows.InputStride = hasInput ? step.InputStride : 0;
        rows.XStride = hiddenStride;
        rows.YStride = step.ProjectionStride;
        rows.CandidateStride = step.ScratchStride;
        ReadOnlySpan<WeightPanel> panels = gates.Panels;
        for (int i = 0; i < panels.Length; i++)
        {
            ref readonly WeightPanel panel = ref panels[step.IsBackward ? panels.Length - 1 - i : i];
            rows.Start = (hasInput ? gates.Bias.Pointer : sums) + panel.Offset;
            rows.Input = step.Input;
            rows.X = hidden;
            rows.Y = sums + panel.Offset;
            rows.CandidateInput = step.Scratch + panel.Offset / TEpilogue.Gates;
            RowGroupProduct<TVector, TOps>.Run(panel, rows, step.Batch);
        }
    }

    /// <summary>Lets the epilogue finish sums that lie in memory, those of the sequences some floats apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finish(in TEpilogue epilogue, in CellStep step, float* sums, nint stride, nint length)
    {
        for (nint row = 0; row < step.Batch; row++)
            Pass(0, epilogue, step, row, 0, sums + row * stride, length);
        if (TEpilogue.Passes > 1)
        {
            for (nint row = 0; row < step.Batch; row++)
                Pass(2, epilogue, step, row, 0, sums + row * stride, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(int pass, in TEpilogue epilogue, in CellStep step, nint row, nint unit, float* sums, nint length)
    {
        for (float* end = sums + length; sums < end; sums += TEpilogue.Gates * TOps.Count)
        {
            epilogue.Pass(pass, step, row, unit, sums);
            unit += TOps.Count;
        }
    }

    /// <summary>Takes b + U x of the candidates away and puts what their recurrent halves start from in its place.</summary>
    private static void SeparateCandidates(in CellStep step, float* sums, nint length, float* candidateBias)
    {
        nint lanes = TOps.Count;
        for (nint row = 0; row < step.Batch; row++)
        {
            float* candidate = sums + row * step.ProjectionStride + 2 * lanes;
            float* scratch = step.Scratch + row * step.ScratchStride;
            for (nint unit = 0; 3 * unit < length; unit += lanes, candidate += 3 * lanes)
            {
                TOps.Store(scratch + unit, TOps.Load(candidate));
                TOps.Store(candidate, TOps.Load(candidateBias + unit));
            }
        }
    }
}
