using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Measuring;

namespace NativeRnn.Benchmarks.Report;

/// <summary>Everything a report says: what report.json holds and report.md is written from.</summary>
internal sealed record ReportData(
    DateTimeOffset Started,
    MachineDescription Machine,
    string Plan,
    string PointPlan,
    bool IsQuick,
    IReadOnlyList<PeakResult> Peaks,
    IReadOnlyList<CaseResult> Cases,
    IReadOnlyList<OddSizeTable> OddSizes,
    IReadOnlyList<DenormalResult> Denormals,
    IReadOnlyList<ThreadResult> Threads,
    IReadOnlyList<GrowthTable> Growth,
    IReadOnlyList<QuantizedTable> Quantized,
    TrainingSpeedResult? Training,
    GenerationSpeedResult? Generation);

/// <summary>The multiply-adds a second of one core at a vector width.</summary>
internal sealed record PeakResult(VectorWidth Width, double MultiplyAdds);

/// <summary>One case: every contender's latency, and how near ours came to the machine's limit.</summary>
/// <param name="Case">What was run.</param>
/// <param name="Width">The vector width that ours used.</param>
/// <param name="Contenders">Ours first.</param>
internal sealed record CaseResult(BenchmarkCase Case, VectorWidth Width, IReadOnlyList<ContenderResult> Contenders)
{
    /// <summary>Null when the case was not timed.</summary>
    public LimitReached? Limit { get; init; }

    public ContenderResult? Find(string name) => Contenders.FirstOrDefault(contender => contender.Name == name);
}

/// <summary>One contender of a case.</summary>
/// <param name="Name">Whose implementation.</param>
/// <param name="LargestDifference">Of its output from ours; null for ours itself.</param>
/// <param name="Agrees">Whether that is within the tolerance.</param>
/// <param name="Latency">Null when the case was not timed, because a contender did not agree.</param>
/// <param name="Ratio">Its median / our median.</param>
/// <param name="Note">What differs from the case, if anything.</param>
internal sealed record ContenderResult(string Name, double? LargestDifference, bool Agrees, Latency? Latency, double? Ratio, string? Note);

/// <summary>Time per useful multiply-add at many sizes, relative to that at q = 32, p = 14.</summary>
internal sealed record OddSizeTable(CellKind Cell, IReadOnlyList<int> InputSizes, IReadOnlyList<OddSizeRow> Rows);

/// <summary>The sizes of one q: relative times in the order of the table's input sizes.</summary>
internal sealed record OddSizeRow(int Units, IReadOnlyList<double> Relative);

/// <summary>A step whose state has decayed to nothing beside a step at normal sizes.</summary>
/// <param name="Cell">Whose step.</param>
/// <param name="Normal">With inputs that keep the state at normal sizes.</param>
/// <param name="Decayed">With inputs that are zero after the start.</param>
/// <param name="Ratio">The median of the decayed / that of the normal.</param>
internal sealed record DenormalResult(CellKind Cell, Latency Normal, Latency Decayed, double Ratio);

/// <summary>A batch on one thread and on two.</summary>
/// <param name="Case">What was run.</param>
/// <param name="One">On the caller's thread alone.</param>
/// <param name="Two">With a thread of the session besides.</param>
/// <param name="Speedup">The median of one / that of two.</param>
internal sealed record ThreadResult(BenchmarkCase Case, Latency One, Latency Two, double Speedup);

/// <summary>Time a step of one sequence as one size grows.</summary>
internal sealed record GrowthTable(CellKind Cell, string Axis, string Fixed, IReadOnlyList<GrowthPoint> Points);

/// <summary>Microseconds a step of one sequence, for each contender by name.</summary>
internal sealed record GrowthPoint(int Value, IReadOnlyDictionary<string, double> MicrosecondsAStep);

/// <summary>One cell in float32 and in fewer bits; ours in float32 first.</summary>
internal sealed record QuantizedTable(BenchmarkCase Case, IReadOnlyList<QuantizedRow> Rows);

/// <summary>One contender of such a table.</summary>
/// <param name="Name">Whose implementation, and the type of its weights.</param>
/// <param name="Latency">Of a call.</param>
/// <param name="Speedup">The median of ours in float32 / its median.</param>
/// <param name="LargestDifference">Of its final state from that of ours in float32.</param>
internal sealed record QuantizedRow(string Name, Latency Latency, double Speedup, double LargestDifference);
