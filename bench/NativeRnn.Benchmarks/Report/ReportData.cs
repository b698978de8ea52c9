using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Measuring;

namespace NativeRnn.Benchmarks.Report;

/// <summary>Everything a report says: what report.json holds and report.md is written from.</summary>
internal sealed record ReportData(
    DateTimeOffset Started, MachineDescription Machine, string Plan, string PointPlan, bool IsQuick, Measurements Measured);

/// <summary>What one process measured, a case or a section, or what all of them did.</summary>
internal sealed record Measurements
{
    public IReadOnlyList<Peak> Peaks { get; init; } = [];

    public IReadOnlyList<Bandwidth> Bandwidths { get; init; } = [];

    public IReadOnlyList<CaseResult> Cases { get; init; } = [];

    public IReadOnlyList<OddSizeTable> OddSizes { get; init; } = [];

    public IReadOnlyList<DenormalResult> Denormals { get; init; } = [];

    public IReadOnlyList<TailResult> Tails { get; init; } = [];

    public IReadOnlyList<ThreadResult> Threads { get; init; } = [];

    public IReadOnlyList<GrowthTable> Growth { get; init; } = [];

    public IReadOnlyList<QuantizedTable> Quantized { get; init; } = [];

    public TrainingSpeedResult? Training { get; init; }

    public GenerationSpeedResult? Generation { get; init; }

    /// <summary>Puts parts together; only then is the best of all measurements of a limit known.</summary>
    public static Measurements Together(IReadOnlyList<Measurements> parts)
    {
        Peak[] peaks = [.. parts.SelectMany(part => part.Peaks).GroupBy(peak => peak.Width).Select(same => same.MaxBy(peak => peak.MultiplyAdds)!)];
        Bandwidth[] bandwidths = [.. parts.SelectMany(part => part.Bandwidths)
            .GroupBy(one => (one.Width, one.WorkingSet)).Select(same => same.MaxBy(one => one.BytesPerSecond)!)];
        return new Measurements
        {
            Peaks = peaks,
            Bandwidths = bandwidths,
            Cases = [.. parts.SelectMany(part => part.Cases).Select(result => result.Contenders[0].Latency is { } latency
                ? result with
                {
                    Limit = LimitReached.Of(
                        result.Case, latency.Median, Array.Find(peaks, peak => peak.Width == result.Width)!,
                        Array.Find(bandwidths, one => (one.Width, one.WorkingSet) == (result.Width, result.Case.RecurrentBytes))!, result.Overheads),
                }
                : result)],
            OddSizes = [.. parts.SelectMany(part => part.OddSizes)],
            Denormals = [.. parts.SelectMany(part => part.Denormals)],
            Tails = [.. parts.SelectMany(part => part.Tails)],
            Threads = [.. parts.SelectMany(part => part.Threads)],
            Growth = [.. parts.SelectMany(part => part.Growth)],
            Quantized = [.. parts.SelectMany(part => part.Quantized)],
            Training = parts.FirstOrDefault(part => part.Training is not null)?.Training,
            Generation = parts.FirstOrDefault(part => part.Generation is not null)?.Generation,
        };
    }
}

/// <summary>One case: every contender's latency, and how near ours came to the machine's limit.</summary>
/// <param name="Case">What was run.</param>
/// <param name="Width">The vector width that ours used.</param>
/// <param name="Contenders">Ours first.</param>
/// <param name="Overheads">What parts of ours take by themselves.</param>
internal sealed record CaseResult(BenchmarkCase Case, VectorWidth Width, IReadOnlyList<ContenderResult> Contenders, Overheads Overheads)
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

/// <summary>The slowest of single streaming steps.</summary>
/// <param name="Cell">Whose step.</param>
/// <param name="Step">Of our steps.</param>
/// <param name="Loop">Of multiply-adds in registers, in turn with the steps.</param>
internal sealed record TailResult(CellKind Cell, Tail Step, Tail Loop);

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
