namespace NativeRnn.Kernels;

/// <summary>How many vectors a panel has, as a type argument: the JIT and the AOT compiler drop what a narrower panel lacks.</summary>
internal interface IPanel
{
    static abstract int Vectors { get; }
}

internal readonly struct Panel1 : IPanel
{
    public static int Vectors => 1;
}

internal readonly struct Panel2 : IPanel
{
    public static int Vectors => 2;
}

internal readonly struct Panel3 : IPanel
{
    public static int Vectors => 3;
}

internal readonly struct Panel4 : IPanel
{
    public static int Vectors => 4;
}

/// <summary>What a cell does with the sums of one panel while they are still in registers: activations, state update, store.</summary>
internal unsafe interface IEpilogue<TVector>
{
    /// <summary>What the sum of one vector of a panel starts from.</summary>
    /// <param name="initial">The vector's place in the input projection.</param>
    /// <param name="panelVector">The vector's number in its panel.</param>
    /// <param name="vector">The panel's first vector, counted over the whole matrix.</param>
    TVector Start(float* initial, int panelVector, int vector);

    /// <summary>Takes the sums of one panel for one sequence.</summary>
    /// <param name="vector">The panel's first vector, counted over the whole matrix.</param>
    /// <param name="row">The sequence's number in the batch.</param>
    /// <param name="s0">The first vector's sums.</param>
    /// <param name="s1">The second's, if the panel has it.</param>
    /// <param name="s2">The third's, if the panel has it.</param>
    /// <param name="s3">The fourth's, if the panel has it.</param>
    void Apply<TPanel>(int vector, int row, TVector s0, TVector s1, TVector s2, TVector s3)
        where TPanel : struct, IPanel;
}

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
    /// <param name="epilogue">Takes the sums.</param>
    public static void Run<TEpilogue>(PackedMatrix matrix, float* initial, nint initialStride, float* state, nint stateStride, int batch, in TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<TVector>
    {
        int full = matrix.Vectors / matrix.VectorsPerPanel;
        int last = matrix.Vectors % matrix.VectorsPerPanel;
        Panels(matrix.VectorsPerPanel, matrix.Weights, full, matrix.Columns, 0, initial, initialStride, state, stateStride, batch, epilogue);
        if (last > 0)
        {
            int done = full * matrix.VectorsPerPanel;
            nint lanes = done * TOps.Count;
            Panels(last, matrix.Weights + lanes * matrix.Columns, 1, matrix.Columns, done, initial + lanes, initialStride, state, stateStride, batch, epilogue);
        }
    }

    private static void Panels<TEpilogue>(
        int width, float* weights, int panels, nint columns, int vector, float* initial, nint initialStride, float* state, nint stateStride, int batch, in TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<TVector>
    {
        nint step = width * TOps.Count;
        for (; panels > 0; panels--)
        {
            for (int row = 0; row < batch; row++)
            {
                float* start = initial + row * initialStride;
                float* h = state + row * stateStride;
                switch (width)
                {
                    case 1:
                        PanelOfOne<Panel1, TEpilogue>(weights, columns, vector, row, start, h, epilogue);
                        break;
                    case 2:
                        PanelOfOne<Panel2, TEpilogue>(weights, columns, vector, row, start, h, epilogue);
                        break;
                    case 3:
                        PanelOfOne<Panel3, TEpilogue>(weights, columns, vector, row, start, h, epilogue);
                        break;
                    default:
                        PanelOfOne<Panel4, TEpilogue>(weights, columns, vector, row, start, h, epilogue);
                        break;
                }
            }

            weights += step * columns;
            initial += step;
            vector += width;
        }
    }

    /// <summary>One panel for one sequence.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PanelOfOne<TPanel, TEpilogue>(float* weights, nint columns, int vector, int row, float* start, float* h, in TEpilogue epilogue)
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
        for (; j + 2 <= columns; j += 2)
        {
            TVector even = TOps.Broadcast(h[j]);
            TVector odd = TOps.Broadcast(h[j + 1]);
            a0 = TOps.MultiplyAdd(TOps.Load(weights), even, a0);
            if (TPanel.Vectors > 1)
                a1 = TOps.MultiplyAdd(TOps.Load(weights + lanes), even, a1);
            if (TPanel.Vectors > 2)
                a2 = TOps.MultiplyAdd(TOps.Load(weights + 2 * lanes), even, a2);
            if (TPanel.Vectors > 3)
                a3 = TOps.MultiplyAdd(TOps.Load(weights + 3 * lanes), even, a3);
            weights += step;
            b0 = TOps.MultiplyAdd(TOps.Load(weights), odd, b0);
            if (TPanel.Vectors > 1)
                b1 = TOps.MultiplyAdd(TOps.Load(weights + lanes), odd, b1);
            if (TPanel.Vectors > 2)
                b2 = TOps.MultiplyAdd(TOps.Load(weights + 2 * lanes), odd, b2);
            if (TPanel.Vectors > 3)
                b3 = TOps.MultiplyAdd(TOps.Load(weights + 3 * lanes), odd, b3);
            weights += step;
        }

        if (j < columns)
        {
            TVector even = TOps.Broadcast(h[j]);
            a0 = TOps.MultiplyAdd(TOps.Load(weights), even, a0);
            if (TPanel.Vectors > 1)
                a1 = TOps.MultiplyAdd(TOps.Load(weights + lanes), even, a1);
            if (TPanel.Vectors > 2)
                a2 = TOps.MultiplyAdd(TOps.Load(weights + 2 * lanes), even, a2);
            if (TPanel.Vectors > 3)
                a3 = TOps.MultiplyAdd(TOps.Load(weights + 3 * lanes), even, a3);
        }

        epilogue.Apply<TPanel>(vector, row, TOps.Add(a0, b0), TOps.Add(a1, b1), TOps.Add(a2, b2), TOps.Add(a3, b3));
    }
}
