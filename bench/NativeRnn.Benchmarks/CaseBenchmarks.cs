using BenchmarkDotNet.Attributes;
using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Contenders;
using NativeRnn.Kernels;

namespace NativeRnn.Benchmarks;

/// <summary>The report's cases under BenchmarkDotNet, ours alone, at every width the processor accelerates.</summary>
[MemoryDiagnoser]
public class CaseBenchmarks : IDisposable
{
    private NativeRnnContender? _contender;

    public static IEnumerable<string> Cases => BenchmarkCases.All.Where(one => one.Width == VectorWidth.Auto).Select(one => one.Id);

    public static IEnumerable<VectorWidth> Widths
        => Enum.GetValues<VectorWidth>().Where(width => width != VectorWidth.Auto && VectorWidths.IsAccelerated(width));

    [ParamsSource(nameof(Cases))]
    public string Case { get; set; } = "";

    [ParamsSource(nameof(Widths))]
    public VectorWidth Width { get; set; }

    [GlobalSetup]
    public void Setup()
        => _contender = new NativeRnnContender(new CaseData(BenchmarkCases.All.Single(one => one.Id == Case) with { Width = Width }));

    [GlobalCleanup]
    public void Dispose()
    {
        _contender?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Run() => _contender!.Run();
}
