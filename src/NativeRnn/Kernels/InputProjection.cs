namespace NativeRnn.Kernels;

/// <summary>
/// y = b + U x for many rows x at once. Each sum starts with the bias and adds one product after another in the order of the
/// inputs, whatever the tile, so a row's result does not depend on how many rows are computed together.
/// </summary>
internal static unsafe class InputProjection<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    /// <summary>Rows of x that share one read of the weights: 4 rows x 2 vectors are 8 independent chains of multiply-adds.</summary>
    private const int TileRows = 4;

    /// <summary>Computes the rows.</summary>
    /// <param name="matrix">U; panels of any width.</param>
    /// <param name="bias">b in the order of the lanes of <paramref name="matrix"/>.</param>
    /// <param name="input">The first row of x; <see cref="PackedMatrix.Columns"/> floats each are read.</param>
    /// <param name="inputStride">Floats from one row to the next; may be negative.</param>
    /// <param name="output">Receives the rows of y, one behind the other, in the order of the lanes.</param>
    /// <param name="outputStride">Floats from one row of y to the next.</param>
    /// <param name="rows">How many.</param>
    /// <param name="scratch">Working memory, <see cref="QuantizedProduct{TVector, TOps}.ProjectScratch"/> floats.</param>
    public static void Run(PackedMatrix matrix, float* bias, float* input, nint inputStride, float* output, nint outputStride, int rows, float* scratch)
    {
        if (matrix.Quantized is not null)
        {
            QuantizedProduct<TVector, TOps>.Project(matrix.Quantized, bias, input, inputStride, output, outputStride, rows, scratch);
            return;
        }

        nint lanes = TOps.Count;
        nint columns = matrix.Columns;
        float* panel = matrix.Weights;
        for (int first = 0; first < matrix.Vectors; first += matrix.VectorsPerPanel)
        {
            int vectors = Math.Min(matrix.VectorsPerPanel, matrix.Vectors - first);
            nint step = vectors * lanes;
            int row = 0;
            for (; row + TileRows <= rows; row += TileRows)
            {
                float* x = input + row * inputStride;
                float* y = output + row * outputStride;
                int vector = 0;
                for (; vector + 2 <= vectors; vector += 2)
                    FourRowsTwoVectors(panel + vector * lanes, step, columns, bias + vector * lanes, x, inputStride, y + vector * lanes, outputStride);
                if (vector < vectors)
                    FourRowsOneVector(panel + vector * lanes, step, columns, bias + vector * lanes, x, inputStride, y + vector * lanes, outputStride);
            }

            for (; row < rows; row++)
            {
                int vector = 0;
                for (; vector + 4 <= vectors; vector += 4)
                    OneRowFourVectors(panel + vector * lanes, step, columns, bias + vector * lanes, input + row * inputStride, output + row * outputStride + vector * lanes);
                for (; vector < vectors; vector++)
                    OneRowOneVector(panel + vector * lanes, step, columns, bias + vector * lanes, input + row * inputStride, output + row * outputStride + vector * lanes);
            }

            panel += step * columns;
            bias += step;
            output += step;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourRowsTwoVectors(float* weights, nint step, nint columns, float* bias, float* x, nint xStride, float* y, nint yStride)
    {
        nint lanes = TOps.Count;
        float* x1 = x + xStride;
        float* x2 = x1 + xStride;
        float* x3 = x2 + xStride;
        TVector a0 = TOps.Load(bias), a1 = a0, a2 = a0, a3 = a0;
        TVector b0 = TOps.Load(bias + lanes), b1 = b0, b2 = b0, b3 = b0;
        for (nint j = 0; j < columns; j++)
        {
            TVector wa = TOps.Load(weights);
            TVector wb = TOps.Load(weights + lanes);
            TVector v0 = TOps.Broadcast(x[j]);
            a0 = TOps.MultiplyAdd(wa, v0, a0);
            b0 = TOps.MultiplyAdd(wb, v0, b0);
            TVector v1 = TOps.Broadcast(x1[j]);
            a1 = TOps.MultiplyAdd(wa, v1, a1);
            b1 = TOps.MultiplyAdd(wb, v1, b1);
            TVector v2 = TOps.Broadcast(x2[j]);
            a2 = TOps.MultiplyAdd(wa, v2, a2);
            b2 = TOps.MultiplyAdd(wb, v2, b2);
            TVector v3 = TOps.Broadcast(x3[j]);
            a3 = TOps.MultiplyAdd(wa, v3, a3);
            b3 = TOps.MultiplyAdd(wb, v3, b3);
            weights += step;
        }

        TOps.Store(y, a0);
        TOps.Store(y + lanes, b0);
        TOps.Store(y + yStride, a1);
        TOps.Store(y + yStride + lanes, b1);
        TOps.Store(y + 2 * yStride, a2);
        TOps.Store(y + 2 * yStride + lanes, b2);
        TOps.Store(y + 3 * yStride, a3);
        TOps.Store(y + 3 * yStride + lanes, b3);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourRowsOneVector(float* weights, nint step, nint columns, float* bias, float* x, nint xStride, float* y, nint yStride)
    {
        TVector a0 = TOps.Load(bias), a1 = a0, a2 = a0, a3 = a0;
        for (nint j = 0; j < columns; j++)
        {
            TVector w = TOps.Load(weights);
            a0 = TOps.MultiplyAdd(w, TOps.Broadcast(x[j]), a0);
            a1 = TOps.MultiplyAdd(w, TOps.Broadcast(x[j + xStride]), a1);
            a2 = TOps.MultiplyAdd(w, TOps.Broadcast(x[j + 2 * xStride]), a2);
            a3 = TOps.MultiplyAdd(w, TOps.Broadcast(x[j + 3 * xStride]), a3);
            weights += step;
        }

        TOps.Store(y, a0);
        TOps.Store(y + yStride, a1);
        TOps.Store(y + 2 * yStride, a2);
        TOps.Store(y + 3 * yStride, a3);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneRowFourVectors(float* weights, nint step, nint columns, float* bias, float* x, float* y)
    {
        nint lanes = TOps.Count;
        TVector a0 = TOps.Load(bias);
        TVector a1 = TOps.Load(bias + lanes);
        TVector a2 = TOps.Load(bias + 2 * lanes);
        TVector a3 = TOps.Load(bias + 3 * lanes);
        for (nint j = 0; j < columns; j++)
        {
            TVector v = TOps.Broadcast(x[j]);
            a0 = TOps.MultiplyAdd(TOps.Load(weights), v, a0);
            a1 = TOps.MultiplyAdd(TOps.Load(weights + lanes), v, a1);
            a2 = TOps.MultiplyAdd(TOps.Load(weights + 2 * lanes), v, a2);
            a3 = TOps.MultiplyAdd(TOps.Load(weights + 3 * lanes), v, a3);
            weights += step;
        }

        TOps.Store(y, a0);
        TOps.Store(y + lanes, a1);
        TOps.Store(y + 2 * lanes, a2);
        TOps.Store(y + 3 * lanes, a3);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneRowOneVector(float* weights, nint step, nint columns, float* bias, float* x, float* y)
    {
        TVector sum = TOps.Load(bias);
        for (nint j = 0; j < columns; j++)
        {
            sum = TOps.MultiplyAdd(TOps.Load(weights), TOps.Broadcast(x[j]), sum);
            weights += step;
        }

        TOps.Store(y, sum);
    }
}
