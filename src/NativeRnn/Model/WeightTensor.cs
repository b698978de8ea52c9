namespace NativeRnn;

/// <summary>One parameter's weights as they are stored, row-major. Immutable; the arrays given belong to it.</summary>
internal sealed class WeightTensor
{
    private readonly float[] _floats;
    private readonly ushort[] _halves;
    private readonly sbyte[] _bytes;

    private WeightTensor(WeightType type, float[] floats, ushort[] halves, sbyte[] bytes)
    {
        Type = type;
        _floats = floats;
        _halves = halves;
        _bytes = bytes;
    }

    public WeightType Type { get; }

    /// <summary>The number of weights.</summary>
    public int Count => Type switch
    {
        WeightType.BFloat16 => _halves.Length,
        WeightType.Int8 => _bytes.Length,
        _ => _floats.Length,
    };

    /// <summary>Bytes of the weights, with their scales.</summary>
    public long ByteCount => (long)_floats.Length * sizeof(float) + (long)_halves.Length * sizeof(ushort) + _bytes.Length;

    /// <summary>Of bf16 weights, their bits.</summary>
    public ReadOnlySpan<ushort> Halves => _halves;

    /// <summary>Of int8 weights, the whole numbers.</summary>
    public ReadOnlySpan<sbyte> Bytes => _bytes;

    /// <summary>Of int8 weights, the scale of each row.</summary>
    public ReadOnlySpan<float> Scales => _floats;

    /// <summary>The values that the weights stand for, all of them exact. They are computed by each call but for float32.</summary>
    public ReadOnlySpan<float> Values
    {
        get
        {
            if (Type == WeightType.Float32)
                return _floats;
            float[] values = new float[Count];
            CopyTo(0, values);
            return values;
        }
    }

    public static WeightTensor Float32(float[] values) => new(WeightType.Float32, values, [], []);

    public static WeightTensor BFloat16(ushort[] bits) => new(WeightType.BFloat16, [], bits, []);

    /// <param name="scales">The scale of each row; see <see cref="Quantization.IsScale"/>.</param>
    /// <param name="values">The rows, from -127 to 127.</param>
    public static WeightTensor Int8(float[] scales, sbyte[] values) => new(WeightType.Int8, scales, [], values);

    /// <summary>Copies the values that some of the weights stand for.</summary>
    /// <param name="first">The first of them; of int8 weights the first of a row.</param>
    /// <param name="destination">Receives as many as it has room for.</param>
    public void CopyTo(int first, Span<float> destination)
    {
        switch (Type)
        {
            case WeightType.BFloat16:
                ReadOnlySpan<ushort> halves = _halves.AsSpan(first, destination.Length);
                for (int i = 0; i < halves.Length; i++)
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
                break;
            case WeightType.Int8:
                ReadOnlySpan<sbyte> bytes = _bytes.AsSpan(first, destination.Length);
                int columns = _bytes.Length / _floats.Length;
                for (int i = 0; i < bytes.Length; i++)
                    destination[i] = bytes[i] * _floats[(first + i) / columns];
                break;
            default:
                _floats.AsSpan(first, destination.Length).CopyTo(destination);
                break;
        }
    }
}
