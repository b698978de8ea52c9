namespace NativeRnn.Kernels;

/// <summary>
/// int8 weights times values of 16 bits, summed in 32-bit integers, which no processor rounds: the sum of a block of columns is exact. The
/// values are those of the vector as multiples of its largest magnitude / 32767, rounded to nearest: an error of 2^-16 of the largest value,
/// where the weights' own is 2^-8 of the largest weight. (Float32 products of widened weights took 1.8 times as long.)
/// </summary>
internal readonly unsafe struct Int8Weights<TVector, TOps> : IQuantizedWeights<TVector>
    where TOps : struct, IVectorOps<TVector>
{
    private const int LargestValue = 32767;

    /// <summary>2^-63: a vector of smaller values alone counts as zero, as nearly every state below that is, and its reciprocal is far from overflowing.</summary>
    private const float Smallest = 1.0842022e-19f;

    /// <summary>1.5 x 2^23: a sum with it has the nearest whole number in its low bits, in two's complement.</summary>
    private const float Rounder = 12582912;

    public static nint VectorBytes => TOps.Count * 2;

    /// <summary>512 products of at most 127 x 32767 are below 2^31.</summary>
    public static int BlockPairs => 256;

    public static nint ValueStep => 1;

    public static float* Values(float* x, float* prepared) => prepared + 16;

    public static void Prepare(float* x, int columns, float* prepared)
    {
        float* values = Values(x, prepared);
        float largest = Largest(x, columns, prepared);
        // Infinities and NaNs have no 16 bits; a factor that is NaN makes every sum one.
        bool isZero = largest < Smallest;
        float inverse = isZero ? 0 : LargestValue / largest;
        *prepared = isZero ? 0 : largest / LargestValue;

        int pairs = (columns + 1) / 2, seconds = columns / 2, pair = 0;
        TVector scale = TOps.Broadcast(inverse), rounder = TOps.Broadcast(Rounder);
        for (; pair + TOps.Count <= seconds; pair += TOps.Count)
        {
            TOps.Store(values + pair, TOps.JoinLowerHalves(
                TOps.MultiplyAdd(TOps.Load(x + pair), scale, rounder), TOps.MultiplyAdd(TOps.Load(x + pairs + pair), scale, rounder)));
        }

        for (; pair < pairs; pair++)
        {
            float second = pair < seconds ? x[pairs + pair] : 0;
            values[pair] = ScalarOps.JoinLowerHalves(
                ScalarOps.MultiplyAdd(x[pair], inverse, Rounder), ScalarOps.MultiplyAdd(second, inverse, Rounder));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPair(float* values, out TVector x0, out TVector x1)
    {
        x0 = TOps.Broadcast(*values);
        x1 = x0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadSingle(float* values, out TVector x0, out TVector x1) => LoadPair(values, out x0, out x1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadWeights(byte* weights, out TVector w0, out TVector w1)
    {
        w0 = TOps.LoadBytePairs((sbyte*)weights);
        w1 = w0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(TVector w0, TVector w1, TVector x0, TVector x1, ref TVector a, ref TVector b)
        => a = TOps.AddPairProducts(w0, x0, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Begin(float* start) => TOps.Broadcast(0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End(TVector a, TVector b, float* start, float* scales, float* prepared)
        => TOps.MultiplyAdd(TOps.Multiply(TOps.IntegersToFloats(a), TOps.Load(scales)), TOps.Broadcast(*prepared), TOps.Load(start));

    /// <summary>The largest magnitude, or NaN if any value is not finite.</summary>
    /// <param name="x">The values.</param>
    /// <param name="columns">How many.</param>
    /// <param name="scratch">Room for 16 floats.</param>
    private static float Largest(float* x, int columns, float* scratch)
    {
        TVector zero = TOps.Broadcast(0f);
        TVector largest = zero, poison = zero;
        nint i = 0;
        for (; i + TOps.Count <= columns; i += TOps.Count)
        {
            TVector value = TOps.Load(x + i);
            largest = TOps.AtLeast(largest, TOps.Abs(value));
            poison = TOps.MultiplyAdd(value, zero, poison);
        }

        // As integers the magnitudes have the same order, and NaNs stand above infinity.
        TOps.Store(scratch, TOps.Add(largest, poison));
        int bits = 0;
        for (nint lane = 0; lane < TOps.Count; lane++)
            bits = Math.Max(bits, BitConverter.SingleToInt32Bits(scratch[lane]) & int.MaxValue);
        for (; i < columns; i++)
            bits = Math.Max(bits, BitConverter.SingleToInt32Bits(x[i]) & int.MaxValue);
        float result = BitConverter.Int32BitsToSingle(bits);
        return float.IsFinite(result) ? result : float.NaN;
    }
}
