using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Contenders;
using NativeRnn.Benchmarks.Measuring;
using NativeRnn.Benchmarks.Onnx;

namespace NativeRnn.Benchmarks.Report;

/// <summary>
/// What fewer bits a weight bring and cost: ours in each type beside ONNX Runtime in float32 and, where it has one, its quantised cell, all in turn.
/// </summary>
internal static class Quantized
{
    private static readonly (int InputSize, int Units, int Steps)[] Sizes = [(14, 32, 240), (64, 128, 100), (256, 512, 50)];

    public static IEnumerable<QuantizedTable> Run(CellKind cell, MeasurementPlan plan, Action<string> progress)
    {
        foreach ((int inputSize, int units, int steps) in Sizes)
        {
            BenchmarkCase benchmarkCase = new("quantised", cell, inputSize, units, steps);
            progress(benchmarkCase.Title);
            CaseData data = new(benchmarkCase);
            List<IContender> contenders =
            [
                .. Enum.GetValues<WeightType>().Select(type => new NativeRnnContender(data, $"NativeRnn {type.Name()}", weights: type)),
                new OnnxRuntimeContender(data, "ONNX Runtime float32", OnnxModel.Write(data)),
            ];
            if (cell == CellKind.Lstm)
                contenders.Add(new OnnxRuntimeContender(data, "ONNX Runtime DynamicQuantizeLSTM", OnnxModel.WriteQuantizedLstm(data)));

            double[] differences = [.. contenders.Select(
                contender => Agreement.LargestDifference(contenders[0], contender, units, isStreaming: false))];
            Latency[] latencies = InterleavedTimer.Measure(contenders, isStreaming: false, plan);
            contenders.ForEach(contender => contender.Dispose());
            yield return new QuantizedTable(benchmarkCase, [.. contenders.Select((contender, i) => new QuantizedRow(
                contender.Name, latencies[i], latencies[0].Median / latencies[i].Median, differences[i]))]);
        }
    }
}
