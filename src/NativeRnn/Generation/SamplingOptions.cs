namespace NativeRnn;

/// <summary>How the next symbol is chosen by its probability.</summary>
public sealed record SamplingOptions
{
    /// <summary>
    /// What the logarithms of the probabilities are divided by before they are made to add up to 1 again: below 1 likely symbols become
    /// likelier, above 1 rare ones do, and 0 always takes the most likely symbol, of several the first.
    /// </summary>
    public float Temperature { get; init; } = 1;

    /// <summary>How many of the most likely symbols take part, or null for all; symbols as likely as the last of them take part too.</summary>
    public int? TopK { get; init; }

    /// <summary>What random numbers start from: the same seed gives the same symbols.</summary>
    public ulong Seed { get; init; }

    internal void Validate()
    {
        if (!(Temperature >= 0 && float.IsFinite(Temperature)))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The temperature must be finite and at least 0, but is {Temperature}."));
        if (TopK < 1)
            throw new ArgumentException($"Top-k must be at least 1, but is {TopK}.");
    }
}
