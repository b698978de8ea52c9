namespace NativeRnn.Kernels;

/// <summary>
/// y = start + M x for one or many rows x: the input projection of a stretch of time steps, a dense layer, and the parts of which
/// <see cref="CellProduct{TVector, TOps, TEpilogue}"/> is made. A sum is two chains of multiply-adds, one over the even columns that begins with the start value and one over the odd columns
/// that begins with zero, added at the end: an order that depends on nothing but the number of columns, so that a row's result is the
/// same at every width and in every batch, and two chains for each vector of a panel, enough to hide the latency of the multiply-add. Only where a
/// small cell has one sum a unit, hence few vectors, four columns in turn have a chain each (<see cref="WeightPanel.HasFourChains"/>).
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
            QuantizedProduct<TVector, TOps>.Run(matrix.Quantized, start, startStride, x, xStride, y, yStride, rows, scratch, isBackward);
            return;
        }

        RowGroup group = default;
        group.StartStride = startStride;
        group.XStride = xStride;
        group.YStride = yStride;
        ReadOnlySpan<WeightPanel> panels = matrix.Panels;
        for (int i = 0; i < panels.Length; i++)
        {
            ref readonly WeightPanel panel = ref panels[isBackward ? panels.Length - 1 - i : i];
            group.Start = start + panel.Offset;
            group.X = x;
            group.Y = y + panel.Offset;
            nint last = rows - 1;
            if (last > 0)
                RowGroupProduct<TVector, TOps>.Run(panel, group, rows / 2 * 2);
            if (rows % 2 != 0)
                OneRow(panel, group.Start + last * startStride, x + last * xStride, group.Y + last * yStride);
        }
    }

    private static void OneRow(in WeightPanel panel, float* start, float* x, float* y)
    {
        switch (panel.Vectors)
        {
            case 1:
                OneRow<Panel1>(panel, start, x, y);
                break;
            case 2:
                OneRow<Panel2>(panel, start, x, y);
                break;
            case 3:
                OneRow<Panel3>(panel, start, x, y);
                break;
            case 4:
                OneRow<Panel4>(panel, start, x, y);
                break;
            case 5:
                OneRow<Panel5>(panel, start, x, y);
                break;
            case 6:
                OneRow<Panel6>(panel, start, x, y);
                break;
            case 7:
                OneRow<Panel7>(panel, start, x, y);
                break;
            default:
                OneRow<Panel8>(panel, start, x, y);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void OneRow<TPanel>(in WeightPanel panel, float* start, float* x, float* y)
        where TPanel : struct, IPanel
    {
        TVector s0 = Start<TPanel>(start, 0), s1 = Start<TPanel>(start, 1), s2 = Start<TPanel>(start, 2), s3 = Start<TPanel>(start, 3);
        TVector s4 = Start<TPanel>(start, 4), s5 = Start<TPanel>(start, 5), s6 = Start<TPanel>(start, 6), s7 = Start<TPanel>(start, 7);
        TVector zero = TOps.Broadcast(0f);
        TVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero, b6 = zero, b7 = zero;
        Add<TPanel>(
            panel.Weights, panel.Columns, x, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        Store<TPanel>(y, 0, s0, b0);
        Store<TPanel>(y, 1, s1, b1);
        Store<TPanel>(y, 2, s2, b2);
        Store<TPanel>(y, 3, s3, b3);
        Store<TPanel>(y, 4, s4, b4);
        Store<TPanel>(y, 5, s5, b5);
        Store<TPanel>(y, 6, s6, b6);
        Store<TPanel>(y, 7, s7, b7);
    }

    /// <summary>Takes the input half of a candidate away and gives what its recurrent half starts from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exchange(float* input, float* bias, ref TVector even, ref TVector odd)
    {
        TOps.Store(input, TOps.Add(even, odd));
        even = TOps.Load(bias);
        odd = TOps.Broadcast(0f);
    }

    /// <summary>Adds a panel's product with one row x to the chains s and b in registers; those that the panel lacks are left alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<TPanel>(
        float* weights, nint columns, float* x,
        ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3, ref TVector s4, ref TVector s5, ref TVector s6, ref TVector s7,
        ref TVector b0, ref TVector b1, ref TVector b2, ref TVector b3, ref TVector b4, ref TVector b5, ref TVector b6, ref TVector b7)
        where TPanel : struct, IPanel
    {
        nint step = TPanel.Vectors * TOps.Count;
        nint j = 0;
        for (; j + 2 <= columns; j += 2)
        {
            Column<TPanel>(weights, x + j, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7);
            Column<TPanel>(weights + step, x + j + 1, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
            weights += 2 * step;
        }

        if (j < columns)
            Column<TPanel>(weights, x + j, ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7);
    }

    /// <summary>The same with four chains for each of at most four vectors: s, b, t and d take each fourth column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddToFour<TPanel>(
        float* weights, nint columns, float* x,
        ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3, ref TVector b0, ref TVector b1, ref TVector b2, ref TVector b3,
        ref TVector t0, ref TVector t1, ref TVector t2, ref TVector t3, ref TVector d0, ref TVector d1, ref TVector d2, ref TVector d3)
        where TPanel : struct, IPanel
    {
        nint step = TPanel.Vectors * TOps.Count;
        nint j = 0;
        for (; j + 4 <= columns; j += 4)
        {
            Column<TPanel>(weights, x + j, ref s0, ref s1, ref s2, ref s3, ref s0, ref s0, ref s0, ref s0);
            Column<TPanel>(weights + step, x + j + 1, ref b0, ref b1, ref b2, ref b3, ref b0, ref b0, ref b0, ref b0);
            Column<TPanel>(weights + 2 * step, x + j + 2, ref t0, ref t1, ref t2, ref t3, ref t0, ref t0, ref t0, ref t0);
            Column<TPanel>(weights + 3 * step, x + j + 3, ref d0, ref d1, ref d2, ref d3, ref d0, ref d0, ref d0, ref d0);
            weights += 4 * step;
        }

        if (j < columns)
            Column<TPanel>(weights, x + j, ref s0, ref s1, ref s2, ref s3, ref s0, ref s0, ref s0, ref s0);
        if (j + 1 < columns)
            Column<TPanel>(weights + step, x + j + 1, ref b0, ref b1, ref b2, ref b3, ref b0, ref b0, ref b0, ref b0);
        if (j + 2 < columns)
            Column<TPanel>(weights + 2 * step, x + j + 2, ref t0, ref t1, ref t2, ref t3, ref t0, ref t0, ref t0, ref t0);
    }

    /// <summary>Adds up the two chains of each sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddChains<TPanel>(
        ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3, ref TVector s4, ref TVector s5, ref TVector s6, ref TVector s7,
        TVector b0, TVector b1, TVector b2, TVector b3, TVector b4, TVector b5, TVector b6, TVector b7)
        where TPanel : struct, IPanel
    {
        s0 = TOps.Add(s0, b0);
        if (TPanel.Vectors > 1)
            s1 = TOps.Add(s1, b1);
        if (TPanel.Vectors > 2)
            s2 = TOps.Add(s2, b2);
        if (TPanel.Vectors > 3)
            s3 = TOps.Add(s3, b3);
        if (TPanel.Vectors > 4)
        {
            s4 = TOps.Add(s4, b4);
            s5 = TOps.Add(s5, b5);
            s6 = TOps.Add(s6, b6);
            s7 = TOps.Add(s7, b7);
        }
    }

    /// <summary>Adds up the four chains of a sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector AddChains(TVector s, TVector b, TVector t, TVector d) => TOps.Add(TOps.Add(s, b), TOps.Add(t, d));

    /// <summary>A vector of what a panel's sums start from; zero where the panel lacks it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Start<TPanel>(float* start, int vector)
        where TPanel : struct, IPanel
        => vector < TPanel.Vectors ? TOps.Load(start + vector * TOps.Count) : TOps.Broadcast(0f);

    /// <summary>Stores the sum of a vector's two chains; nothing where the panel lacks it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TPanel>(float* y, int vector, TVector even, TVector odd)
        where TPanel : struct, IPanel
    {
        if (vector < TPanel.Vectors)
            TOps.Store(y + vector * TOps.Count, TOps.Add(even, odd));
    }

    /// <summary>Adds one column's products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TPanel>(
        float* weights, float* value, ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3, ref TVector s4, ref TVector s5, ref TVector s6, ref TVector s7)
        where TPanel : struct, IPanel
    {
        TVector x = TOps.Broadcast(*value);
        s0 = TOps.MultiplyAdd(weights, x, s0);
        if (TPanel.Vectors > 1)
            s1 = TOps.MultiplyAdd(weights + TOps.Count, x, s1);
        if (TPanel.Vectors > 2)
            s2 = TOps.MultiplyAdd(weights + 2 * TOps.Count, x, s2);
        if (TPanel.Vectors > 3)
            s3 = TOps.MultiplyAdd(weights + 3 * TOps.Count, x, s3);
        if (TPanel.Vectors > 4)
            s4 = TOps.MultiplyAdd(weights + 4 * TOps.Count, x, s4);
        if (TPanel.Vectors > 5)
            s5 = TOps.MultiplyAdd(weights + 5 * TOps.Count, x, s5);
        if (TPanel.Vectors > 6)
            s6 = TOps.MultiplyAdd(weights + 6 * TOps.Count, x, s6);
        if (TPanel.Vectors > 7)
            s7 = TOps.MultiplyAdd(weights + 7 * TOps.Count, x, s7);
    }
}
