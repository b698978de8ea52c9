namespace NativeRnn.Kernels;

/// <summary>
/// sums = W x for vectors x and a matrix W of bf16 or int8 weights, written once for both and for every vector width. The order of every sum is
/// fixed by the number of columns, whatever the vectors computed together.
/// </summary>
internal static unsafe class QuantizedProduct<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    /// <summary>Vectors of a projection that share one read of the weights.</summary>
    private const int ProjectedRows = 32;

    /// <summary>Floats of working memory that <see cref="Project"/> takes for a number of rows at most.</summary>
    public static long ProjectScratch(QuantizedMatrix? matrix, long rows)
        => matrix is null ? 0 : Math.Min(rows, ProjectedRows) * matrix.PreparedStride;

    /// <summary>
    /// Computes the sums of several vectors. A sum must then be multiplied by its vector's factor, the first float that
    /// <paramref name="prepared"/> holds for it.
    /// </summary>
    /// <param name="matrix">W.</param>
    /// <param name="input">The first vector; <see cref="QuantizedMatrix.Columns"/> floats each are read.</param>
    /// <param name="inputStride">Floats from one vector to the next; may be negative.</param>
    /// <param name="sums">Receives a row for each, in the order of the lanes.</param>
    /// <param name="sumsStride">Floats from one row to the next.</param>
    /// <param name="rows">The number of vectors.</param>
    /// <param name="prepared">Working memory, <see cref="QuantizedMatrix.PreparedStride"/> floats a vector.</param>
    public static void Multiply(QuantizedMatrix matrix, float* input, nint inputStride, float* sums, nint sumsStride, int rows, float* prepared)
    {
        if (matrix.Type == WeightType.BFloat16)
            Multiply<BFloat16Weights<TVector, TOps>>(matrix, input, inputStride, sums, sumsStride, rows, prepared);
        else
            Multiply<Int8Weights<TVector, TOps>>(matrix, input, inputStride, sums, sumsStride, rows, prepared);
    }

    /// <summary>Computes y = b + W x for many rows; the parameters are those of <see cref="InputProjection{TVector, TOps}.Run"/>.</summary>
    public static void Project(
        QuantizedMatrix matrix, float* bias, float* input, nint inputStride, float* output, nint outputStride, int rows, float* scratch)
    {
        for (int first = 0; first < rows; first += ProjectedRows)
        {
            int count = Math.Min(ProjectedRows, rows - first);
            float* y = output + first * outputStride;
            Multiply(matrix, input + first * inputStride, inputStride, y, outputStride, count, scratch);
            for (int row = 0; row < count; row++)
            {
                TVector factor = TOps.Broadcast(scratch[row * matrix.PreparedStride]);
                for (nint i = 0; i < matrix.Vectors * TOps.Count; i += TOps.Count)
                    TOps.Store(y + row * outputStride + i, TOps.MultiplyAdd(TOps.Load(y + row * outputStride + i), factor, TOps.Load(bias + i)));
            }
        }
    }

    private static void Multiply<TWeights>(
        QuantizedMatrix matrix, float* input, nint inputStride, float* sums, nint sumsStride, int rows, float* prepared)
        where TWeights : struct, IQuantizedWeights<TVector>
    {
        for (int row = 0; row < rows; row++)
            TWeights.Prepare(input + row * inputStride, matrix.Columns, prepared + row * matrix.PreparedStride);

        byte* weights = matrix.Weights;
        for (int vector = 0; vector < matrix.Vectors; vector += QuantizedMatrix.VectorsPerPanel)
        {
            int vectors = Math.Min(QuantizedMatrix.VectorsPerPanel, matrix.Vectors - vector);
            nint step = vectors * TWeights.VectorBytes;
            for (int pair = 0; pair < matrix.Pairs; pair += TWeights.BlockPairs)
            {
                int count = Math.Min(TWeights.BlockPairs, matrix.Pairs - pair);
                bool hasSingle = matrix.Columns % 2 != 0 && pair + count == matrix.Pairs;
                Block block = new(weights, step, matrix.Pairs, hasSingle ? count - 1 : count, hasSingle, isFirst: pair == 0);
                int row = 0;
                for (; row + 2 <= rows; row += 2)
                {
                    float* x = Values(row) + pair;
                    float* y = Values(row + 1) + pair;
                    int i = 0;
                    for (; i + 2 <= vectors; i += 2)
                        TwoRows<TWeights, Panel2>(block, i, x, y, Sums(row, vector + i), sumsStride, Scales(vector + i));
                    if (i < vectors)
                        TwoRows<TWeights, Panel1>(block, i, x, y, Sums(row, vector + i), sumsStride, Scales(vector + i));
                }

                if (row < rows)
                {
                    float* x = Values(row) + pair;
                    int i = 0;
                    for (; i + 4 <= vectors; i += 4)
                        OneRow<TWeights, Panel4>(block, i, x, Sums(row, vector + i), Scales(vector + i));
                    for (; i < vectors; i++)
                        OneRow<TWeights, Panel1>(block, i, x, Sums(row, vector + i), Scales(vector + i));
                }

                weights += count * step;
            }
        }

        float* Values(int row) => TWeights.Values(input + row * inputStride, prepared + row * matrix.PreparedStride);

        float* Sums(int row, int vector) => sums + row * sumsStride + (nint)vector * TOps.Count;

        float* Scales(int vector) => matrix.Scales == null ? null : matrix.Scales + (nint)vector * TOps.Count;
    }

    /// <summary>The sums of up to four vectors of rows for one vector x.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneRow<TWeights, TPanel>(in Block block, nint vector, float* x, float* sums, float* scales)
        where TWeights : struct, IQuantizedWeights<TVector>
        where TPanel : struct, IPanel
    {
        nint lanes = TOps.Count;
        TVector zero = TOps.Broadcast(0f);
        TVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, b0 = zero, b1 = zero, b2 = zero, b3 = zero;
        byte* weights = block.Weights + vector * TWeights.VectorBytes;
        nint step = block.Step, second = block.Second;
        float* end = x + block.Pairs;
        for (; x + 2 <= end; x += 2)
        {
            TWeights.LoadPair(x, second, out TVector x0, out TVector x1);
            OnePair<TWeights, TPanel>(weights, x0, x1, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
            TWeights.LoadPair(x + 1, second, out x0, out x1);
            OnePair<TWeights, TPanel>(weights + step, x0, x1, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
            weights += 2 * step;
        }

        if (x < end)
        {
            TWeights.LoadPair(x++, second, out TVector x0, out TVector x1);
            OnePair<TWeights, TPanel>(weights, x0, x1, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
            weights += step;
        }

        if (block.HasSingle)
        {
            TWeights.LoadSingle(x, out TVector x0, out TVector x1);
            OnePair<TWeights, TPanel>(weights, x0, x1, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
        }

        Store<TWeights>(a0, b0, sums, scales, block.IsFirst);
        if (TPanel.Vectors > 1)
            Store<TWeights>(a1, b1, sums + lanes, scales + lanes, block.IsFirst);
        if (TPanel.Vectors > 2)
            Store<TWeights>(a2, b2, sums + 2 * lanes, scales + 2 * lanes, block.IsFirst);
        if (TPanel.Vectors > 3)
            Store<TWeights>(a3, b3, sums + 3 * lanes, scales + 3 * lanes, block.IsFirst);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OnePair<TWeights, TPanel>(
        byte* weights, TVector x0, TVector x1,
        ref TVector a0, ref TVector a1, ref TVector a2, ref TVector a3, ref TVector b0, ref TVector b1, ref TVector b2, ref TVector b3)
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
    }

    /// <summary>The sums of one or two vectors of rows for two vectors x and y, which share each widened weight.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TwoRows<TWeights, TPanel>(
        in Block block, nint vector, float* x, float* y, float* sums, nint sumsStride, float* scales)
        where TWeights : struct, IQuantizedWeights<TVector>
        where TPanel : struct, IPanel
    {
        nint lanes = TOps.Count;
        TVector zero = TOps.Broadcast(0f);
        TVector a0 = zero, a1 = zero, b0 = zero, b1 = zero, c0 = zero, c1 = zero, d0 = zero, d1 = zero;
        byte* weights = block.Weights + vector * TWeights.VectorBytes;
        nint step = block.Step, second = block.Second;
        for (float* end = x + block.Pairs; x < end; x++)
        {
            TWeights.LoadPair(x, second, out TVector x0, out TVector x1);
            TWeights.LoadPair(y, second, out TVector y0, out TVector y1);
            TwoPairs<TWeights, TPanel>(weights, x0, x1, y0, y1, ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1);
            weights += step;
            y++;
        }

        if (block.HasSingle)
        {
            TWeights.LoadSingle(x, out TVector x0, out TVector x1);
            TWeights.LoadSingle(y, out TVector y0, out TVector y1);
            TwoPairs<TWeights, TPanel>(weights, x0, x1, y0, y1, ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1);
        }

        Store<TWeights>(a0, b0, sums, scales, block.IsFirst);
        Store<TWeights>(c0, d0, sums + sumsStride, scales, block.IsFirst);
        if (TPanel.Vectors > 1)
        {
            Store<TWeights>(a1, b1, sums + lanes, scales + lanes, block.IsFirst);
            Store<TWeights>(c1, d1, sums + sumsStride + lanes, scales + lanes, block.IsFirst);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwoPairs<TWeights, TPanel>(
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

    /// <summary>Stores the sum of a block of columns, or adds it to that of the blocks before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TWeights>(TVector a, TVector b, float* sums, float* scales, bool isFirst)
        where TWeights : struct, IQuantizedWeights<TVector>
    {
        TVector sum = TWeights.Sum(a, b, scales);
        TOps.Store(sums, isFirst ? sum : TOps.Add(TOps.Load(sums), sum));
    }

    /// <summary>Some pairs of columns of one panel.</summary>
    private readonly struct Block(byte* weights, nint step, nint second, nint pairs, bool hasSingle, bool isFirst)
    {
        /// <summary>The weights of the first pair.</summary>
        public readonly byte* Weights = weights;

        /// <summary>Bytes from one pair to the next.</summary>
        public readonly nint Step = step;

        /// <summary>How far the second column of a pair is behind the first.</summary>
        public readonly nint Second = second;

        /// <summary>Pairs of two columns.</summary>
        public readonly nint Pairs = pairs;

        /// <summary>Whether one column without a second follows them.</summary>
        public readonly bool HasSingle = hasSingle;

        /// <summary>Whether it is the panel's first block, whose sums begin with it.</summary>
        public readonly bool IsFirst = isFirst;
    }
}
