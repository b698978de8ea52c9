using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Measuring;

namespace NativeRnn.Benchmarks.Contenders;

/// <summary>The contenders of one case on the same weights, ours first.</summary>
internal sealed class Contest : IDisposable
{
    private readonly List<Entry> _entries = [];
    private readonly List<IContender> _references = [];
    private readonly BenchmarkCase _case;

    public Contest(BenchmarkCase benchmarkCase)
    {
        _case = benchmarkCase;
        CaseData data = new(benchmarkCase);
        Ours = new NativeRnnContender(data);
        _entries.Add(new Entry(Ours, Ours, null));
        Add(new OnnxRuntimeContender(data));
        if (benchmarkCase.Cell == CellKind.GruResetBefore)
        {
            CaseData resetAfter = new(benchmarkCase with { Cell = CellKind.GruResetAfter });
            NativeRnnContender reference = new(resetAfter);
            _references.Add(reference);
            _entries.Add(new Entry(
                new TorchSharpContender(resetAfter),
                reference,
                "has no reset before: it runs, and is compared with ours, reset after"));
        }
        else
        {
            Add(new TorchSharpContender(data));
        }

        if (benchmarkCase.HasManagedLoops)
        {
            Add(new ScalarLoopContender(data));
            Add(new TensorPrimitivesContender(data));
        }
    }

    public NativeRnnContender Ours { get; }

    public IReadOnlyList<IContender> Contenders => [.. _entries.Select(entry => entry.Contender)];

    public string? Note(int contender) => _entries[contender].Note;

    /// <summary>The largest difference of a contender's output from ours.</summary>
    public double Difference(int contender)
    {
        Entry entry = _entries[contender];
        return Agreement.LargestDifference(entry.Reference, entry.Contender, _case.Batch * _case.OutputSize, _case.IsStreaming);
    }

    public void Dispose()
    {
        // TorchSharp's inference modes nest and must end in the reverse order.
        foreach (IContender contender in Contenders.Reverse())
            contender.Dispose();
        _references.ForEach(reference => reference.Dispose());
    }

    private void Add(IContender contender) => _entries.Add(new Entry(contender, Ours, null));

    private sealed record Entry(IContender Contender, IContender Reference, string? Note);
}
