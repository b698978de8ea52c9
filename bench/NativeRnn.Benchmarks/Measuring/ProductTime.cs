using NativeRnn.Benchmarks.Cases;
using NativeRnn.Kernels;

namespace NativeRnn.Benchmarks.Measuring;

/// <summary>
/// How long the products of a window take by themselves, with the kernels' own weights and loops: those of the input of all steps at once, the recurrent ones step
/// by step, walking the weights forward and backward in turn. Nothing is computed of the sums, and no step waits for the one before.
/// </summary>
internal static unsafe class ProductTime<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    /// <summary>Seconds of one direction: the best of a number of bursts. Null for a cell so small that its steps take their input themselves.</summary>
    public static double? Measure(BenchmarkCase benchmarkCase, int bursts)
    {
        int units = benchmarkCase.Units, inputSize = benchmarkCase.InputSize, gates = benchmarkCase.Gates;
        GateSums sums = LayerKernels<TVector, TOps>.CreateSums(Weights, inputSize, units, units, firstGate: 0, gates);
        if (sums.IsSmall)
            return null;
        AlignedBuffer input = new((long)benchmarkCase.Steps * inputSize), projection = new((long)benchmarkCase.Steps * sums.Length);
        AlignedBuffer hidden = new(units), result = new(sums.Length);
        input.Span.Fill(0.5f);
        hidden.Span.Fill(0.5f);

        double seconds = Bursts.BestSeconds(bursts, Run);
        GC.KeepAlive((sums, input, projection, hidden, result));
        return seconds;

        void Run()
        {
            MatrixProduct<TVector, TOps>.Run(
                sums.Input, sums.Bias.Pointer, 0, input.Pointer, inputSize, projection.Pointer, sums.Length, benchmarkCase.Steps, scratch: null);
            for (int t = 0; t < benchmarkCase.Steps; t++)
            {
                MatrixProduct<TVector, TOps>.Run(
                    sums.Recurrent, projection.Pointer + (nint)t * sums.Length, 0, hidden.Pointer, 0, result.Pointer, 0, rows: 1, scratch: null, isBackward: t % 2 != 0);
            }
        }

        WeightTensor Weights(string parameter)
        {
            float[] values = new float[gates * units * (parameter == "kernel" ? inputSize : parameter == "bias" ? 1 : units)];
            Array.Fill(values, 0.01f);
            return WeightTensor.Float32(values);
        }
    }
}
