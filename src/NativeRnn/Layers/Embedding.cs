namespace NativeRnn;

/// <summary>
/// Turns the number of a symbol into a vector that is learnt: the row of a table, y = E[x]. It is the first layer of a network whose
/// time step is one symbol; the one input feature is the symbol's number, from 0, as a float. q units for each of n symbols.
/// </summary>
public sealed record Embedding : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="symbols">The number of symbols, n.</param>
    /// <param name="units">The size of a symbol's vector, q.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or above <see cref="Architecture.MaxSize"/>.</exception>
    public Embedding(int symbols, int units)
    {
        Symbols = Positive(symbols);
        Units = Positive(units);
    }

    /// <summary>The number of symbols, n.</summary>
    public int Symbols { get; }

    /// <summary>The size of a symbol's vector, q.</summary>
    public int Units { get; }

    /// <inheritdoc/>
    public override string Kind => "embedding";

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Units;

    /// <summary><c>embeddings</c> E [n, q].</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters(int inputSize) => [new("embeddings", Symbols, Units)];

    internal override string Describe() => string.Create(CultureInfo.InvariantCulture, $"{Symbols} symbols");

    internal override void Validate(string name)
    {
    }
}
