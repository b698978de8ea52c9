using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Contenders;
using NativeRnn.Benchmarks.Measuring;

namespace NativeRnn.Benchmarks.Report;

/// <summary>
/// Whether a step takes longer once the state has decayed to where subnormal numbers would be: ours alone, the same weights in turn with inputs
/// that keep the state at normal sizes, and with inputs that are zero after the start.
/// </summary>
internal static class Denormals
{
    /// <summary>What a state keeps of itself in each step while the input is zero.</summary>
    private const double Decay = 0.99;

    /// <summary>0.99^n is subnormal from n = 8700 on, and left alone would stay there: 0.99 of fifty smallest steps rounds to fifty.</summary>
    private const int DecaySteps = 20_000;

    private const float SmallestNormal = 1.17549435e-38f;

    public static DenormalResult Run(CellKind cell, MeasurementPlan plan)
    {
        BenchmarkCase step = new("denormals", cell, 14, 32, 1) { IsStreaming = true };
        CaseData normalData = Decaying(step);
        CaseData decayedData = Decaying(step);
        using NativeRnnContender normal = new(normalData);
        using NativeRnnContender decayed = new(decayedData);

        for (int i = 0; i < CaseData.StreamedRows; i++)
            decayed.Run();
        decayedData.Inputs.AsSpan().Clear();
        for (int i = 0; i < DecaySteps; i++)
            decayed.Run();

        float[] state = new float[step.OutputSize];
        decayed.CopyOutput(state);
        if (!Array.TrueForAll(state, value => MathF.Abs(value) < SmallestNormal))
            throw new InvalidOperationException($"{step.Title}: the state did not decay to where subnormal numbers are; not timed.");

        Latency[] latencies = InterleavedTimer.Measure([normal, decayed], isStreaming: true, plan);
        return new DenormalResult(cell, latencies[0], latencies[1], latencies[1].Median / latencies[0].Median);
    }

    /// <summary>A case whose cell multiplies its state by about <see cref="Decay"/> in each step while the input is zero.</summary>
    private static CaseData Decaying(BenchmarkCase step)
    {
        CaseData data = new(step);
        int units = step.Units;
        Span<float> bias = data.Weights(0, "bias");
        bias.Clear();
        data.Weights(0, "recurrent_bias").AsSpan().Clear();
        float keep = (float)Math.Log(Decay / (1 - Decay));
        switch (step.Cell)
        {
            case CellKind.SimpleRnn:
                // No gate to keep the state: the matrix that it passes through does.
                Span<float> recurrentKernel = data.Weights(0, "recurrent_kernel");
                recurrentKernel.Clear();
                for (int unit = 0; unit < units; unit++)
                    recurrentKernel[unit * units + unit] = (float)Decay;
                break;
            case CellKind.Lstm:
                bias[..units].Fill(-keep);
                bias[units..(2 * units)].Fill(keep);
                break;
            default:
                bias[..units].Fill(keep);
                break;
        }

        return data;
    }
}
