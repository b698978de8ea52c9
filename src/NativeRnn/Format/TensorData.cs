using System.Buffers.Binary;

namespace NativeRnn;

/// <summary>A tensor of a file whose place and shape were checked.</summary>
internal readonly record struct StoredTensor(ParameterShape Shape, WeightType Type, FilePart Part);

/// <summary>
/// The bytes of one tensor: float32 or bf16 values row after row; of int8 first the float32 scale of each row, then the rows.
/// </summary>
internal static class TensorData
{
    /// <summary>The bytes that a tensor takes.</summary>
    public static long Length(ParameterShape shape, WeightType type) => type switch
    {
        WeightType.BFloat16 => shape.Count * sizeof(ushort),
        WeightType.Int8 => (long)shape.Rows * sizeof(float) + shape.Count,
        _ => shape.Count * sizeof(float),
    };

    /// <exception cref="ModelFormatException">A scale or an int8 weight is none.</exception>
    public static WeightTensor Read(ReadOnlySpan<byte> file, StoredTensor tensor, string? path)
    {
        ReadOnlySpan<byte> bytes = tensor.Part.Of(file);
        if (tensor.Type == WeightType.BFloat16)
            return WeightTensor.BFloat16(ReadHalves(bytes));
        if (tensor.Type == WeightType.Float32)
            return WeightTensor.Float32(ReadFloats(bytes));

        int scaleBytes = tensor.Shape.Rows * sizeof(float);
        ReadOnlySpan<sbyte> weights = MemoryMarshal.Cast<byte, sbyte>(bytes[scaleBytes..]);
        CheckInt8(bytes[..scaleBytes], weights, tensor, path);
        return WeightTensor.Int8(ReadFloats(bytes[..scaleBytes]), weights.ToArray());
    }

    /// <summary>A tensor that is not quantised.</summary>
    public static float[] ReadFloats(ReadOnlySpan<byte> bytes)
    {
        float[] values = GC.AllocateUninitializedArray<float>(bytes.Length / sizeof(float));
        // As integers: a float that is not a number may change on its way through a register.
        Span<int> bits = MemoryMarshal.Cast<float, int>(values.AsSpan());
        bytes.CopyTo(MemoryMarshal.AsBytes(bits));
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(bits, bits);
        return values;
    }

    public static void Write(WeightTensor tensor, Span<byte> destination)
    {
        switch (tensor.Type)
        {
            case WeightType.BFloat16:
                WriteHalves(tensor.Halves, destination);
                break;
            case WeightType.Int8:
                WriteFloats(tensor.Scales, destination);
                MemoryMarshal.AsBytes(tensor.Bytes).CopyTo(destination[(tensor.Scales.Length * sizeof(float))..]);
                break;
            default:
                WriteFloats(tensor.Values, destination);
                break;
        }
    }

    private static void CheckInt8(ReadOnlySpan<byte> scales, ReadOnlySpan<sbyte> weights, StoredTensor tensor, string? path)
    {
        int columns = tensor.Shape.Columns;
        for (int row = 0; row < tensor.Shape.Rows; row++)
        {
            float scale = BinaryPrimitives.ReadSingleLittleEndian(scales[(row * sizeof(float))..]);
            if (!Quantization.IsScale(scale))
            {
                throw new ModelFormatException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{tensor.Shape.Name}: the scale of row {row} must be 0 or above, have 17 significant bits at most and be finite times {Quantization.LargestInt8}, found {scale:R}"),
                    tensor.Part.Start + row * sizeof(float), path);
            }

            ReadOnlySpan<sbyte> values = weights.Slice(row * columns, columns);
            long start = tensor.Part.Start + scales.Length + (long)row * columns;
            int outside = values.IndexOf(sbyte.MinValue);
            if (outside >= 0)
            {
                throw new ModelFormatException(
                    $"{tensor.Shape.Name}: int8 weights from {-Quantization.LargestInt8} to {Quantization.LargestInt8} expected, found {sbyte.MinValue}",
                    start + outside, path);
            }

            if ((scale == 0) == values.ContainsAnyExcept((sbyte)0))
            {
                throw new ModelFormatException(
                    string.Create(CultureInfo.InvariantCulture, $"{tensor.Shape.Name}: row {row} must have the scale 0 if, and only if, all its weights are 0; found the scale {scale:R}"),
                    tensor.Part.Start + row * sizeof(float), path);
            }
        }
    }

    private static ushort[] ReadHalves(ReadOnlySpan<byte> bytes)
    {
        ushort[] halves = GC.AllocateUninitializedArray<ushort>(bytes.Length / sizeof(ushort));
        bytes.CopyTo(MemoryMarshal.AsBytes(halves.AsSpan()));
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(halves, halves);
        return halves;
    }

    private static void WriteFloats(ReadOnlySpan<float> values, Span<byte> destination)
    {
        MemoryMarshal.AsBytes(values).CopyTo(destination);
        if (!BitConverter.IsLittleEndian)
        {
            Span<int> bits = MemoryMarshal.Cast<byte, int>(destination)[..values.Length];
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }
    }

    private static void WriteHalves(ReadOnlySpan<ushort> values, Span<byte> destination)
    {
        MemoryMarshal.AsBytes(values).CopyTo(destination);
        if (!BitConverter.IsLittleEndian)
        {
            Span<ushort> bits = MemoryMarshal.Cast<byte, ushort>(destination)[..values.Length];
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }
    }
}
