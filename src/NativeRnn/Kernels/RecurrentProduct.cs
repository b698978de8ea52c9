namespace NativeRnn.Kernels;

/// <summary>
/// One time step of s = start + R h for a batch of sequences, each panel handed to an epilogue. A sum is two chains of multiply-adds,
/// one over the even columns that begins with the start value and one over the odd columns that begins with zero, added at the
/// end: enough independent chains to hide the latency of the multiply-add, in an order that depends on nothing but the number of columns.
/// </summary>
internal static unsafe class RecurrentProduct<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    /// <summary>Computes one step.</summary>
    /// <param name="matrix">R.</param>
    /// <param name="initial">The starts in the order of the lanes, one row a sequence.</param>
    /// <param name="initialStride">Floats from one sequence's starts to the next one's.</param>
    /// <param name="state">h; <see cref="PackedMatrix.Columns"/> floats are read for each sequence.</param>
    /// <param name="stateStride">Floats from one sequence's h to the next one's.</param>
    /// <param name="batch">The number of sequences.</param>
    /// <param name="scratch">Working memory, <see cref="PackedMatrix.ScratchPerSequence"/> floats for each sequence.</param>
    /// <param name="epilogue">Takes the sums.</param>
    public static void Run<TEpilogue>(
        PackedMatrix matrix, float* initial, nint initialStride, float* state, nint stateStride, int batch, float* scratch, in TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<TVector>
    {
        float* weights = matrix.Weights;
        nint columns = matrix.Columns;
        int sharers = batch;
        if (matrix.Quantized is not null)
        {
            // The sums are the weights of a matrix of one column, another one for each sequence, which the sums' factor multiplies.
            float* prepared = scratch + (nint)batch * matrix.Lanes;
            QuantizedProduct<TVector, TOps>.Multiply(matrix.Quantized, state, stateStride, scratch, matrix.Lanes, batch, prepared);
            weights = scratch;
            columns = 1;
            state = prepared;
            stateStride = matrix.Quantized.PreparedStride;
            sharers = 1;
        }

        for (int row = 0; row < batch; row += sharers)
        {
            Panels(matrix, weights, columns, initial, initialStride, state, stateStride, row, row + sharers, epilogue);
            weights += matrix.Lanes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Panels<TEpilogue>(
        PackedMatrix matrix, float* weights, nint columns, float* initial, nint initialStride, float* state, nint stateStride, int firstRow, int endRow,
        in TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<TVector>
    {
        for (int vector = 0; vector < matrix.Vectors; vector += matrix.VectorsPerPanel)
        {
            nint lanes = vector * TOps.Count;
            float* panel = weights + lanes * columns;
            float* start = initial + lanes;
            switch (Math.Min(matrix.VectorsPerPanel, matrix.Vectors - vector))
            {
                case 1:
                    Panel<Panel1, TEpilogue>(panel, columns, vector, start, initialStride, state, stateStride, firstRow, endRow, epilogue);
                    break;
                case 2:
                    Panel<Panel2, TEpilogue>(panel, columns, vector, start, initialStride, state, stateStride, firstRow, endRow, epilogue);
                    break;
                case 3:
                    Panel<Panel3, TEpilogue>(panel, columns, vector, start, initialStride, state, stateStride, firstRow, endRow, epilogue);
                    break;
                default:
                    Panel<Panel4, TEpilogue>(panel, columns, vector, start, initialStride, state, stateStride, firstRow, endRow, epilogue);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Panel<TPanel, TEpilogue>(
        float* weights, nint columns, int vector, float* start, nint startStride, float* h, nint stride, int firstRow, int endRow, in TEpilogue epilogue)
        where TPanel : struct, IPanel
        where TEpilogue : struct, IEpilogue<TVector>
    {
        int row = firstRow;
        for (; row + 2 <= endRow; row += 2)
            TwoSequences<TPanel, TEpilogue>(weights, columns, vector, row, start + row * startStride, startStride, h + row * stride, stride, epilogue);
        if (row < endRow)
            OneSequence<TPanel, TEpilogue>(weights, columns, vector, row, start + row * startStride, h + row * stride, epilogue);
    }

    /// <summary>One panel for one sequence: both chains at once.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneSequence<TPanel, TEpilogue>(float* weights, nint columns, int vector, int row, float* start, float* h, in TEpilogue epilogue)
        where TPanel : struct, IPanel
        where TEpilogue : struct, IEpilogue<TVector>
    {
        nint lanes = TOps.Count;
        nint step = TPanel.Vectors * lanes;
        TVector zero = TOps.Broadcast(0f);
        TVector a0 = epilogue.Start(start, 0, vector);
        TVector a1 = TPanel.Vectors > 1 ? epilogue.Start(start + lanes, 1, vector) : zero;
        TVector a2 = TPanel.Vectors > 2 ? epilogue.Start(start + 2 * lanes, 2, vector) : zero;
        TVector a3 = TPanel.Vectors > 3 ? epilogue.Start(start + 3 * lanes, 3, vector) : zero;
        TVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        nint j = 0;
        for (; j + 4 <= columns; j += 4)
        {
            TOps.BroadcastFour(h + j, out TVector h0, out TVector h1, out TVector h2, out TVector h3);
            Column<TPanel>(weights, h0, ref a0, ref a1, ref a2, ref a3);
            Column<TPanel>(weights + step, h1, ref b0, ref b1, ref b2, ref b3);
            Column<TPanel>(weights + 2 * step, h2, ref a0, ref a1, ref a2, ref a3);
            Column<TPanel>(weights + 3 * step, h3, ref b0, ref b1, ref b2, ref b3);
            weights += 4 * step;
        }

        if (j + 2 <= columns)
        {
            Column<TPanel>(weights, TOps.Broadcast(h[j]), ref a0, ref a1, ref a2, ref a3);
            Column<TPanel>(weights + step, TOps.Broadcast(h[j + 1]), ref b0, ref b1, ref b2, ref b3);
            weights += 2 * step;
            j += 2;
        }

        if (j < columns)
            Column<TPanel>(weights, TOps.Broadcast(h[j]), ref a0, ref a1, ref a2, ref a3);

        epilogue.Apply<TPanel>(vector, row, TOps.Add(a0, b0), TOps.Add(a1, b1), TOps.Add(a2, b2), TOps.Add(a3, b3));
    }

    /// <summary>Adds one column's products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TPanel>(float* weights, TVector h, ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3)
        where TPanel : struct, IPanel
    {
        nint lanes = TOps.Count;
        s0 = TOps.MultiplyAdd(TOps.Load(weights), h, s0);
        if (TPanel.Vectors > 1)
            s1 = TOps.MultiplyAdd(TOps.Load(weights + lanes), h, s1);
        if (TPanel.Vectors > 2)
            s2 = TOps.MultiplyAdd(TOps.Load(weights + 2 * lanes), h, s2);
        if (TPanel.Vectors > 3)
            s3 = TOps.MultiplyAdd(TOps.Load(weights + 3 * lanes), h, s3);
    }

    /// <summary>
    /// One panel for two sequences, which share each read of the weights: one chain after the other, for both at once would take more
    /// registers than there are at 256 bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TwoSequences<TPanel, TEpilogue>(
        float* weights, nint columns, int vector, int row, float* start, nint startStride, float* h, nint stride, in TEpilogue epilogue)
        where TPanel : struct, IPanel
        where TEpilogue : struct, IEpilogue<TVector>
    {
        nint lanes = TOps.Count;
        TVector zero = TOps.Broadcast(0f);
        TVector a0 = epilogue.Start(start, 0, vector);
        TVector a1 = TPanel.Vectors > 1 ? epilogue.Start(start + lanes, 1, vector) : zero;
        TVector a2 = TPanel.Vectors > 2 ? epilogue.Start(start + 2 * lanes, 2, vector) : zero;
        TVector a3 = TPanel.Vectors > 3 ? epilogue.Start(start + 3 * lanes, 3, vector) : zero;
        start += startStride;
        TVector b0 = epilogue.Start(start, 0, vector);
        TVector b1 = TPanel.Vectors > 1 ? epilogue.Start(start + lanes, 1, vector) : zero;
        TVector b2 = TPanel.Vectors > 2 ? epilogue.Start(start + 2 * lanes, 2, vector) : zero;
        TVector b3 = TPanel.Vectors > 3 ? epilogue.Start(start + 3 * lanes, 3, vector) : zero;
        Chain<TPanel>(weights, 0, columns, h, stride, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);

        TVector c0 = zero, c1 = zero, c2 = zero, c3 = zero, d0 = zero, d1 = zero, d2 = zero, d3 = zero;
        Chain<TPanel>(weights, 1, columns, h, stride, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3);
        a0 = TOps.Add(a0, c0);
        a1 = TOps.Add(a1, c1);
        a2 = TOps.Add(a2, c2);
        a3 = TOps.Add(a3, c3);
        b0 = TOps.Add(b0, d0);
        b1 = TOps.Add(b1, d1);
        b2 = TOps.Add(b2, d2);
        b3 = TOps.Add(b3, d3);
        // A loop, not two copies: those share their constants and run out of registers, and a spilled vector may cross a cache line.
        for (int end = row + 2; row < end; row++)
        {
            epilogue.Apply<TPanel>(vector, row, a0, a1, a2, a3);
            a0 = b0;
            a1 = b1;
            a2 = b2;
            a3 = b3;
        }
    }

    /// <summary>Adds the even or the odd columns' products for two sequences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Chain<TPanel>(
        float* weights, nint column, nint columns, float* h, nint stride,
        ref TVector a0, ref TVector a1, ref TVector a2, ref TVector a3, ref TVector b0, ref TVector b1, ref TVector b2, ref TVector b3)
        where TPanel : struct, IPanel
    {
        nint lanes = TOps.Count;
        nint step = TPanel.Vectors * lanes;
        weights += column * step;
        float* other = h + stride;
        TVector s0 = a0, s1 = a1, s2 = a2, s3 = a3, t0 = b0, t1 = b1, t2 = b2, t3 = b3;
        for (; column < columns; column += 2)
        {
            TVector x = TOps.Broadcast(h[column]);
            TVector y = TOps.Broadcast(other[column]);
            TVector w = TOps.Load(weights);
            s0 = TOps.MultiplyAdd(w, x, s0);
            t0 = TOps.MultiplyAdd(w, y, t0);
            if (TPanel.Vectors > 1)
            {
                w = TOps.Load(weights + lanes);
                s1 = TOps.MultiplyAdd(w, x, s1);
                t1 = TOps.MultiplyAdd(w, y, t1);
            }

            if (TPanel.Vectors > 2)
            {
                w = TOps.Load(weights + 2 * lanes);
                s2 = TOps.MultiplyAdd(w, x, s2);
                t2 = TOps.MultiplyAdd(w, y, t2);
            }

            if (TPanel.Vectors > 3)
            {
                w = TOps.Load(weights + 3 * lanes);
                s3 = TOps.MultiplyAdd(w, x, s3);
                t3 = TOps.MultiplyAdd(w, y, t3);
            }

            weights += 2 * step;
        }

        a0 = s0;
        a1 = s1;
        a2 = s2;
        a3 = s3;
        b0 = t0;
        b1 = t1;
        b2 = t2;
        b3 = t3;
    }
}
