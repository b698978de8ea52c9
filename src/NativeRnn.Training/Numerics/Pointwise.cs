namespace NativeRnn.Training;

/// <summary>Element-wise steps that System.Numerics.Tensors lacks.</summary>
internal static class Pointwise
{
    /// <summary>
    /// Sets values below 1e-30 to zero. Gradients that vanish over many steps would otherwise spend some of them as subnormal numbers,
    /// which x86 handles about a hundred times slower, and .NET cannot switch that off.
    /// </summary>
    public static void FlushTiny<T>(Span<T> values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T tiny = T.CreateChecked(1e-30);
        Vector<T> limit = new(tiny);
        int i = 0;
        for (; i <= values.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            Span<T> lane = values.Slice(i, Vector<T>.Count);
            Vector<T> value = new(lane);
            Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(value), limit), Vector<T>.Zero, value).CopyTo(lane);
        }

        for (; i < values.Length; i++)
        {
            if (T.Abs(values[i]) < tiny)
                values[i] = T.Zero;
        }
    }

    /// <summary>Multiplies each of several equally long blocks by the same factors.</summary>
    public static void MultiplyBlocks<T>(ReadOnlySpan<T> values, ReadOnlySpan<T> factors, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int start = 0; start < values.Length; start += factors.Length)
            TensorPrimitives.Multiply(values.Slice(start, factors.Length), factors, destination[start..]);
    }

    /// <summary>Adds factors * values to each of several equally long blocks of a destination.</summary>
    public static void AddMultipliedBlocks<T>(ReadOnlySpan<T> values, ReadOnlySpan<T> factors, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int start = 0; start < values.Length; start += factors.Length)
        {
            Span<T> block = destination.Slice(start, factors.Length);
            TensorPrimitives.MultiplyAdd(values.Slice(start, factors.Length), factors, block, block);
        }
    }

    /// <summary>Copies equally long blocks in reverse order: the steps of a time-major sequence from last to first.</summary>
    public static void ReverseBlocks<T>(ReadOnlySpan<T> source, int blockLength, Span<T> destination)
    {
        int last = source.Length - blockLength;
        for (int start = 0; start <= last; start += blockLength)
            source.Slice(last - start, blockLength).CopyTo(destination[start..]);
    }

    /// <summary>Swaps the outer two of three dimensions: <c>[outer, inner, length]</c> becomes <c>[inner, outer, length]</c>.</summary>
    public static void SwapOuter<T>(ReadOnlySpan<T> source, int outer, int inner, int length, Span<T> destination)
    {
        for (int i = 0; i < outer; i++)
        {
            for (int j = 0; j < inner; j++)
                source.Slice((i * inner + j) * length, length).CopyTo(destination[((j * outer + i) * length)..]);
        }
    }

    /// <summary>Writes a dropout mask: 0 with the probability of the rate, else 1 / (1 - rate), which keeps the mean.</summary>
    public static void DrawMask<T>(RandomStream random, float rate, Span<T> mask) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T scale = T.CreateChecked(1 / (1 - (double)rate));
        foreach (ref T factor in mask)
            factor = random.NextDouble() < rate ? T.Zero : scale;
    }
}
