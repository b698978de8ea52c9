namespace NativeRnn.Training;

/// <summary>
/// A text as symbols, a sample for every position that has enough symbols before it: the input are the last ones' numbers, the target the
/// next symbol, one-hot. Each sample is a sequence of its own, so that nothing before its context counts.
/// </summary>
public sealed class ContextSource : SampleSource
{
    private readonly int[] _symbols;

    /// <summary>Creates a source.</summary>
    /// <param name="symbols">The text, each symbol from 0 to below <paramref name="symbolCount"/>.</param>
    /// <param name="symbolCount">The number of different symbols.</param>
    /// <param name="context">Symbols that a prediction looks at.</param>
    /// <exception cref="ArgumentException">The text is no longer than the context, or has an unknown symbol.</exception>
    public ContextSource(ReadOnlySpan<int> symbols, int symbolCount, int context)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(symbolCount, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(context, 1);
        if (symbols.ContainsAnyExceptInRange(0, symbolCount - 1))
            throw new ArgumentException($"The text has a symbol that is not from 0 to {symbolCount - 1}.", nameof(symbols));
        if (symbols.Length <= context)
            throw new ArgumentException($"A text of {symbols.Length} symbols is too short for a context of {context}.", nameof(symbols));
        _symbols = symbols.ToArray();
        Steps = context;
        OutputSize = symbolCount;
    }

    /// <inheritdoc/>
    public override int Count => _symbols.Length - Steps;

    /// <inheritdoc/>
    public override int Steps { get; }

    /// <inheritdoc/>
    public override int InputSize => 1;

    /// <inheritdoc/>
    public override int TargetRows => 1;

    /// <inheritdoc/>
    public override int OutputSize { get; }

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<float> targets)
    {
        targets.Clear();
        for (int i = 0; i < indices.Length; i++)
        {
            for (int step = 0; step < Steps; step++)
                inputs[i * Steps + step] = _symbols[indices[i] + step];
            targets[i * OutputSize + _symbols[indices[i] + Steps]] = 1;
        }
    }
}
