namespace NativeRnn.Kernels;

/// <summary>
/// y = start + M x for one or many rows x: the input projection of a stretch of time steps, the recurrent product of one step, a dense
/// layer. A sum is two chains of multiply-adds, one over the even columns that begins with the start value and one over the odd columns
/// that begins with zero, added at the end: an order that depends on nothing but the number of columns, so that a row's result is the
/// same at every width and in every batch, and two chains for each vector of a panel, enough to hide the latency of the multiply-add.
/// </summary>
internal static unsafe class MatrixProduct<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    /// <summary>Computes the rows.</summary>
    /// <param name="matrix">M.</param>
    /// <param name="start">What the first row's sums start from, in the order of the lanes.</param>
    /// <param name="startStride">Floats from one row's start to the next one's; 0 for one that all rows share.</param>
    /// <param name="x">The first row of x; <see cref="PackedMatrix.Columns"/> floats each are read.</param>
    /// <param name="xStride">Floats from one row to the next; may be negative.</param>
    /// <param name="y">Receives the rows of y, in the order of the lanes; may be <paramref name="start"/>.</param>
    /// <param name="yStride">Floats from one row of y to the next.</param>
    /// <param name="rows">How many.</param>
    /// <param name="scratch">Working memory, <see cref="PackedMatrix.ScratchSize"/> floats.</param>
    /// <param name="isBackward">
    /// Whether to go from the last panel to the first. A matrix larger than a cache that is walked forward and backward in turn finds the panels there
    /// that it left last; always forward it finds none.
    /// </param>
    public static void Run(
        PackedMatrix matrix, float* start, nint startStride, float* x, nint xStride, float* y, nint yStride, int rows, float* scratch,
        bool isBackward = false)
    {
        if (matrix.Quantized is not null)
        {
            QuantizedProduct<TVector, TOps>.Run(matrix.Quantized, start, startStride, x, xStride, y, yStride, rows, scratch);
            return;
        }

        nint columns = matrix.Columns;
        int panels = (matrix.Vectors - 1) / matrix.VectorsPerPanel + 1;
        for (int i = 0; i < panels; i++)
        {
            int vector = (isBackward ? panels - 1 - i : i) * matrix.VectorsPerPanel;
            int vectors = Math.Min(matrix.VectorsPerPanel, matrix.Vectors - vector);
            nint lanes = vector * TOps.Count;
            float* weights = matrix.Weights + lanes * columns;
            float* panelStart = start + lanes;
            float* panelY = y + lanes;
            int row = 0;
            for (; row + 2 <= rows; row += 2)
            {
                TwoRows(
                    vectors, weights, columns, panelStart + row * startStride, startStride, x + row * xStride, xStride, panelY + row * yStride, yStride);
            }

            if (row < rows)
                OneRow(vectors, weights, columns, panelStart + row * startStride, x + row * xStride, panelY + row * yStride);
        }
    }

    private static void OneRow(int vectors, float* weights, nint columns, float* start, float* x, float* y)
    {
        switch (vectors)
        {
            case 1:
                OneRow<Panel1>(weights, columns, start, x, y);
                break;
            case 2:
                OneRow<Panel2>(weights, columns, start, x, y);
                break;
            case 3:
                OneRow<Panel3>(weights, columns, start, x, y);
                break;
            case 4:
                OneRow<Panel4>(weights, columns, start, x, y);
                break;
            case 5:
                OneRow<Panel5>(weights, columns, start, x, y);
                break;
            case 6:
                OneRow<Panel6>(weights, columns, start, x, y);
                break;
            case 7:
                OneRow<Panel7>(weights, columns, start, x, y);
                break;
            default:
                OneRow<Panel8>(weights, columns, start, x, y);
                break;
        }
    }

    /// <summary>A panel for two rows, which share each read of the weights; by halves where the sums would not fit the registers.</summary>
    private static void TwoRows(int vectors, float* weights, nint columns, float* start, nint startStride, float* x, nint xStride, float* y, nint yStride)
    {
        nint step = vectors * TOps.Count;
        int part = vectors <= TOps.PairPanelVectors ? vectors : (vectors + 1) / 2;
        for (int vector = 0; vector < vectors; vector += part)
        {
            nint lanes = vector * TOps.Count;
            switch (Math.Min(part, vectors - vector))
            {
                case 1:
                    TwoRows<Panel1>(weights + lanes, step, columns, start + lanes, startStride, x, xStride, y + lanes, yStride);
                    break;
                case 2:
                    TwoRows<Panel2>(weights + lanes, step, columns, start + lanes, startStride, x, xStride, y + lanes, yStride);
                    break;
                case 3:
                    TwoRows<Panel3>(weights + lanes, step, columns, start + lanes, startStride, x, xStride, y + lanes, yStride);
                    break;
                case 4:
                    TwoRows<Panel4>(weights + lanes, step, columns, start + lanes, startStride, x, xStride, y + lanes, yStride);
                    break;
                case 5:
                    TwoRows<Panel5>(weights + lanes, step, columns, start + lanes, startStride, x, xStride, y + lanes, yStride);
                    break;
                default:
                    TwoRows<Panel6>(weights + lanes, step, columns, start + lanes, startStride, x, xStride, y + lanes, yStride);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneRow<TPanel>(float* weights, nint columns, float* start, float* x, float* y)
        where TPanel : struct, IPanel
    {
        nint step = TPanel.Vectors * TOps.Count;
        TVector zero = TOps.Broadcast(0f);
        TVector a0 = Start<TPanel>(start, 0), a1 = Start<TPanel>(start, 1), a2 = Start<TPanel>(start, 2), a3 = Start<TPanel>(start, 3);
        TVector a4 = Start<TPanel>(start, 4), a5 = Start<TPanel>(start, 5), a6 = Start<TPanel>(start, 6), a7 = Start<TPanel>(start, 7);
        TVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
        nint j = 0;
        for (; j + 2 <= columns; j += 2)
        {
            Column<TPanel>(weights, TOps.Broadcast(x[j]), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
            Column<TPanel>(weights + step, TOps.Broadcast(x[j + 1]), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
            weights += 2 * step;
        }

        if (j < columns)
            Column<TPanel>(weights, TOps.Broadcast(x[j]), ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);

        Store<TPanel>(y, 0, a0, b0);
        Store<TPanel>(y, 1, a1, b1);
        Store<TPanel>(y, 2, a2, b2);
        Store<TPanel>(y, 3, a3, b3);
        Store<TPanel>(y, 4, a4, b4);
        Store<TPanel>(y, 5, a5, b5);
        Store<TPanel>(y, 6, a6, b6);
        Store<TPanel>(y, 7, a7, b7);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TwoRows<TPanel>(float* weights, nint step, nint columns, float* start, nint startStride, float* x, nint xStride, float* y, nint yStride)
        where TPanel : struct, IPanel
    {
        float* otherX = x + xStride;
        float* otherStart = start + startStride;
        TVector zero = TOps.Broadcast(0f);
        TVector a0 = Start<TPanel>(start, 0), a1 = Start<TPanel>(start, 1), a2 = Start<TPanel>(start, 2);
        TVector a3 = Start<TPanel>(start, 3), a4 = Start<TPanel>(start, 4), a5 = Start<TPanel>(start, 5);
        TVector c0 = Start<TPanel>(otherStart, 0), c1 = Start<TPanel>(otherStart, 1), c2 = Start<TPanel>(otherStart, 2);
        TVector c3 = Start<TPanel>(otherStart, 3), c4 = Start<TPanel>(otherStart, 4), c5 = Start<TPanel>(otherStart, 5);
        TVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero;
        TVector d0 = zero, d1 = zero, d2 = zero, d3 = zero, d4 = zero, d5 = zero;
        nint j = 0;
        for (; j + 2 <= columns; j += 2)
        {
            TVector u = TOps.Broadcast(x[j]), v = TOps.Broadcast(otherX[j]);
            SharedColumn<TPanel>(weights, u, v, ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5);
            u = TOps.Broadcast(x[j + 1]);
            v = TOps.Broadcast(otherX[j + 1]);
            SharedColumn<TPanel>(weights + step, u, v, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref d0, ref d1, ref d2, ref d3, ref d4, ref d5);
            weights += 2 * step;
        }

        if (j < columns)
        {
            TVector u = TOps.Broadcast(x[j]), v = TOps.Broadcast(otherX[j]);
            SharedColumn<TPanel>(weights, u, v, ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5);
        }

        Store<TPanel>(y, 0, a0, b0);
        Store<TPanel>(y, 1, a1, b1);
        Store<TPanel>(y, 2, a2, b2);
        Store<TPanel>(y, 3, a3, b3);
        Store<TPanel>(y, 4, a4, b4);
        Store<TPanel>(y, 5, a5, b5);
        y += yStride;
        Store<TPanel>(y, 0, c0, d0);
        Store<TPanel>(y, 1, c1, d1);
        Store<TPanel>(y, 2, c2, d2);
        Store<TPanel>(y, 3, c3, d3);
        Store<TPanel>(y, 4, c4, d4);
        Store<TPanel>(y, 5, c5, d5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Start<TPanel>(float* start, int vector)
        where TPanel : struct, IPanel
        => vector < TPanel.Vectors ? TOps.Load(start + vector * TOps.Count) : TOps.Broadcast(0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TPanel>(float* y, int vector, TVector even, TVector odd)
        where TPanel : struct, IPanel
    {
        if (vector < TPanel.Vectors)
            TOps.Store(y + vector * TOps.Count, TOps.Add(even, odd));
    }

    /// <summary>Adds one column's products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TPanel>(
        float* weights, TVector x, ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3, ref TVector s4, ref TVector s5, ref TVector s6, ref TVector s7)
        where TPanel : struct, IPanel
    {
        nint lanes = TOps.Count;
        s0 = TOps.MultiplyAdd(TOps.Load(weights), x, s0);
        if (TPanel.Vectors > 1)
            s1 = TOps.MultiplyAdd(TOps.Load(weights + lanes), x, s1);
        if (TPanel.Vectors > 2)
            s2 = TOps.MultiplyAdd(TOps.Load(weights + 2 * lanes), x, s2);
        if (TPanel.Vectors > 3)
            s3 = TOps.MultiplyAdd(TOps.Load(weights + 3 * lanes), x, s3);
        if (TPanel.Vectors > 4)
            s4 = TOps.MultiplyAdd(TOps.Load(weights + 4 * lanes), x, s4);
        if (TPanel.Vectors > 5)
            s5 = TOps.MultiplyAdd(TOps.Load(weights + 5 * lanes), x, s5);
        if (TPanel.Vectors > 6)
            s6 = TOps.MultiplyAdd(TOps.Load(weights + 6 * lanes), x, s6);
        if (TPanel.Vectors > 7)
            s7 = TOps.MultiplyAdd(TOps.Load(weights + 7 * lanes), x, s7);
    }

    /// <summary>Adds one column's products for two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SharedColumn<TPanel>(
        float* weights, TVector x, TVector otherX,
        ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3, ref TVector s4, ref TVector s5,
        ref TVector t0, ref TVector t1, ref TVector t2, ref TVector t3, ref TVector t4, ref TVector t5)
        where TPanel : struct, IPanel
    {
        nint lanes = TOps.Count;
        TVector w = TOps.Load(weights);
        s0 = TOps.MultiplyAdd(w, x, s0);
        t0 = TOps.MultiplyAdd(w, otherX, t0);
        if (TPanel.Vectors > 1)
        {
            w = TOps.Load(weights + lanes);
            s1 = TOps.MultiplyAdd(w, x, s1);
            t1 = TOps.MultiplyAdd(w, otherX, t1);
        }

        if (TPanel.Vectors > 2)
        {
            w = TOps.Load(weights + 2 * lanes);
            s2 = TOps.MultiplyAdd(w, x, s2);
            t2 = TOps.MultiplyAdd(w, otherX, t2);
        }

        if (TPanel.Vectors > 3)
        {
            w = TOps.Load(weights + 3 * lanes);
            s3 = TOps.MultiplyAdd(w, x, s3);
            t3 = TOps.MultiplyAdd(w, otherX, t3);
        }

        if (TPanel.Vectors > 4)
        {
            w = TOps.Load(weights + 4 * lanes);
            s4 = TOps.MultiplyAdd(w, x, s4);
            t4 = TOps.MultiplyAdd(w, otherX, t4);
        }

        if (TPanel.Vectors > 5)
        {
            w = TOps.Load(weights + 5 * lanes);
            s5 = TOps.MultiplyAdd(w, x, s5);
            t5 = TOps.MultiplyAdd(w, otherX, t5);
        }
    }
}
