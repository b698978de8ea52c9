using System.Runtime.Intrinsics;
using NativeRnn.Benchmarks.Cases;
using NativeRnn.Kernels;

namespace NativeRnn.Benchmarks.Measuring;

/// <summary>The multiply-adds a second of one core at a vector width.</summary>
internal sealed record Peak(VectorWidth Width, double MultiplyAdds);

/// <summary>The bytes a second one core reads of a working set, with vectors of a width.</summary>
internal sealed record Bandwidth(VectorWidth Width, long WorkingSet, double BytesPerSecond);

/// <summary>Measures what this core can do at most.</summary>
internal static class MachineLimits
{
    /// <summary>The multiply-adds a second at a width.</summary>
    public static Peak MeasurePeak(VectorWidth width, int bursts) => new(width, width switch
    {
        VectorWidth.Vector512 => FmaPeak<Vector512<float>, Vector512Ops>.Measure(bursts),
        VectorWidth.Vector256 => FmaPeak<Vector256<float>, Vector256Ops>.Measure(bursts),
        VectorWidth.Vector128 => FmaPeak<Vector128<float>, Vector128Ops>.Measure(bursts),
        _ => FmaPeak<float, ScalarOps>.Measure(bursts),
    });

    /// <summary>What takes the time of a number of multiply-adds in registers.</summary>
    public static Action<int> MultiplyAdds(VectorWidth width) => width switch
    {
        VectorWidth.Vector512 => FmaPeak<Vector512<float>, Vector512Ops>.Spend,
        VectorWidth.Vector256 => FmaPeak<Vector256<float>, Vector256Ops>.Spend,
        VectorWidth.Vector128 => FmaPeak<Vector128<float>, Vector128Ops>.Spend,
        _ => FmaPeak<float, ScalarOps>.Spend,
    };

    /// <summary>The bytes a second read from a working set.</summary>
    public static Bandwidth MeasureBandwidth(VectorWidth width, long bytes, int bursts) => new(width, bytes, width switch
    {
        VectorWidth.Vector512 => ReadBandwidth<Vector512<float>, Vector512Ops>.Measure(bytes, bursts),
        VectorWidth.Vector256 => ReadBandwidth<Vector256<float>, Vector256Ops>.Measure(bytes, bursts),
        VectorWidth.Vector128 => ReadBandwidth<Vector128<float>, Vector128Ops>.Measure(bytes, bursts),
        _ => ReadBandwidth<float, ScalarOps>.Measure(bytes, bursts),
    });

    /// <summary>
    /// Microseconds that the products of a window of one sequence take by themselves; null where they are not the kernel's own: for a batch, a streaming step,
    /// and a small cell.
    /// </summary>
    public static double? MeasureProducts(BenchmarkCase benchmarkCase, VectorWidth width, int bursts)
    {
        if (benchmarkCase.IsStreaming || benchmarkCase.Batch > 1)
            return null;
        double? seconds = width switch
        {
            VectorWidth.Vector512 => ProductTime<Vector512<float>, Vector512Ops>.Measure(benchmarkCase, bursts),
            VectorWidth.Vector256 => ProductTime<Vector256<float>, Vector256Ops>.Measure(benchmarkCase, bursts),
            VectorWidth.Vector128 => ProductTime<Vector128<float>, Vector128Ops>.Measure(benchmarkCase, bursts),
            _ => ProductTime<float, ScalarOps>.Measure(benchmarkCase, bursts),
        };
        return 1e6 * seconds * benchmarkCase.Directions;
    }

    /// <summary>Microseconds that a call's activations take by themselves.</summary>
    public static double MeasureActivations(BenchmarkCase benchmarkCase, VectorWidth width, int bursts)
    {
        double secondsAUnit = width switch
        {
            VectorWidth.Vector512 => ActivationTime<Vector512<float>, Vector512Ops>.Measure(benchmarkCase.Cell, bursts),
            VectorWidth.Vector256 => ActivationTime<Vector256<float>, Vector256Ops>.Measure(benchmarkCase.Cell, bursts),
            VectorWidth.Vector128 => ActivationTime<Vector128<float>, Vector128Ops>.Measure(benchmarkCase.Cell, bursts),
            _ => ActivationTime<float, ScalarOps>.Measure(benchmarkCase.Cell, bursts),
        };
        return 1e6 * secondsAUnit * benchmarkCase.OutputSize * benchmarkCase.Steps * benchmarkCase.Batch;
    }
}
