namespace NativeRnn.Kernels;

/// <summary>One lane.</summary>
internal readonly unsafe struct ScalarOps : IVectorOps<float>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }

    public static int PanelVectors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 6;
    }

    public static int TwoRowPanelVectors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 3;
    }

    public static int FourRowPanelVectors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Broadcast(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(float* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, float value) => *destination = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float left, float right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Subtract(float left, float right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Multiply(float left, float right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Divide(float left, float right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float left, float right, float addend) => float.MultiplyAddEstimate(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float* left, float right, float addend) => float.MultiplyAddEstimate(*left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Abs(float value) => float.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float CopySign(float magnitude, float sign) => float.CopySign(magnitude, sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float AtMost(float bound, float value) => bound < value ? bound : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float AtLeast(float bound, float value) => bound > value ? bound : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float WhereNotPositive(float test, float whenTrue, float otherwise) => test <= 0 ? whenTrue : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ShiftIntoExponent(float value) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) << 23);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ZeroWhereBelow(float value, float magnitude, float bound) => BitConverter.SingleToInt32Bits(magnitude) < BitConverter.SingleToInt32Bits(bound) ? 0f : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LowerHalves(float value) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float UpperHalves(float value) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LoadBytePairs(sbyte* source) => BitConverter.Int32BitsToSingle(source[0] & 0xFFFF | source[1] << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float JoinLowerHalves(float lower, float upper)
        => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(lower) & 0xFFFF | BitConverter.SingleToUInt32Bits(upper) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float AddPairProducts(float left, float right, float addend)
    {
        int l = BitConverter.SingleToInt32Bits(left), r = BitConverter.SingleToInt32Bits(right);
        return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(addend) + (short)l * (short)r + (l >> 16) * (r >> 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float IntegersToFloats(float value) => BitConverter.SingleToInt32Bits(value);
}
