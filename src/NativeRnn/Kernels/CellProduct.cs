namespace NativeRnn.Kernels;

/// <summary>
/// The sums of a cell's gates and what becomes of them. For one sequence a panel's sums are finished before the next panel's, which are computed
/// while the first ones wait for their activations.
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
        if (step.Batch == 1 && gates.Panels.Length > 0)
            RunOne(epilogue, step, gates, sums, hidden);
        else
            RunInMemory(epilogue, step, gates, sums, hidden, hiddenStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunOne(in TEpilogue epilogue, in CellStep step, GateSums gates, float* sums, float* hidden)
    {
        float* input = step.Input;
        float* start = input == null ? sums : gates.Bias.Pointer;
        ReadOnlySpan<WeightPanel> panels = gates.Panels;
        for (int i = 0; i < panels.Length; i++)
        {
            ref readonly WeightPanel panel = ref panels[step.IsBackward ? panels.Length - 1 - i : i];
            nint unit = panel.Offset / TEpilogue.Gates;
            RunPanel(epilogue, step, panel, unit, start + panel.Offset, input, hidden);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunPanel(in TEpilogue epilogue, in CellStep step, in WeightPanel panel, nint unit, float* start, float* input, float* hidden)
    {
        switch (TEpilogue.Gates)
        {
            case 1 when panel.Vectors == 4:
                RunPanel<Panel4>(epilogue, step, panel, unit, start, input, hidden);
                break;
            case 1 when panel.Vectors == 3:
                RunPanel<Panel3>(epilogue, step, panel, unit, start, input, hidden);
                break;
            case 1:
                RunPanel<Panel1, Panel2>(epilogue, step, panel, unit, start, input, hidden);
                break;
            case 2:
                RunPanel<Panel2, Panel4>(epilogue, step, panel, unit, start, input, hidden);
                break;
            case 3:
                RunPanel<Panel3, Panel6>(epilogue, step, panel, unit, start, input, hidden);
                break;
            default:
                RunPanel<Panel4, Panel8>(epilogue, step, panel, unit, start, input, hidden);
                break;
        }
    }

    /// <summary>Computes a panel of one block or two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunPanel<TOne, TTwo>(
        in TEpilogue epilogue, in CellStep step, in WeightPanel panel, nint unit, float* start, float* input, float* hidden)
        where TOne : struct, IPanel
        where TTwo : struct, IPanel
    {
        if (panel.Vectors == TTwo.Vectors)
            RunPanel<TTwo>(epilogue, step, panel, unit, start, input, hidden);
        else
            RunPanel<TOne>(epilogue, step, panel, unit, start, input, hidden);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunPanel<TPanel>(in TEpilogue epilogue, in CellStep step, in WeightPanel panel, nint unit, float* start, float* input, float* hidden)
        where TPanel : struct, IPanel
    {
        nint lanes = TOps.Count;
        TVector s0 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 0), s1 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 1);
        TVector s2 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 2), s3 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 3);
        TVector s4 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 4), s5 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 5);
        TVector s6 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 6), s7 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 7);
        if (input != null)
            MatrixProduct<TVector, TOps>.Add<TPanel>(panel.InputWeights, panel.InputColumns, input, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7);

        float* candidateBias = panel.CandidateBias;
        if (TPanel.Vectors % 3 == 0 && candidateBias != null)
        {
            float* candidateInput = step.Scratch + unit;
            s2 = MatrixProduct<TVector, TOps>.Exchange(candidateInput, candidateBias, s2);
            if (TPanel.Vectors > 3)
                s5 = MatrixProduct<TVector, TOps>.Exchange(candidateInput + TOps.Count, candidateBias + TOps.Count, s5);
        }

        MatrixProduct<TVector, TOps>.Add<TPanel>(panel.Weights, panel.Columns, hidden, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7);

        epilogue.Finish<TPanel>(step, 0, unit, s0, s1, s2, s3, s4, s5, s6, s7);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
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
            RunPairs(step, gates, sums, hidden, hiddenStride);
        }

        for (nint row = 0; row < step.Batch; row++)
            Finish(epilogue, step, row, sums + row * step.ProjectionStride, gates.Length);
    }

    private static void RunPairs(in CellStep step, GateSums gates, float* sums, float* hidden, nint hiddenStride)
    {
        bool hasInput = step.Input != null;
        RowPair rows = default;
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
            int row = 0;
            for (; row + 2 <= step.Batch; row += 2)
            {
                MatrixProduct<TVector, TOps>.TwoRows(panel, rows);
                rows.Advance();
            }

            if (row < step.Batch)
                MatrixProduct<TVector, TOps>.TwoRows(panel, rows.Single());
        }
    }

    /// <summary>Lets the epilogue finish the sums of a sequence that lie in memory.</summary>
    public static void Finish(in TEpilogue epilogue, in CellStep step, nint row, float* sums, nint length)
    {
        switch (TEpilogue.Gates)
        {
            case 1:
                Finish<Panel1, Panel2>(epilogue, step, row, sums, length);
                break;
            case 2:
                Finish<Panel2, Panel4>(epilogue, step, row, sums, length);
                break;
            case 3:
                Finish<Panel3, Panel6>(epilogue, step, row, sums, length);
                break;
            default:
                Finish<Panel4, Panel8>(epilogue, step, row, sums, length);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TOne, TTwo>(in TEpilogue epilogue, in CellStep step, nint row, float* sums, nint length)
        where TOne : struct, IPanel
        where TTwo : struct, IPanel
    {
        nint lanes = TOps.Count;
        nint blocks = length / (TOne.Vectors * lanes);
        FinishPanels<TTwo>(epilogue, step, row, 0, blocks / 2, sums);
        if (blocks % 2 != 0)
            FinishPanels<TOne>(epilogue, step, row, (blocks - 1) * lanes, 1, sums + (blocks - 1) * TOne.Vectors * lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FinishPanels<TPanel>(in TEpilogue epilogue, in CellStep step, nint row, nint unit, nint panels, float* sums)
        where TPanel : struct, IPanel
    {
        nint lanes = TOps.Count;
        for (float* end = sums + panels * TPanel.Vectors * lanes; sums < end; sums += TPanel.Vectors * lanes)
        {
            epilogue.Finish<TPanel>(
                step, row, unit, MatrixProduct<TVector, TOps>.Start<TPanel>(sums, 0), MatrixProduct<TVector, TOps>.Start<TPanel>(sums, 1),
                MatrixProduct<TVector, TOps>.Start<TPanel>(sums, 2), MatrixProduct<TVector, TOps>.Start<TPanel>(sums, 3),
                MatrixProduct<TVector, TOps>.Start<TPanel>(sums, 4), MatrixProduct<TVector, TOps>.Start<TPanel>(sums, 5),
                MatrixProduct<TVector, TOps>.Start<TPanel>(sums, 6), MatrixProduct<TVector, TOps>.Start<TPanel>(sums, 7));
            unit += TPanel.Vectors / TEpilogue.Gates * lanes;
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
