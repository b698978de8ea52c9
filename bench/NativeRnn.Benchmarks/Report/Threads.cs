using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Contenders;
using NativeRnn.Benchmarks.Measuring;

namespace NativeRnn.Benchmarks.Report;

/// <summary>What a second thread brings in a batch: ours alone, the same weights in turn; timed only if the bits are the same.</summary>
internal static class Threads
{
    public static ThreadResult Run(CellKind cell, MeasurementPlan plan)
    {
        CaseData data = new(new BenchmarkCase("threads", cell, 14, 32, 240) { Batch = 64 });
        using NativeRnnContender one = new(data);
        using NativeRnnContender two = new(data, threads: 2);
        if (!Output(one, data).AsSpan().SequenceEqual(Output(two, data)))
            throw new InvalidOperationException($"{data.Case.Title}: two threads give other bits than one; not timed.");

        Latency[] latencies = InterleavedTimer.Measure([one, two], isStreaming: false, plan);
        return new ThreadResult(data.Case, latencies[0], latencies[1], latencies[0].Median / latencies[1].Median);
    }

    private static float[] Output(NativeRnnContender contender, CaseData data)
    {
        float[] output = new float[data.Case.Batch * data.Case.OutputSize];
        contender.Run();
        contender.CopyOutput(output);
        return output;
    }
}
