namespace NativeRnn.Kernels;

/// <summary>
/// bf16 weights, the even column's in the lower half of a lane, the odd column's in the upper: a shift and a mask make them the float32 that they
/// stand for, and a sum is the two chains of multiply-adds of <see cref="MatrixProduct{TVector, TOps}"/>, to the bit.
/// </summary>
internal readonly unsafe struct BFloat16Weights<TVector, TOps> : IQuantizedWeights<TVector>
    where TOps : struct, IVectorOps<TVector>
{
    public static nint VectorBytes => TOps.Count * sizeof(float);

    public static int BlockPairs => Architecture.MaxSize;

    public static nint ValueStep => 2;

    /// <summary>Nothing: the values are multiplied as they are.</summary>
    public static void Prepare(float* x, int columns, float* prepared)
    {
    }

    public static float* Values(float* x, float* prepared) => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPair(float* values, out TVector x0, out TVector x1)
    {
        x0 = TOps.Broadcast(values[0]);
        x1 = TOps.Broadcast(values[1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadSingle(float* values, out TVector x0, out TVector x1)
    {
        x0 = TOps.Broadcast(values[0]);
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
    public static TVector Begin(float* start) => TOps.Load(start);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End(TVector a, TVector b, float* start, float* scales, float* prepared) => TOps.Add(a, b);
}
