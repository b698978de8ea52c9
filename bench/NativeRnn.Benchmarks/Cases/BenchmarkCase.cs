namespace NativeRnn.Benchmarks.Cases;

/// <summary>One recurrent layer and the way it is called. The output is the state after the last step of each sequence.</summary>
internal sealed record BenchmarkCase(string Id, CellKind Cell, int InputSize, int Units, int Steps)
{
    public int Batch { get; init; } = 1;

    public bool IsBidirectional { get; init; }

    /// <summary>A call is one step that carries the state on, not a window from a zero state.</summary>
    public bool IsStreaming { get; init; }

    /// <summary>The width that NativeRnn is limited to; its peers always choose for themselves.</summary>
    public VectorWidth Width { get; init; } = VectorWidth.Auto;

    /// <summary>Whether the loops in plain C# stand beside the peers.</summary>
    public bool HasManagedLoops { get; init; } = true;

    public int Directions => IsBidirectional ? 2 : 1;

    public int Gates => Cell switch
    {
        CellKind.SimpleRnn => 1,
        CellKind.Lstm => 4,
        _ => 3,
    };

    public int OutputSize => Directions * Units;

    /// <summary>Multiplications with a weight, each with its addition, that the equations ask for in a call.</summary>
    public double MultiplyAdds => (double)Gates * Units * (InputSize + Units) * Steps * Batch * Directions;

    /// <summary>Bytes of the recurrent weights of one direction: what a step must read.</summary>
    public long RecurrentBytes => 4L * Gates * Units * Units;

    public string Title
    {
        get
        {
            string length = IsStreaming ? "one streaming step" : $"{Steps} steps";
            string batch = IsStreaming ? "" : $", batch {Batch}";
            string width = Width == VectorWidth.Auto ? "" : $", NativeRnn limited to {Width}";
            return $"{(IsBidirectional ? "bidirectional " : "")}{Cell.Title()} {InputSize}->{Units}, {length}{batch}{width}";
        }
    }
}
