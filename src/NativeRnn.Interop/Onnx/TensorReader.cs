using System.Buffers.Binary;
using NativeRnn.Interop.Onnx.Proto;

namespace NativeRnn.Interop.Onnx;

/// <summary>Turns the tensors of the file into constants. Their sizes are compared before anything is allocated.</summary>
internal static class TensorReader
{
    public const int Float = 1;
    public const int Int32 = 6;
    public const int Int64 = 7;

    private const int Bool = 9;
    private const int Double = 11;

    /// <exception cref="ModelImportException">The tensor is not as long as its shape says, or of a type that is not supported.</exception>
    public static Constant Read(TensorProto tensor, string name)
    {
        if (tensor.DataLocation != 0)
            throw new ModelImportException($"Tensor '{name}' is in an external file; save the model as one file.");

        long count = 1;
        foreach (long size in tensor.Dims)
        {
            if (size < 0 || size > int.MaxValue || (size > 0 && count > Architecture.MaxParameters / size))
                throw new ModelImportException($"Tensor '{name}' has the impossible shape [{string.Join(", ", tensor.Dims)}].");
            count *= size;
        }

        int[] shape = [.. tensor.Dims.Select(size => (int)size)];
        ReadOnlySpan<byte> raw = tensor.RawData.Span;
        switch (tensor.DataType)
        {
            case Float:
                Require(raw.IsEmpty ? tensor.FloatData.Count : raw.Length / (double)sizeof(float), count, name);
                return new Constant(shape, raw.IsEmpty ? [.. tensor.FloatData] : Elements(raw, sizeof(float), BinaryPrimitives.ReadSingleLittleEndian));
            case Double:
                Require(raw.IsEmpty ? tensor.DoubleData.Count : raw.Length / (double)sizeof(double), count, name);
                double[] doubles = raw.IsEmpty ? [.. tensor.DoubleData] : Elements(raw, sizeof(double), BinaryPrimitives.ReadDoubleLittleEndian);
                return new Constant(shape, Array.ConvertAll(doubles, value => (float)value));
            case Int64:
                Require(raw.IsEmpty ? tensor.Int64Data.Count : raw.Length / (double)sizeof(long), count, name);
                return Integers(shape, raw.IsEmpty ? [.. tensor.Int64Data] : Elements(raw, sizeof(long), BinaryPrimitives.ReadInt64LittleEndian));
            case Int32:
                Require(raw.IsEmpty ? tensor.Int32Data.Count : raw.Length / (double)sizeof(int), count, name);
                int[] integers = raw.IsEmpty ? [.. tensor.Int32Data] : Elements(raw, sizeof(int), BinaryPrimitives.ReadInt32LittleEndian);
                return Integers(shape, Array.ConvertAll(integers, value => (long)value));
            case Bool:
                Require(raw.IsEmpty ? tensor.Int32Data.Count : raw.Length, count, name);
                return Integers(shape, raw.IsEmpty ? [.. tensor.Int32Data.Select(value => (long)value)] : Elements(raw, 1, bytes => (long)bytes[0]));
            default:
                throw new ModelImportException($"Tensor '{name}' has the element type {tensor.DataType}, which is not supported; float32 is.");
        }
    }

    private delegate T ReadElement<T>(ReadOnlySpan<byte> bytes);

    private static T[] Elements<T>(ReadOnlySpan<byte> raw, int size, ReadElement<T> read)
    {
        T[] values = new T[raw.Length / size];
        for (int i = 0; i < values.Length; i++)
            values[i] = read(raw[(i * size)..]);
        return values;
    }

    private static Constant Integers(int[] shape, long[] values) => new(shape, Array.ConvertAll(values, value => new Size(value)));

    private static void Require(double found, long expected, string name)
    {
        if (found != expected)
            throw new ModelImportException($"Tensor '{name}' holds {found} elements, but its shape says {expected}.");
    }
}
