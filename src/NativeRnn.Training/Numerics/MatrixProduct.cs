using System.Runtime.Intrinsics;

namespace NativeRnn.Training;

/// <summary>
/// C = initial + A B, the one kernel behind every product of the trainer:
/// <code>
/// A [m, k]  any row and column stride, read one number at a time: so A may be stored transposed, or be one number repeated
/// B [k, n]  rows contiguous, B's row stride apart: lanes run along n
/// C [m, n]  rows contiguous, C's row stride apart
/// </code>
/// A tile of 4 rows x 2 vectors of C stays in registers over a block of k. Columns beyond the last whole vector fall to narrower
/// vectors and at last to single numbers; rows beyond the last whole tile repeat the tile's last row and are not stored. Each number of C
/// is summed in the order of k, whatever the tile it falls in.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Terms summed before a tile is written back: a block of B of 32 columns then fits half a 32 KiB first-level cache.</summary>
    private const int BlockDepth = 128;

    /// <summary>C = A B, or C += A B.</summary>
    public static void Multiply<T>(
        int m, int n, int k, ReadOnlySpan<T> a, int aRow, int aColumn, ReadOnlySpan<T> b, int bRow, Span<T> c, int cRow, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        fixed (T* cStart = c)
            Run(m, n, k, a, aRow, aColumn, b, bRow, c, cRow, accumulate ? cStart : null, cRow);
    }

    /// <summary>C = A B with a row of n numbers added to each row of C.</summary>
    public static void MultiplyAddRow<T>(
        int m, int n, int k, ReadOnlySpan<T> a, int aRow, int aColumn, ReadOnlySpan<T> b, int bRow, ReadOnlySpan<T> row,
        Span<T> c, int cRow)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Debug.Assert(row.Length >= n);
        fixed (T* rowStart = row)
            Run(m, n, k, a, aRow, aColumn, b, bRow, c, cRow, rowStart, 0);
    }

    /// <summary>Adds the sums of the columns of B [k, n] to a row of n numbers.</summary>
    public static void AddColumnSums<T>(int n, int k, ReadOnlySpan<T> b, int bRow, Span<T> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Multiply(1, n, k, [T.One], 0, 0, b, bRow, sums, n, accumulate: true);

    private static void Run<T>(
        int m, int n, int k, ReadOnlySpan<T> a, int aRow, int aColumn, ReadOnlySpan<T> b, int bRow, Span<T> c, int cRow,
        T* initial, int initialRow)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (m == 0 || n == 0)
            return;
        Debug.Assert(c.Length >= (m - 1L) * cRow + n);
        Debug.Assert(k == 0 || a.Length > (m - 1L) * aRow + (k - 1L) * aColumn);
        Debug.Assert(k == 0 || b.Length >= (k - 1L) * bRow + n);
        fixed (T* aStart = a)
        fixed (T* bStart = b)
        fixed (T* cStart = c)
        {
            Problem<T> problem = default;
            problem.Rows = m;
            problem.A = aStart;
            problem.ARow = aRow;
            problem.AColumn = aColumn;
            problem.B = bStart;
            problem.BRow = bRow;
            problem.C = cStart;
            problem.CRow = cRow;
            problem.Initial = initial;
            problem.InitialRow = initialRow;
            int done = 0;
            do
            {
                problem.Depth = Math.Min(BlockDepth, k - done);
                Block(problem, n);
                done += problem.Depth;
                problem.A += (long)problem.Depth * aColumn;
                problem.B += (long)problem.Depth * bRow;
                problem.Initial = cStart;
                problem.InitialRow = cRow;
            }
            while (done < k);
        }
    }

    private static void Block<T>(in Problem<T> problem, int columns) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int column = 0;
        if (Vector512.IsHardwareAccelerated)
            column = Columns<T, Vector512<T>, Lanes512<T>>(problem, column, columns);
        if (Vector256.IsHardwareAccelerated)
            column = Columns<T, Vector256<T>, Lanes256<T>>(problem, column, columns);
        if (Vector128.IsHardwareAccelerated)
            column = Columns<T, Vector128<T>, Lanes128<T>>(problem, column, columns);
        Columns<T, T, ScalarLanes<T>>(problem, column, columns);
    }

    private static int Columns<T, TVector, TLanes>(in Problem<T> problem, int column, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct
        where TLanes : ILanes<TVector, T>
    {
        for (; column + 2 * TLanes.Count <= columns; column += 2 * TLanes.Count)
        {
            for (int row = 0; row < problem.Rows; row += 4)
                TwoVectors<T, TVector, TLanes>(problem, row, column);
        }

        for (; column + TLanes.Count <= columns; column += TLanes.Count)
        {
            for (int row = 0; row < problem.Rows; row += 4)
                OneVector<T, TVector, TLanes>(problem, row, column);
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TwoVectors<T, TVector, TLanes>(in Problem<T> problem, int row, int column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct
        where TLanes : ILanes<TVector, T>
    {
        int lanes = TLanes.Count;
        int last = problem.Rows - 1;
        nint row1 = Math.Min(row + 1, last), row2 = Math.Min(row + 2, last), row3 = Math.Min(row + 3, last);
        TVector sum00 = default, sum01 = default, sum10 = default, sum11 = default;
        TVector sum20 = default, sum21 = default, sum30 = default, sum31 = default;
        if (problem.Initial != null)
        {
            T* initial = problem.Initial + column;
            nint stride = problem.InitialRow;
            sum00 = TLanes.Load(initial + row * stride);
            sum01 = TLanes.Load(initial + row * stride + lanes);
            sum10 = TLanes.Load(initial + row1 * stride);
            sum11 = TLanes.Load(initial + row1 * stride + lanes);
            sum20 = TLanes.Load(initial + row2 * stride);
            sum21 = TLanes.Load(initial + row2 * stride + lanes);
            sum30 = TLanes.Load(initial + row3 * stride);
            sum31 = TLanes.Load(initial + row3 * stride + lanes);
        }

        T* a = problem.A + row * problem.ARow;
        nint a1 = (row1 - row) * problem.ARow, a2 = (row2 - row) * problem.ARow, a3 = (row3 - row) * problem.ARow;
        nint aColumn = problem.AColumn;
        T* b = problem.B + column;
        nint bRow = problem.BRow;
        for (int depth = problem.Depth; depth > 0; depth--)
        {
            TVector b0 = TLanes.Load(b);
            TVector b1 = TLanes.Load(b + lanes);
            TVector factor = TLanes.Broadcast(*a);
            sum00 = TLanes.MultiplyAdd(factor, b0, sum00);
            sum01 = TLanes.MultiplyAdd(factor, b1, sum01);
            factor = TLanes.Broadcast(a[a1]);
            sum10 = TLanes.MultiplyAdd(factor, b0, sum10);
            sum11 = TLanes.MultiplyAdd(factor, b1, sum11);
            factor = TLanes.Broadcast(a[a2]);
            sum20 = TLanes.MultiplyAdd(factor, b0, sum20);
            sum21 = TLanes.MultiplyAdd(factor, b1, sum21);
            factor = TLanes.Broadcast(a[a3]);
            sum30 = TLanes.MultiplyAdd(factor, b0, sum30);
            sum31 = TLanes.MultiplyAdd(factor, b1, sum31);
            a += aColumn;
            b += bRow;
        }

        T* c = problem.C + row * problem.CRow + column;
        nint cRow = problem.CRow;
        TLanes.Store(sum00, c);
        TLanes.Store(sum01, c + lanes);
        if (row1 > row)
        {
            TLanes.Store(sum10, c + cRow);
            TLanes.Store(sum11, c + cRow + lanes);
        }

        if (row2 > row1)
        {
            TLanes.Store(sum20, c + 2 * cRow);
            TLanes.Store(sum21, c + 2 * cRow + lanes);
        }

        if (row3 > row2)
        {
            TLanes.Store(sum30, c + 3 * cRow);
            TLanes.Store(sum31, c + 3 * cRow + lanes);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneVector<T, TVector, TLanes>(in Problem<T> problem, int row, int column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct
        where TLanes : ILanes<TVector, T>
    {
        int last = problem.Rows - 1;
        nint row1 = Math.Min(row + 1, last), row2 = Math.Min(row + 2, last), row3 = Math.Min(row + 3, last);
        TVector sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        if (problem.Initial != null)
        {
            T* initial = problem.Initial + column;
            nint stride = problem.InitialRow;
            sum0 = TLanes.Load(initial + row * stride);
            sum1 = TLanes.Load(initial + row1 * stride);
            sum2 = TLanes.Load(initial + row2 * stride);
            sum3 = TLanes.Load(initial + row3 * stride);
        }

        T* a = problem.A + row * problem.ARow;
        nint a1 = (row1 - row) * problem.ARow, a2 = (row2 - row) * problem.ARow, a3 = (row3 - row) * problem.ARow;
        nint aColumn = problem.AColumn;
        T* b = problem.B + column;
        nint bRow = problem.BRow;
        for (int depth = problem.Depth; depth > 0; depth--)
        {
            TVector b0 = TLanes.Load(b);
            sum0 = TLanes.MultiplyAdd(TLanes.Broadcast(*a), b0, sum0);
            sum1 = TLanes.MultiplyAdd(TLanes.Broadcast(a[a1]), b0, sum1);
            sum2 = TLanes.MultiplyAdd(TLanes.Broadcast(a[a2]), b0, sum2);
            sum3 = TLanes.MultiplyAdd(TLanes.Broadcast(a[a3]), b0, sum3);
            a += aColumn;
            b += bRow;
        }

        T* c = problem.C + row * problem.CRow + column;
        nint cRow = problem.CRow;
        TLanes.Store(sum0, c);
        if (row1 > row)
            TLanes.Store(sum1, c + cRow);
        if (row2 > row1)
            TLanes.Store(sum2, c + 2 * cRow);
        if (row3 > row2)
            TLanes.Store(sum3, c + 3 * cRow);
    }

    /// <summary>One block of k: where its operands start and how they are spaced. The pointers are pinned by the caller.</summary>
    private struct Problem<T> where T : unmanaged
    {
        public int Rows;
        public int Depth;
        public T* A;
        public nint ARow;
        public nint AColumn;
        public T* B;
        public nint BRow;
        public T* C;
        public nint CRow;
        public T* Initial;
        public nint InitialRow;
    }
}
