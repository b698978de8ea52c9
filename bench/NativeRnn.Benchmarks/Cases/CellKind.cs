namespace NativeRnn.Benchmarks.Cases;

/// <summary>The recurrent cells that are compared.</summary>
internal enum CellKind
{
    SimpleRnn,

    /// <summary>The textbook's GRU; PyTorch has no such cell.</summary>
    GruResetBefore,

    GruResetAfter,
    Lstm,
}

internal static class CellKindExtensions
{
    /// <summary>The cell's name in a report.</summary>
    public static string Title(this CellKind cell) => cell switch
    {
        CellKind.SimpleRnn => "SimpleRNN",
        CellKind.GruResetBefore => "GRU (reset before)",
        CellKind.GruResetAfter => "GRU (reset after)",
        _ => "LSTM",
    };
}
