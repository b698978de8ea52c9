namespace NativeRnn.Kernels;

/// <summary>
/// <see cref="MatrixProduct{TVector, TOps}"/> for a matrix of bf16 or int8 weights, written once for both and for every vector width. The order of a
/// sum depends on nothing but the number of columns.
/// </summary>
internal static unsafe class QuantizedProduct<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    /// <summary>Computes the rows; the parameters are those of <see cref="MatrixProduct{TVector, TOps}.Run"/>.</summary>
    public static void Run(
        QuantizedMatrix matrix, float* start, nint startStride, float* x, nint xStride, float* y, nint yStride, int rows, float* scratch, bool isBackward)
    {
        if (matrix.Type == WeightType.BFloat16)
            Run<BFloat16Weights<TVector, TOps>>(matrix, start, startStride, x, xStride, y, yStride, rows, scratch, isBackward);
        else
            Run<Int8Weights<TVector, TOps>>(matrix, start, startStride, x, xStride, y, yStride, rows, scratch, isBackward);
    }

    private static void Run<TWeights>(
        QuantizedMatrix matrix, float* start, nint startStride, float* x, nint xStride, float* y, nint yStride, int rows, float* scratch, bool isBackward)
        where TWeights : struct, IQuantizedWeights<TVector>
    {
        int panels = matrix.Panels;
        for (int row = 0; row < rows; row += QuantizedMatrix.RowsAtATime)
        {
            int count = Math.Min(QuantizedMatrix.RowsAtATime, rows - row);
            for (int i = 0; i < count; i++)
                TWeights.Prepare(x + i * xStride, matrix.Columns, scratch + i * matrix.PreparedStride);
            for (int i = 0; i < panels; i++)
                RunPanel<TWeights>(matrix, isBackward ? panels - 1 - i : i, start, startStride, x, xStride, y, yStride, count, scratch);
            start += count * startStride;
            x += count * xStride;
            y += count * yStride;
        }
    }

    /// <summary>Computes one panel's part of rows that have been made ready; the other parameters are those of <see cref="Run"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunPanel<TWeights>(
        QuantizedMatrix matrix, int panel, float* start, nint startStride, float* x, nint xStride, float* y, nint yStride, int rows, float* prepared)
        where TWeights : struct, IQuantizedWeights<TVector>
    {
        nint preparedStride = matrix.PreparedStride;
        int vector = panel * matrix.VectorsPerPanel;
        int vectors = Math.Min(matrix.VectorsPerPanel, matrix.Vectors - vector);
        nint lanes = vector * TOps.Count;
        nint step = vectors * TWeights.VectorBytes;
        byte* weights = matrix.Weights + vector * TWeights.VectorBytes * matrix.Pairs;
        float* scales = matrix.Scales + (matrix.Scales == null ? 0 : lanes);
        for (int pair = 0; pair < matrix.Pairs; pair += TWeights.BlockPairs)
        {
            // Each block's sum is what the next one's starts from.
            float* from = (pair == 0 ? start : y) + lanes;
            nint fromStride = pair == 0 ? startStride : yStride;
            int pairs = Math.Min(TWeights.BlockPairs, matrix.Pairs - pair);
            bool hasSingle = matrix.Columns % 2 != 0 && pair + pairs == matrix.Pairs;
            Block block = new(weights, step, hasSingle ? pairs - 1 : pairs, hasSingle);
            for (int row = 0; row < rows; row += 2)
            {
                float* rowPrepared = prepared + row * preparedStride;
                float* values = TWeights.Values(x + row * xStride, rowPrepared) + pair * TWeights.ValueStep;
                float* rowFrom = from + row * fromStride;
                float* rowY = y + lanes + row * yStride;
                if (row + 1 < rows)
                {
                    float* otherValues = TWeights.Values(x + (row + 1) * xStride, rowPrepared + preparedStride) + pair * TWeights.ValueStep;
                    TwoRows<TWeights>(block, vectors, values, otherValues, rowFrom, fromStride, scales, rowPrepared, preparedStride, rowY, yStride);
                }
                else
                {
                    OneRow<TWeights>(block, vectors, values, rowFrom, scales, rowPrepared, rowY);
                }
            }

            weights += pairs * step;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OneRow<TWeights>(in Block block, int vectors, float* values, float* start, float* scales, float* prepared, float* y)
        where TWeights : struct, IQuantizedWeights<TVector>
    {
        int vector = 0;
        for (; vector + 8 <= vectors; vector += 8)
            OneRow<TWeights, Panel8>(block, vector, values, start, scales, prepared, y);
        for (; vector + 4 <= vectors; vector += 4)
            OneRow<TWeights, Panel4>(block, vector, values, start, scales, prepared, y);
        for (; vector < vectors; vector++)
            OneRow<TWeights, Panel1>(block, vector, values, start, scales, prepared, y);
    }

    /// <summary>A panel for two rows, two vectors at a time for the sums to fit the registers.</summary>
    private static void TwoRows<TWeights>(
        in Block block, int vectors, float* values, float* otherValues, float* start, nint startStride, float* scales, float* prepared, nint preparedStride,
        float* y, nint yStride)
        where TWeights : struct, IQuantizedWeights<TVector>
    {
        int vector = 0;
        for (; vector + 2 <= vectors; vector += 2)
            TwoRows<TWeights, Panel2>(block, vector, values, otherValues, start, startStride, scales, prepared, preparedStride, y, yStride);
        if (vector < vectors)
            TwoRows<TWeights, Panel1>(block, vector, values, otherValues, start, startStride, scales, prepared, preparedStride, y, yStride);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void OneRow<TWeights, TPanel>(in Block block, int vector, float* values, float* start, float* scales, float* prepared, float* y)
        where TWeights : struct, IQuantizedWeights<TVector>
        where TPanel : struct, IPanel
    {
        start += vector * TOps.Count;
        TVector zero = TOps.Broadcast(0f);
        TVector a0 = Begin<TWeights, TPanel>(start, 0), a1 = Begin<TWeights, TPanel>(start, 1);
        TVector a2 = Begin<TWeights, TPanel>(start, 2), a3 = Begin<TWeights, TPanel>(start, 3);
        TVector a4 = Begin<TWeights, TPanel>(start, 4), a5 = Begin<TWeights, TPanel>(start, 5);
        TVector a6 = Begin<TWeights, TPanel>(start, 6), a7 = Begin<TWeights, TPanel>(start, 7);
        TVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
        byte* weights = block.Weights + vector * TWeights.VectorBytes;
        nint step = block.Step;
        float* end = values + block.Pairs * TWeights.ValueStep;
        if (block.Pairs % 2 != 0)
        {
            TWeights.LoadPair(values, out TVector x0, out TVector x1);
            Pair<TWeights, TPanel>(
                weights, x0, x1, ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7,
                ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
            values += TWeights.ValueStep;
            weights += step;
        }

        // Two pairs a turn: what counts the turns takes the same ports as what computes.
        while (values < end)
        {
            TWeights.LoadPair(values, out TVector x0, out TVector x1);
            Pair<TWeights, TPanel>(
                weights, x0, x1, ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7,
                ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
            TWeights.LoadPair(values + TWeights.ValueStep, out x0, out x1);
            Pair<TWeights, TPanel>(
                weights + step, x0, x1, ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7,
                ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
            values += 2 * TWeights.ValueStep;
            weights += 2 * step;
        }

        if (block.HasSingle)
        {
            TWeights.LoadSingle(values, out TVector x0, out TVector x1);
            Pair<TWeights, TPanel>(
                weights, x0, x1, ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7,
                ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        }

        scales += vector * TOps.Count;
        y += vector * TOps.Count;
        End<TWeights, TPanel>(0, a0, b0, start, scales, prepared, y);
        End<TWeights, TPanel>(1, a1, b1, start, scales, prepared, y);
        End<TWeights, TPanel>(2, a2, b2, start, scales, prepared, y);
        End<TWeights, TPanel>(3, a3, b3, start, scales, prepared, y);
        End<TWeights, TPanel>(4, a4, b4, start, scales, prepared, y);
        End<TWeights, TPanel>(5, a5, b5, start, scales, prepared, y);
        End<TWeights, TPanel>(6, a6, b6, start, scales, prepared, y);
        End<TWeights, TPanel>(7, a7, b7, start, scales, prepared, y);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void TwoRows<TWeights, TPanel>(
        in Block block, int vector, float* values, float* otherValues, float* start, nint startStride, float* scales, float* prepared, nint preparedStride,
        float* y, nint yStride)
        where TWeights : struct, IQuantizedWeights<TVector>
        where TPanel : struct, IPanel
    {
        start += vector * TOps.Count;
        float* otherStart = start + startStride;
        TVector zero = TOps.Broadcast(0f);
        TVector a0 = Begin<TWeights, TPanel>(start, 0), a1 = Begin<TWeights, TPanel>(start, 1), b0 = zero, b1 = zero;
        TVector c0 = Begin<TWeights, TPanel>(otherStart, 0), c1 = Begin<TWeights, TPanel>(otherStart, 1), d0 = zero, d1 = zero;
        byte* weights = block.Weights + vector * TWeights.VectorBytes;
        nint step = block.Step;
        for (float* end = values + block.Pairs * TWeights.ValueStep; values < end; values += TWeights.ValueStep)
        {
            TWeights.LoadPair(values, out TVector x0, out TVector x1);
            TWeights.LoadPair(otherValues, out TVector y0, out TVector y1);
            SharedPair<TWeights, TPanel>(weights, x0, x1, y0, y1, ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1);
            weights += step;
            otherValues += TWeights.ValueStep;
        }

        if (block.HasSingle)
        {
            TWeights.LoadSingle(values, out TVector x0, out TVector x1);
            TWeights.LoadSingle(otherValues, out TVector y0, out TVector y1);
            SharedPair<TWeights, TPanel>(weights, x0, x1, y0, y1, ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1);
        }

        scales += vector * TOps.Count;
        y += vector * TOps.Count;
        End<TWeights, TPanel>(0, a0, b0, start, scales, prepared, y);
        End<TWeights, TPanel>(1, a1, b1, start, scales, prepared, y);
        prepared += preparedStride;
        y += yStride;
        End<TWeights, TPanel>(0, c0, d0, otherStart, scales, prepared, y);
        End<TWeights, TPanel>(1, c1, d1, otherStart, scales, prepared, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Begin<TWeights, TPanel>(float* start, int vector)
        where TWeights : struct, IQuantizedWeights<TVector>
        where TPanel : struct, IPanel
        => vector < TPanel.Vectors ? TWeights.Begin(start + vector * TOps.Count) : TOps.Broadcast(0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End<TWeights, TPanel>(int vector, TVector a, TVector b, float* start, float* scales, float* prepared, float* y)
        where TWeights : struct, IQuantizedWeights<TVector>
        where TPanel : struct, IPanel
    {
        nint lanes = vector * TOps.Count;
        if (vector < TPanel.Vectors)
            TOps.Store(y + lanes, TWeights.End(a, b, start + lanes, scales + lanes, prepared));
    }

    /// <summary>Adds the products of a pair of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair<TWeights, TPanel>(
        byte* weights, TVector x0, TVector x1,
        ref TVector a0, ref TVector a1, ref TVector a2, ref TVector a3, ref TVector a4, ref TVector a5, ref TVector a6, ref TVector a7,
        ref TVector b0, ref TVector b1, ref TVector b2, ref TVector b3, ref TVector b4, ref TVector b5, ref TVector b6, ref TVector b7)
        where TWeights : struct, IQuantizedWeights<TVector>
        where TPanel : struct, IPanel
    {
        TWeights.LoadWeights(weights, out TVector w0, out TVector w1);
        TWeights.MultiplyAdd(w0, w1, x0, x1, ref a0, ref b0);
        if (TPanel.Vectors > 1)
        {
            TWeights.LoadWeights(weights + TWeights.VectorBytes, out w0, out w1);
            TWeights.MultiplyAdd(w0, w1, x0, x1, ref a1, ref b1);
        }

        if (TPanel.Vectors > 2)
        {
            TWeights.LoadWeights(weights + 2 * TWeights.VectorBytes, out w0, out w1);
            TWeights.MultiplyAdd(w0, w1, x0, x1, ref a2, ref b2);
        }

        if (TPanel.Vectors > 3)
        {
            TWeights.LoadWeights(weights + 3 * TWeights.VectorBytes, out w0, out w1);
            TWeights.MultiplyAdd(w0, w1, x0, x1, ref a3, ref b3);
        }

        if (TPanel.Vectors > 4)
        {
            TWeights.LoadWeights(weights + 4 * TWeights.VectorBytes, out w0, out w1);
            TWeights.MultiplyAdd(w0, w1, x0, x1, ref a4, ref b4);
        }

        if (TPanel.Vectors > 5)
        {
            TWeights.LoadWeights(weights + 5 * TWeights.VectorBytes, out w0, out w1);
            TWeights.MultiplyAdd(w0, w1, x0, x1, ref a5, ref b5);
        }

        if (TPanel.Vectors > 6)
        {
            TWeights.LoadWeights(weights + 6 * TWeights.VectorBytes, out w0, out w1);
            TWeights.MultiplyAdd(w0, w1, x0, x1, ref a6, ref b6);
        }

        if (TPanel.Vectors > 7)
        {
            TWeights.LoadWeights(weights + 7 * TWeights.VectorBytes, out w0, out w1);
            TWeights.MultiplyAdd(w0, w1, x0, x1, ref a7, ref b7);
        }
    }

    /// <summary>Adds the products of a pair of columns for two rows, which share each widened weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SharedPair<TWeights, TPanel>(
        byte* weights, TVector x0, TVector x1, TVector y0, TVector y1,
        ref TVector a0, ref TVector a1, ref TVector b0, ref TVector b1, ref TVector c0, ref TVector c1, ref TVector d0, ref TVector d1)
        where TWeights : struct, IQuantizedWeights<TVector>
        where TPanel : struct, IPanel
    {
        TWeights.LoadWeights(weights, out TVector w0, out TVector w1);
        TWeights.MultiplyAdd(w0, w1, x0, x1, ref a0, ref b0);
        TWeights.MultiplyAdd(w0, w1, y0, y1, ref c0, ref d0);
        if (TPanel.Vectors > 1)
        {
            TWeights.LoadWeights(weights + TWeights.VectorBytes, out w0, out w1);
            TWeights.MultiplyAdd(w0, w1, x0, x1, ref a1, ref b1);
            TWeights.MultiplyAdd(w0, w1, y0, y1, ref c1, ref d1);
        }
    }

    /// <summary>Some pairs of columns of one panel.</summary>
    private readonly struct Block(byte* weights, nint step, nint pairs, bool hasSingle)
    {
        /// <summary>The weights of the first pair.</summary>
        public readonly byte* Weights = weights;

        /// <summary>Bytes from one pair to the next.</summary>
        public readonly nint Step = step;

        /// <summary>Pairs of two columns.</summary>
        public readonly nint Pairs = pairs;

        /// <summary>Whether one column without a second follows them.</summary>
        public readonly bool HasSingle = hasSingle;
    }
}
