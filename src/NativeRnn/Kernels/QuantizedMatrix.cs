namespace NativeRnn.Kernels;

/// <summary>
/// A matrix [rows, columns] of bf16 or int8 weights. As in a <see cref="PackedMatrix"/> one lane is one row of the result, but a lane's
/// 32 bits (int8: 16) hold its weights of two columns:
/// <code>
/// panel 0: pair 0: vector 0 | vector 1 | ..                      each vector: Count lanes = Count rows
///          pair 1: vector 0 | ...
///          ...
/// panel 1: ...                                                   the last panel may have fewer vectors
/// </code>
/// A pair of bf16 is columns 2i and 2i + 1, one of int8 columns i and H + i, H being half the columns rounded up. What has no row, and the second
/// column of the last pair if the number of columns is odd, is zero.
/// </summary>
internal sealed unsafe class QuantizedMatrix
{
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
        // Each takes two sums, and processors with vectors of 16 lanes have 32 registers.
        VectorsPerPanel = lanes == 16 ? 8 : 4;
        long weights = (long)rows.Length * 2 * Pairs;
        if (Type == WeightType.BFloat16)
        {
            _weights = new AlignedBuffer((weights + 1) / 2);
            Pack(source.Halves, MemoryMarshal.Cast<float, ushort>(_weights.Span), rows, lanes, firstStep: 2, second: 1);
        }
        else
        {
            _weights = new AlignedBuffer((weights + 3) / 4);
            _scales = PackedMatrix.PackVector(source.Scales, rows);
            Pack(source.Bytes, MemoryMarshal.Cast<float, sbyte>(_weights.Span), rows, lanes, firstStep: 1, second: Pairs);
        }
    }

    /// <summary>bf16 or int8.</summary>
    public WeightType Type { get; }

    public int Columns { get; }

    /// <summary>H: pairs of columns, the last of which has one column if their number is odd.</summary>
    public int Pairs => (Columns + 1) / 2;

    /// <summary>Vectors in a column of the whole matrix.</summary>
    public int Vectors { get; }

    /// <summary>Vectors in every panel but the last.</summary>
    public int VectorsPerPanel { get; }

    public int Panels => (Vectors - 1) / VectorsPerPanel + 1;

    /// <summary>The first panel; 64-byte aligned. Good while this object is reachable.</summary>
    public byte* Weights => (byte*)_weights.Pointer;

    /// <summary>Of int8 weights, the scale of each lane's row; of others null.</summary>
    public float* Scales => _scales is null ? null : _scales.Pointer;

    /// <summary>Rows that are multiplied at a time.</summary>
    public const int RowsAtATime = 32;

    /// <summary>Floats that a row takes where it is made ready to be multiplied by int8 weights: its factor in a cache line, and a float for each pair.</summary>
    public int PreparedStride => Type == WeightType.Int8 ? 16 + (Pairs + 15) / 16 * 16 : 0;

    /// <summary>Floats of working memory that a product with a number of rows takes.</summary>
    public long ScratchSize(long rows) => Math.Min(rows, RowsAtATime) * PreparedStride;

    /// <param name="source">The weights, row-major.</param>
    /// <param name="packed">Receives them; zeros.</param>
    /// <param name="rows">For each lane of the result, the row it holds, or -1.</param>
    /// <param name="lanes">Lanes in a vector.</param>
    /// <param name="firstStep">Columns from the first of a pair to the first of the next.</param>
    /// <param name="second">Columns from the first of a pair to the second.</param>
    private void Pack<T>(ReadOnlySpan<T> source, Span<T> packed, ReadOnlySpan<int> rows, int lanes, int firstStep, int second)
        where T : struct
    {
        int next = 0;
        for (int panel = 0; panel < rows.Length; panel += VectorsPerPanel * lanes)
        {
            ReadOnlySpan<int> panelRows = rows.Slice(panel, Math.Min(VectorsPerPanel * lanes, rows.Length - panel));
            for (int pair = 0; pair < Pairs; pair++)
            {
                int column = pair * firstStep;
                foreach (int row in panelRows)
                {
                    if (row >= 0)
                    {
                        packed[next] = source[row * Columns + column];
                        if (column + second < Columns)
                            packed[next + 1] = source[row * Columns + column + second];
                    }

                    next += 2;
                }
            }
        }
    }
}
