namespace NativeRnn.Kernels;

/// <summary>
/// bf16 weights, the first column's in the lower half of a lane, the second's in the upper: a shift and a mask make them the float32 that
/// they stand for. A sum is two chains of float32 multiply-adds, over the first and the second half of the columns.
/// </summary>
internal readonly unsafe struct BFloat16Weights<TVector, TOps> : IQuantizedWeights<TVector>
    where TOps : struct, IVectorOps<TVector>
{
    public static nint VectorBytes => TOps.Count * sizeof(float);

    public static int BlockPairs => Architecture.MaxSize;

    public static void Prepare(float* input, int columns, float* prepared) => *prepared = 1;

    public static float* Values(float* input, float* prepared) => input;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPair(float* values, nint pairs, out TVector x0, out TVector x1)
    {
        x0 = TOps.Broadcast(*values);
        x1 = TOps.Broadcast(values[pairs]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadSingle(float* values, out TVector x0, out TVector x1)
    {
        x0 = TOps.Broadcast(*values);
        x1 = TOps.Broadcast(0f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadWeights(byte* weights, out TVector w0, out TVector w1)
    {
        TVector pair = TOps.Load((float*)weights);
        w0 = TOps.LowerHalves(pair);
        w1 = TOps.UpperHalves(pair);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(TVector w0, TVector w1, TVector x0, TVector x1, ref TVector a, ref TVector b)
    {
        a = TOps.MultiplyAdd(w0, x0, a);
        b = TOps.MultiplyAdd(w1, x1, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sum(TVector a, TVector b, float* scales) => TOps.Add(a, b);
}
