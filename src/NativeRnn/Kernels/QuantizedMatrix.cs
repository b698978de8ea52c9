namespace NativeRnn.Kernels;

/// <summary>
/// A matrix [rows, columns] of bf16 or int8 weights. As in a <see cref="PackedMatrix"/> one lane is one row of the result, but a lane's
/// 32 bits (int8: 16) hold its weights of two columns, of which the second is half the columns (rounded up, H) behind the first:
/// <code>
/// panel 0: columns 0 and H:     vector 0 | vector 1 | vector 2 | vector 3     each vector: Count lanes = Count rows
///          columns 1 and H + 1: vector 0 | ...
///          ...
/// panel 1: ...                                                                the last panel may have fewer vectors
/// </code>
/// What has no row, and the second column of the last pair if the number of columns is odd, is zero.
/// </summary>
internal sealed unsafe class QuantizedMatrix
{
    /// <summary>Vectors in every panel but the last.</summary>
    public const int VectorsPerPanel = 4;

    private readonly AlignedBuffer _weights;
    private readonly AlignedBuffer? _scales;

    /// <param name="source">The weights; bf16 or int8.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="rows">For each lane of the result, the row it holds, or -1.</param>
    /// <param name="lanes">Lanes in a vector.</param>
    public QuantizedMatrix(WeightTensor source, int columns, ReadOnlySpan<int> rows, int lanes)
    {
        Debug.Assert(rows.Length % lanes == 0);
        Type = source.Type;
        Columns = columns;
        Vectors = rows.Length / lanes;
        long weights = (long)rows.Length * 2 * Pairs;
        if (Type == WeightType.BFloat16)
        {
            _weights = new AlignedBuffer((weights + 1) / 2);
            Pack(source.Halves, MemoryMarshal.Cast<float, ushort>(_weights.Span), columns, rows, lanes);
        }
        else
        {
            _weights = new AlignedBuffer((weights + 3) / 4);
            _scales = PackedMatrix.PackVector(source.Scales, rows);
            Pack(source.Bytes, MemoryMarshal.Cast<float, sbyte>(_weights.Span), columns, rows, lanes);
        }
    }

    /// <summary>bf16 or int8.</summary>
    public WeightType Type { get; }

    public int Columns { get; }

    /// <summary>H: pairs of columns, the last of which has one column if their number is odd.</summary>
    public int Pairs => (Columns + 1) / 2;

    /// <summary>Vectors in a column of the whole matrix.</summary>
    public int Vectors { get; }

    /// <summary>The first panel; 64-byte aligned. Good while this object is reachable.</summary>
    public byte* Weights => (byte*)_weights.Pointer;

    /// <summary>Of int8 weights, the scale of each lane's row; of others null.</summary>
    public float* Scales => _scales is null ? null : _scales.Pointer;

    /// <summary>Floats from one vector that is multiplied to the next, as <see cref="QuantizedProduct{TVector, TOps}"/> keeps them: whole cache lines.</summary>
    public int PreparedStride => 16 + (Pairs + 15) / 16 * 16;

    private static void Pack<T>(ReadOnlySpan<T> source, Span<T> packed, int columns, ReadOnlySpan<int> rows, int lanes)
        where T : struct
    {
        int next = 0, pairs = (columns + 1) / 2;
        for (int panel = 0; panel < rows.Length; panel += VectorsPerPanel * lanes)
        {
            ReadOnlySpan<int> panelRows = rows.Slice(panel, Math.Min(VectorsPerPanel * lanes, rows.Length - panel));
            for (int column = 0; column < pairs; column++)
            {
                foreach (int row in panelRows)
                {
                    if (row >= 0)
                    {
                        packed[next] = source[row * columns + column];
                        if (column + pairs < columns)
                            packed[next + 1] = source[row * columns + column + pairs];
                    }

                    next += 2;
                }
            }
        }
    }
}
