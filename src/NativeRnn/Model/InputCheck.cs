using NativeRnn.Kernels;

namespace NativeRnn;

/// <summary>What the values of an input must be, beyond their number; most networks take any.</summary>
/// <param name="architecture">The network.</param>
/// <param name="requiresFinite">Whether NaN and infinity are refused.</param>
internal sealed unsafe class InputCheck(Architecture architecture, bool requiresFinite)
{
    private readonly Embedding? _embedding = architecture.Layers[0].Layer as Embedding;

    /// <summary>Whether any value could be refused.</summary>
    public bool IsNeeded { get; } = requiresFinite || architecture.Layers[0].Layer is Embedding;

    /// <exception cref="ArgumentException">A value is refused; the message names its place.</exception>
    public void Check(in Rows rows, int steps, int batch)
    {
        for (int t = 0; t < steps; t++)
        {
            for (int sequence = 0; sequence < batch; sequence++)
            {
                ReadOnlySpan<float> features = new(rows.At(t) + sequence * rows.SequenceStride, architecture.InputSize);
                if (_embedding is not null)
                    CheckSymbol(features[0], t, _embedding.Symbols);
                else
                    CheckFinite(features, t, sequence);
            }
        }
    }

    /// <summary>An embedding reads the table's row that its input names, so a number that names none must not get there.</summary>
    private static void CheckSymbol(float symbol, int step, int symbols)
    {
        if (!(symbol >= 0 && symbol < symbols && symbol == float.Truncate(symbol)))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Step {step} must be the number of a symbol, from 0 to {symbols - 1}, but is {symbol}."));
    }

    private static void CheckFinite(ReadOnlySpan<float> features, int step, int sequence)
    {
        for (int i = 0; i < features.Length; i++)
        {
            if (!float.IsFinite(features[i]))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Feature {i} of step {step} of sequence {sequence} must be a finite number, but is {features[i]}."));
        }
    }
}
