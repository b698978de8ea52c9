namespace NativeRnn.Benchmarks.Cases;

/// <summary>
/// The cases of the report. Where the name does not say which form a GRU has, it is reset after, which all peers have, so that
/// all compute the same function.
/// </summary>
internal static class BenchmarkCases
{
    private static readonly BenchmarkCase[] SmallWindows =
    [
        new("gru-before-14x32", CellKind.GruResetBefore, 14, 32, 240),
        new("gru-after-14x32", CellKind.GruResetAfter, 14, 32, 240),
        new("lstm-14x32", CellKind.Lstm, 14, 32, 240),
        new("simple-14x32", CellKind.SimpleRnn, 14, 32, 240),
    ];

    public static IReadOnlyList<BenchmarkCase> All { get; } =
    [
        .. SmallWindows,
        new("bidirectional-gru-14x32", CellKind.GruResetAfter, 14, 32, 240) { IsBidirectional = true, HasManagedLoops = false },
        new("stream-gru-14x32", CellKind.GruResetAfter, 14, 32, 1) { IsStreaming = true },
        new("stream-lstm-14x32", CellKind.Lstm, 14, 32, 1) { IsStreaming = true },
        new("gru-64x128", CellKind.GruResetAfter, 64, 128, 100),
        new("lstm-64x128", CellKind.Lstm, 64, 128, 100),
        new("gru-256x512", CellKind.GruResetAfter, 256, 512, 50),
        new("lstm-256x512", CellKind.Lstm, 256, 512, 50),
        new("gru-14x32-batch64", CellKind.GruResetAfter, 14, 32, 240) { Batch = 64, HasManagedLoops = false },
        new("lstm-14x32-batch64", CellKind.Lstm, 14, 32, 240) { Batch = 64, HasManagedLoops = false },
        .. SmallWindows.Select(window => window with
        {
            Id = window.Id + "-256bit",
            Width = VectorWidth.Vector256,
            HasManagedLoops = false,
        }),
    ];
}
