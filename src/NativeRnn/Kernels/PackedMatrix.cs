namespace NativeRnn.Kernels;

/// <summary>
/// A matrix [rows, columns] laid out for kernels in which one lane is one row of the result:
/// <code>
/// panel 0: column 0: vector 0 | vector 1 | .. vector V-1     each vector: Count lanes = Count rows
///          column 1: vector 0 | vector 1 | .. vector V-1
///          ...
/// panel 1: ...                                               the last panel may have fewer vectors
/// </code>
/// A kernel reads a panel strictly forward. Which row a lane holds is the layer's choice; lanes without a row are zero, so what
/// they compute is of no consequence and never read.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    private readonly AlignedBuffer? _weights;
    private readonly WeightPanel[] _panels = [];

    /// <summary>Packs a matrix.</summary>
    /// <param name="tensor">The weights, <c>[rows, columns]</c>.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="rows">For each lane of the result, the row it holds, or -1.</param>
    /// <param name="lanes">Lanes in a vector.</param>
    /// <param name="maxPanel">The most vectors a panel may have.</param>
    /// <param name="block">Vectors that must not be parted by panels.</param>
    /// <param name="smallestQuantized">
    /// The number of weights from which on a quantised parameter is computed with as it is; a smaller one is packed as the float32 values it
    /// stands for. It depends on nothing but the shape, so that a model gives one result everywhere.
    /// </param>
    public PackedMatrix(WeightTensor tensor, int columns, ReadOnlySpan<int> rows, int lanes, int maxPanel, int block, int smallestQuantized)
    {
        Debug.Assert(rows.Length % lanes == 0);
        Columns = columns;
        Vectors = rows.Length / lanes;
        if (tensor.Type != WeightType.Float32 && tensor.Count >= smallestQuantized)
        {
            Quantized = new QuantizedMatrix(tensor, columns, rows, lanes);
            return;
        }

        ReadOnlySpan<float> source = tensor.Values;
        _weights = new AlignedBuffer((long)rows.Length * columns);
        Span<float> packed = _weights.Span;
        // As even a share for each panel as their number allows.
        int blocks = Vectors / block;
        int panels = (blocks - 1) / Math.Max(1, maxPanel / block) + 1;
        int vectorsPerPanel = ((blocks - 1) / panels + 1) * block;
        _panels = new WeightPanel[panels];
        int next = 0;
        for (int i = 0; i < panels; i++)
        {
            int vector = i * vectorsPerPanel;
            int vectors = Math.Min(vectorsPerPanel, Vectors - vector);
            _panels[i] = new WeightPanel(vectors, vector * lanes, _weights.Pointer + next, columns);
            ReadOnlySpan<int> panelRows = rows.Slice(vector * lanes, vectors * lanes);
            for (int column = 0; column < columns; column++)
            {
                foreach (int row in panelRows)
                    packed[next++] = row < 0 ? 0 : source[row * columns + column];
            }
        }
    }

    /// <summary>The panels, whose weights are 64-byte aligned. Good while this object is reachable. None where there is <see cref="Quantized"/>.</summary>
    public ReadOnlySpan<WeightPanel> Panels => _panels;

    /// <summary>The matrix of a large quantised parameter; else null.</summary>
    public QuantizedMatrix? Quantized { get; }

    public int Columns { get; }

    /// <summary>Vectors in a column of the whole matrix.</summary>
    public int Vectors { get; }

    /// <summary>Floats of working memory that a product with a number of rows takes.</summary>
    public long ScratchSize(long rows) => Quantized?.ScratchSize(rows) ?? 0;

    /// <summary>Packs a bias the same way.</summary>
    public static AlignedBuffer PackVector(ReadOnlySpan<float> source, ReadOnlySpan<int> rows)
    {
        AlignedBuffer packed = new(rows.Length);
        for (int lane = 0; lane < rows.Length; lane++)
            packed.Span[lane] = rows[lane] < 0 ? 0 : source[rows[lane]];
        return packed;
    }

    /// <summary>
    /// The lanes of gate-major rows so that the gates of one block of units stand side by side: gate 0 of units 0..Count-1, gate 1 of the same units, ...,
    /// then the next Count units.
    /// </summary>
    /// <param name="units">Rows of each gate.</param>
    /// <param name="firstGate">The first gate to take.</param>
    /// <param name="gates">How many gates to take.</param>
    /// <param name="lanes">Lanes in a vector.</param>
    public static int[] InterleaveGates(int units, int firstGate, int gates, int lanes)
    {
        int blocks = (units + lanes - 1) / lanes;
        int[] rows = new int[blocks * gates * lanes];
        for (int i = 0; i < rows.Length; i++)
        {
            int unit = i / (gates * lanes) * lanes + i % lanes;
            int gate = firstGate + i / lanes % gates;
            rows[i] = unit < units ? gate * units + unit : -1;
        }

        return rows;
    }
}
