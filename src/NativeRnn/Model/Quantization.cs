namespace NativeRnn;

/// <summary>Rounds float32 weights to fewer bits, each to the nearest value that the type has and ties to even.</summary>
internal static class Quantization
{
    /// <summary>The largest magnitude of an int8 weight; -128 is not used, so that the range is symmetric.</summary>
    public const int LargestInt8 = 127;

    /// <summary>
    /// Low bits of a scale that are zero: 17 bits of significand times 7 of a weight are the 24 of a float32, so every scaled weight is exact.
    /// </summary>
    private const uint UnusedScaleBits = 0x7F;

    /// <summary>2^127: what is not above it stays finite however it is rounded.</summary>
    private const float LargestMagnitude = 1.7014118e38f;

    /// <summary>Whether a number may be the scale of a row: not negative, of at most 17 bits, and 127 times it is finite.</summary>
    public static bool IsScale(float scale)
        => (BitConverter.SingleToUInt32Bits(scale) & (0x80000000 | UnusedScaleBits)) == 0 && float.IsFinite(LargestInt8 * scale);

    /// <summary>Rounds one parameter.</summary>
    /// <exception cref="ArgumentException">A weight is not finite, or above 2^127 in magnitude.</exception>
    public static WeightTensor Quantize(ReadOnlySpan<float> values, ParameterShape shape, WeightType type)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!(float.Abs(values[i]) <= LargestMagnitude))
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{shape}: the weight in row {i / shape.Columns}, column {i % shape.Columns} is {values[i]}; {type.Name()} takes finite weights of at most 2^127"));
            }
        }

        return type == WeightType.Int8 ? ToInt8(values, shape.Columns) : ToBFloat16(values);
    }

    private static WeightTensor ToBFloat16(ReadOnlySpan<float> values)
    {
        ushort[] halves = new ushort[values.Length];
        for (int i = 0; i < halves.Length; i++)
            halves[i] = (ushort)(RoundOff(BitConverter.SingleToUInt32Bits(values[i]), 16) >> 16);
        return WeightTensor.BFloat16(halves);
    }

    private static WeightTensor ToInt8(ReadOnlySpan<float> values, int columns)
    {
        float[] scales = new float[values.Length / columns];
        sbyte[] bytes = new sbyte[values.Length];
        for (int row = 0; row < scales.Length; row++)
        {
            float largest = 0;
            foreach (float value in values.Slice(row * columns, columns))
                largest = float.Max(largest, float.Abs(value));
            float scale = BitConverter.UInt32BitsToSingle(RoundOff(BitConverter.SingleToUInt32Bits(largest / LargestInt8), 7));
            if (scale == 0)
                continue;

            scales[row] = scale;
            for (int i = row * columns; i < (row + 1) * columns; i++)
                bytes[i] = (sbyte)float.Clamp(float.Round(values[i] / scale), -LargestInt8, LargestInt8);
        }

        return WeightTensor.Int8(scales, bytes);
    }

    /// <summary>The number with its low bits zero that is nearest, ties to the one that is even in the bits that stay.</summary>
    private static uint RoundOff(uint bits, int count)
    {
        uint half = 1u << (count - 1);
        uint isOdd = (bits >> count) & 1;
        return (bits + half - 1 + isOdd) & ~(2 * half - 1);
    }
}
