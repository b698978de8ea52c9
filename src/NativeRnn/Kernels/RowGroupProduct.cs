namespace NativeRnn.Kernels;

/// <summary>
/// The product of one panel with several rows, which share each read of its weights: the part of <see cref="MatrixProduct{TVector, TOps}"/> for more rows than one. A sum
/// has the same chains as that of a single row, so that it is the same to the bit.
/// </summary>
internal static unsafe class RowGroupProduct<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    /// <summary>Weights of a panel from which on sharing each read among four rows pays whatever else it costs: 16 KiB.</summary>
    private const int LargePanel = 1 << 12;

    /// <summary>A panel for some rows, four or two at a time, which share each read of the weights.</summary>
    public static void Run(in WeightPanel panel, in RowGroup rows, int count)
    {
        int inFours = 0;
        // The first condition is a constant: widths that never take four rows carry no code for them.
        if (TOps.FourRowPanelVectors > 0 && AreBetterInFours(panel, count))
        {
            inFours = count / 4 * 4;
            RunInFours(panel, rows, inFours);
        }

        if (inFours < count)
            RunInTwos(panel, rows, inFours, count);
    }

    /// <summary>
    /// Whether rows are better taken four at a time. A large panel is then read half as often. In a small one four rows of three vectors take fewer loads for each
    /// multiply-add than two rows of as many vectors as there are registers for (four to six); but the first four rows wait for more of what
    /// the step before computed last, which for few rows costs more than it saves.
    /// </summary>
    private static bool AreBetterInFours(in WeightPanel panel, int count)
    {
        if (panel.HasFourChains || count < 4)
            return false;
        bool isLarge = panel.Vectors * TOps.Count * panel.Columns > LargePanel;
        return isLarge || (count >= 8 && panel.Vectors is < 4 or > 6);
    }

    /// <summary>Four rows at a time, in parts as narrow as the registers demand. There must be a multiple of four.</summary>
    private static void RunInFours(in WeightPanel panel, in RowGroup rows, int count)
    {
        int vectors = panel.Vectors;
        int parts = (vectors - 1) / TOps.FourRowPanelVectors + 1;
        int part = (vectors - 1) / parts + 1;
        for (int vector = 0; vector < vectors; vector += part)
        {
            nint lanes = vector * TOps.Count;
            switch (Math.Min(part, vectors - vector))
            {
                case 1:
                    RunFourRows<Panel1>(panel, rows, count, lanes);
                    break;
                case 2:
                    RunFourRows<Panel2>(panel, rows, count, lanes);
                    break;
                default:
                    RunFourRows<Panel3>(panel, rows, count, lanes);
                    break;
            }
        }
    }

    /// <summary>The rows from one on, two at a time, in parts where the sums would not fit the registers. A single row at the end is computed twice.</summary>
    private static void RunInTwos(in WeightPanel panel, in RowGroup rows, int first, int count)
    {
        int vectors = panel.Vectors;
        int parts = (vectors - 1) / TOps.TwoRowPanelVectors + 1;
        int part = (vectors - 1) / parts + 1;
        for (int vector = 0; vector < vectors; vector += part)
        {
            nint lanes = vector * TOps.Count;
            switch (Math.Min(part, vectors - vector))
            {
                case 1 when panel.HasFourChains:
                    RunTwoRowsInFourChains<Panel1>(panel, rows, first, count, lanes);
                    break;
                case 1:
                    RunTwoRows<Panel1>(panel, rows, first, count, lanes);
                    break;
                case 2 when panel.HasFourChains:
                    RunTwoRowsInFourChains<Panel2>(panel, rows, first, count, lanes);
                    break;
                case 2:
                    RunTwoRows<Panel2>(panel, rows, first, count, lanes);
                    break;
                case 3 when panel.HasFourChains:
                    RunTwoRowsInFourChains<Panel3>(panel, rows, first, count, lanes);
                    break;
                case 3:
                    RunTwoRows<Panel3>(panel, rows, first, count, lanes);
                    break;
                case 4 when panel.HasFourChains:
                    RunTwoRowsInFourChains<Panel4>(panel, rows, first, count, lanes);
                    break;
                case 4:
                    RunTwoRows<Panel4>(panel, rows, first, count, lanes);
                    break;
                case 5:
                    RunTwoRows<Panel5>(panel, rows, first, count, lanes);
                    break;
                default:
                    RunTwoRows<Panel6>(panel, rows, first, count, lanes);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunFourRows<TPanel>(in WeightPanel panel, in RowGroup rows, int count, nint lanes)
        where TPanel : struct, IPanel
    {
        nint step = panel.Vectors * TOps.Count;
        TVector zero = TOps.Broadcast(0f);
        for (nint row = 0; row < count; row += 4)
        {
            float* start = rows.Start + row * rows.StartStride + lanes;
            TVector s0 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 0), s1 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 1), s2 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 2);
            start += rows.StartStride;
            TVector t0 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 0), t1 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 1), t2 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 2);
            start += rows.StartStride;
            TVector u0 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 0), u1 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 1), u2 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 2);
            start += rows.StartStride;
            TVector v0 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 0), v1 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 1), v2 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 2);
            TVector a0 = zero, a1 = zero, a2 = zero, b0 = zero, b1 = zero, b2 = zero;
            TVector c0 = zero, c1 = zero, c2 = zero, d0 = zero, d1 = zero, d2 = zero;
            if (rows.Input != null)
            {
                AddFourRows<TPanel>(
                    panel.InputWeights + lanes, step, panel.InputColumns, rows.Input + row * rows.InputStride, rows.InputStride,
                    ref s0, ref s1, ref s2, ref t0, ref t1, ref t2, ref u0, ref u1, ref u2, ref v0, ref v1, ref v2,
                    ref a0, ref a1, ref a2, ref b0, ref b1, ref b2, ref c0, ref c1, ref c2, ref d0, ref d1, ref d2);
            }

            if (TPanel.Vectors == 3 && panel.CandidateBias != null)
            {
                float* input = rows.CandidateInput + row * rows.CandidateStride + lanes / 3;
                float* bias = panel.CandidateBias + lanes / 3;
                MatrixProduct<TVector, TOps>.Exchange(input, bias, ref s2, ref a2);
                MatrixProduct<TVector, TOps>.Exchange(input + rows.CandidateStride, bias, ref t2, ref b2);
                MatrixProduct<TVector, TOps>.Exchange(input + 2 * rows.CandidateStride, bias, ref u2, ref c2);
                MatrixProduct<TVector, TOps>.Exchange(input + 3 * rows.CandidateStride, bias, ref v2, ref d2);
            }

            AddFourRows<TPanel>(
                panel.Weights + lanes, step, panel.Columns, rows.X + row * rows.XStride, rows.XStride,
                ref s0, ref s1, ref s2, ref t0, ref t1, ref t2, ref u0, ref u1, ref u2, ref v0, ref v1, ref v2,
                ref a0, ref a1, ref a2, ref b0, ref b1, ref b2, ref c0, ref c1, ref c2, ref d0, ref d1, ref d2);
            float* y = rows.Y + row * rows.YStride + lanes;
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 0, s0, a0);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 1, s1, a1);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 2, s2, a2);
            y += rows.YStride;
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 0, t0, b0);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 1, t1, b1);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 2, t2, b2);
            y += rows.YStride;
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 0, u0, c0);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 1, u1, c1);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 2, u2, c2);
            y += rows.YStride;
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 0, v0, d0);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 1, v1, d1);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 2, v2, d2);
        }
    }

    /// <summary>Adds a panel's product with four rows to the chains: s, t, u and v of the even columns, a, b, c and d of the odd ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFourRows<TPanel>(
        float* weights, nint step, nint columns, float* x, nint stride,
        ref TVector s0, ref TVector s1, ref TVector s2, ref TVector t0, ref TVector t1, ref TVector t2,
        ref TVector u0, ref TVector u1, ref TVector u2, ref TVector v0, ref TVector v1, ref TVector v2,
        ref TVector a0, ref TVector a1, ref TVector a2, ref TVector b0, ref TVector b1, ref TVector b2,
        ref TVector c0, ref TVector c1, ref TVector c2, ref TVector d0, ref TVector d1, ref TVector d2)
        where TPanel : struct, IPanel
    {
        float* third = x + 2 * stride;
        float* last = x + columns - 1;
        for (; x < last; x += 2)
        {
            ColumnForFourRows<TPanel>(weights, x, third, stride, 0, ref s0, ref s1, ref s2, ref t0, ref t1, ref t2, ref u0, ref u1, ref u2, ref v0, ref v1, ref v2);
            ColumnForFourRows<TPanel>(weights + step, x, third, stride, 1, ref a0, ref a1, ref a2, ref b0, ref b1, ref b2, ref c0, ref c1, ref c2, ref d0, ref d1, ref d2);
            weights += 2 * step;
            third += 2;
        }

        if (x == last)
            ColumnForFourRows<TPanel>(weights, x, third, stride, 0, ref s0, ref s1, ref s2, ref t0, ref t1, ref t2, ref u0, ref u1, ref u2, ref v0, ref v1, ref v2);
    }

    /// <summary>Adds one column's products for four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ColumnForFourRows<TPanel>(
        float* weights, float* first, float* third, nint stride, nint column,
        ref TVector s0, ref TVector s1, ref TVector s2, ref TVector t0, ref TVector t1, ref TVector t2,
        ref TVector u0, ref TVector u1, ref TVector u2, ref TVector v0, ref TVector v1, ref TVector v2)
        where TPanel : struct, IPanel
    {
        TVector w0 = TOps.Load(weights);
        TVector w1 = TPanel.Vectors > 1 ? TOps.Load(weights + TOps.Count) : w0;
        TVector w2 = TPanel.Vectors > 2 ? TOps.Load(weights + 2 * TOps.Count) : w0;
        ColumnForRow<TPanel>(first[column], w0, w1, w2, ref s0, ref s1, ref s2);
        ColumnForRow<TPanel>(first[stride + column], w0, w1, w2, ref t0, ref t1, ref t2);
        ColumnForRow<TPanel>(third[column], w0, w1, w2, ref u0, ref u1, ref u2);
        ColumnForRow<TPanel>(third[stride + column], w0, w1, w2, ref v0, ref v1, ref v2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ColumnForRow<TPanel>(float value, TVector w0, TVector w1, TVector w2, ref TVector s0, ref TVector s1, ref TVector s2)
        where TPanel : struct, IPanel
    {
        TVector x = TOps.Broadcast(value);
        s0 = TOps.MultiplyAdd(w0, x, s0);
        if (TPanel.Vectors > 1)
            s1 = TOps.MultiplyAdd(w1, x, s1);
        if (TPanel.Vectors > 2)
            s2 = TOps.MultiplyAdd(w2, x, s2);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunTwoRows<TPanel>(in WeightPanel panel, in RowGroup rows, int first, int count, nint lanes)
        where TPanel : struct, IPanel
    {
        nint step = panel.Vectors * TOps.Count;
        TVector zero = TOps.Broadcast(0f);
        for (nint row = first; row < count; row += 2)
        {
            nint other = row + 1 < count ? row + 1 : row;
            float* start = rows.Start + row * rows.StartStride + lanes;
            TVector s0 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 0), s1 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 1), s2 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 2);
            TVector s3 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 3), s4 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 4), s5 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 5);
            start = rows.Start + other * rows.StartStride + lanes;
            TVector t0 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 0), t1 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 1), t2 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 2);
            TVector t3 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 3), t4 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 4), t5 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 5);
            TVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero;
            TVector d0 = zero, d1 = zero, d2 = zero, d3 = zero, d4 = zero, d5 = zero;
            if (rows.Input != null)
            {
                AddTwoRows<TPanel>(
                    panel.InputWeights + lanes, step, panel.InputColumns, rows.Input + row * rows.InputStride, rows.Input + other * rows.InputStride, 2,
                    ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5,
                    ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref d0, ref d1, ref d2, ref d3, ref d4, ref d5);
            }

            if (TPanel.Vectors % 3 == 0 && panel.CandidateBias != null)
            {
                float* input = rows.CandidateInput + row * rows.CandidateStride + lanes / 3;
                float* otherInput = rows.CandidateInput + other * rows.CandidateStride + lanes / 3;
                float* bias = panel.CandidateBias + lanes / 3;
                MatrixProduct<TVector, TOps>.Exchange(input, bias, ref s2, ref b2);
                MatrixProduct<TVector, TOps>.Exchange(otherInput, bias, ref t2, ref d2);
                if (TPanel.Vectors > 3)
                {
                    MatrixProduct<TVector, TOps>.Exchange(input + TOps.Count, bias + TOps.Count, ref s5, ref b5);
                    MatrixProduct<TVector, TOps>.Exchange(otherInput + TOps.Count, bias + TOps.Count, ref t5, ref d5);
                }
            }

            AddTwoRows<TPanel>(
                panel.Weights + lanes, step, panel.Columns, rows.X + row * rows.XStride, rows.X + other * rows.XStride, 2,
                ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5,
                ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref d0, ref d1, ref d2, ref d3, ref d4, ref d5);
            float* y = rows.Y + row * rows.YStride + lanes;
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 0, s0, b0);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 1, s1, b1);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 2, s2, b2);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 3, s3, b3);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 4, s4, b4);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 5, s5, b5);
            y = rows.Y + other * rows.YStride + lanes;
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 0, t0, d0);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 1, t1, d1);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 2, t2, d2);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 3, t3, d3);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 4, t4, d4);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 5, t5, d5);
        }
    }

    /// <summary>Two rows with four chains a sum, two of them at a time.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunTwoRowsInFourChains<TPanel>(in WeightPanel panel, in RowGroup rows, int first, int count, nint lanes)
        where TPanel : struct, IPanel
    {
        nint step = panel.Vectors * TOps.Count;
        TVector zero = TOps.Broadcast(0f);
        for (nint row = first; row < count; row += 2)
        {
            nint other = row + 1 < count ? row + 1 : row;
            float* start = rows.Start + row * rows.StartStride + lanes;
            TVector s0 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 0), s1 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 1), s2 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 2), s3 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 3);
            start = rows.Start + other * rows.StartStride + lanes;
            TVector t0 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 0), t1 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 1), t2 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 2), t3 = MatrixProduct<TVector, TOps>.Start<TPanel>(start, 3);
            AddHalfToTwoRows<TPanel>(panel, rows, row, other, lanes, 0, ref s0, ref s1, ref s2, ref s3, ref t0, ref t1, ref t2, ref t3);
            TVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, c0 = zero, c1 = zero, c2 = zero, c3 = zero;
            AddHalfToTwoRows<TPanel>(panel, rows, row, other, lanes, 2, ref a0, ref a1, ref a2, ref a3, ref c0, ref c1, ref c2, ref c3);
            float* y = rows.Y + row * rows.YStride + lanes;
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 0, s0, a0);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 1, s1, a1);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 2, s2, a2);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 3, s3, a3);
            y = rows.Y + other * rows.YStride + lanes;
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 0, t0, c0);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 1, t1, c1);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 2, t2, c2);
            MatrixProduct<TVector, TOps>.Store<TPanel>(y, 3, t3, c3);
        }
    }

    /// <summary>Adds to the sums of two rows the columns from one on, two of each four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddHalfToTwoRows<TPanel>(
        in WeightPanel panel, in RowGroup rows, nint row, nint other, nint lanes, nint first,
        ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3, ref TVector t0, ref TVector t1, ref TVector t2, ref TVector t3)
        where TPanel : struct, IPanel
    {
        nint step = panel.Vectors * TOps.Count;
        TVector zero = TOps.Broadcast(0f);
        TVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, d0 = zero, d1 = zero, d2 = zero, d3 = zero;
        lanes += first * step;
        float* input = rows.Input + row * rows.InputStride + first;
        AddTwoRows<TPanel>(
            panel.InputWeights + lanes, step, panel.InputColumns - first, input, rows.Input + other * rows.InputStride + first, 4,
            ref s0, ref s1, ref s2, ref s3, ref s0, ref s0, ref t0, ref t1, ref t2, ref t3, ref t0, ref t0,
            ref b0, ref b1, ref b2, ref b3, ref b0, ref b0, ref d0, ref d1, ref d2, ref d3, ref d0, ref d0);
        float* x = rows.X + row * rows.XStride + first;
        AddTwoRows<TPanel>(
            panel.Weights + lanes, step, panel.Columns - first, x, rows.X + other * rows.XStride + first, 4,
            ref s0, ref s1, ref s2, ref s3, ref s0, ref s0, ref t0, ref t1, ref t2, ref t3, ref t0, ref t0,
            ref b0, ref b1, ref b2, ref b3, ref b0, ref b0, ref d0, ref d1, ref d2, ref d3, ref d0, ref d0);
        MatrixProduct<TVector, TOps>.AddChains<TPanel>(ref s0, ref s1, ref s2, ref s3, ref s0, ref s0, ref s0, ref s0, b0, b1, b2, b3, zero, zero, zero, zero);
        MatrixProduct<TVector, TOps>.AddChains<TPanel>(ref t0, ref t1, ref t2, ref t3, ref t0, ref t0, ref t0, ref t0, d0, d1, d2, d3, zero, zero, zero, zero);
    }

    /// <summary>Adds a panel's product with two rows to the chains of either: s and b of the first, t and d of the second. Of each four columns it may take but two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTwoRows<TPanel>(
        float* weights, nint step, nint columns, float* x, float* otherX, nint every,
        ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3, ref TVector s4, ref TVector s5,
        ref TVector t0, ref TVector t1, ref TVector t2, ref TVector t3, ref TVector t4, ref TVector t5,
        ref TVector b0, ref TVector b1, ref TVector b2, ref TVector b3, ref TVector b4, ref TVector b5,
        ref TVector d0, ref TVector d1, ref TVector d2, ref TVector d3, ref TVector d4, ref TVector d5)
        where TPanel : struct, IPanel
    {
        nint j = 0;
        for (; j + 2 <= columns; j += every)
        {
            ColumnForTwoRows<TPanel>(weights, x + j, otherX + j, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
            ColumnForTwoRows<TPanel>(weights + step, x + j + 1, otherX + j + 1, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref d0, ref d1, ref d2, ref d3, ref d4, ref d5);
            weights += every * step;
        }

        if (j < columns)
            ColumnForTwoRows<TPanel>(weights, x + j, otherX + j, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
    }

    /// <summary>Adds one column's products for two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ColumnForTwoRows<TPanel>(
        float* weights, float* value, float* otherValue,
        ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3, ref TVector s4, ref TVector s5,
        ref TVector t0, ref TVector t1, ref TVector t2, ref TVector t3, ref TVector t4, ref TVector t5)
        where TPanel : struct, IPanel
    {
        TVector x = TOps.Broadcast(*value), otherX = TOps.Broadcast(*otherValue);
        TVector w = TOps.Load(weights);
        s0 = TOps.MultiplyAdd(w, x, s0);
        t0 = TOps.MultiplyAdd(w, otherX, t0);
        if (TPanel.Vectors > 1)
        {
            w = TOps.Load(weights + TOps.Count);
            s1 = TOps.MultiplyAdd(w, x, s1);
            t1 = TOps.MultiplyAdd(w, otherX, t1);
        }

        if (TPanel.Vectors > 2)
        {
            w = TOps.Load(weights + 2 * TOps.Count);
            s2 = TOps.MultiplyAdd(w, x, s2);
            t2 = TOps.MultiplyAdd(w, otherX, t2);
        }

        if (TPanel.Vectors > 3)
        {
            w = TOps.Load(weights + 3 * TOps.Count);
            s3 = TOps.MultiplyAdd(w, x, s3);
            t3 = TOps.MultiplyAdd(w, otherX, t3);
        }

        if (TPanel.Vectors > 4)
        {
            w = TOps.Load(weights + 4 * TOps.Count);
            s4 = TOps.MultiplyAdd(w, x, s4);
            t4 = TOps.MultiplyAdd(w, otherX, t4);
        }

        if (TPanel.Vectors > 5)
        {
            w = TOps.Load(weights + 5 * TOps.Count);
            s5 = TOps.MultiplyAdd(w, x, s5);
            t5 = TOps.MultiplyAdd(w, otherX, t5);
        }
    }
}
