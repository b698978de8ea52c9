namespace NativeRnn.Training;

/// <summary>
/// A text as symbols, cut into equal streams and these into chunks of steps; the input is a symbol's number, the target the next symbol,
/// one-hot. What does not fill a whole chunk of every stream is left out at the end.
/// </summary>
public sealed class TextSource : SampleSource
{
    private readonly int[] _symbols;

    /// <summary>Creates a source.</summary>
    /// <param name="symbols">The text, each symbol from 0 to below <paramref name="symbolCount"/>.</param>
    /// <param name="symbolCount">The number of different symbols.</param>
    /// <param name="streams">Streams that are read side by side.</param>
    /// <param name="steps">Steps of a chunk.</param>
    /// <exception cref="ArgumentException">The text is too short for one chunk of every stream, or has an unknown symbol.</exception>
    public TextSource(ReadOnlySpan<int> symbols, int symbolCount, int streams, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(symbolCount, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (symbols.ContainsAnyExceptInRange(0, symbolCount - 1))
            throw new ArgumentException($"The text has a symbol that is not from 0 to {symbolCount - 1}.", nameof(symbols));
        Chunks = (symbols.Length - 1) / streams / steps;
        if (Chunks < 1)
            throw new ArgumentException($"A text of {symbols.Length} symbols is too short for {streams} streams of {steps} steps.", nameof(symbols));
        _symbols = symbols.ToArray();
        Streams = streams;
        Steps = steps;
        OutputSize = symbolCount;
    }

    /// <inheritdoc/>
    public override int Count => Chunks * Streams;

    /// <inheritdoc/>
    public override int Streams { get; }

    /// <inheritdoc/>
    public override int Steps { get; }

    /// <inheritdoc/>
    public override int InputSize => 1;

    /// <inheritdoc/>
    public override int TargetRows => Steps;

    /// <inheritdoc/>
    public override int OutputSize { get; }

    /// <summary>Chunks of a stream.</summary>
    private int Chunks { get; }

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<float> targets)
    {
        targets.Clear();
        int row = 0;
        foreach (int index in indices)
        {
            (int chunk, int stream) = Math.DivRem(index, Streams);
            int start = (stream * Chunks + chunk) * Steps;
            for (int step = 0; step < Steps; step++, row++)
            {
                inputs[row] = _symbols[start + step];
                targets[row * OutputSize + _symbols[start + step + 1]] = 1;
            }
        }
    }
}
