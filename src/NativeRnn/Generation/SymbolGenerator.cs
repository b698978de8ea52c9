namespace NativeRnn;

/// <summary>
/// Writes on where a prompt ends: the symbol drawn at step t is the input of step t + 1. The network begins with an embedding, ends with
/// a softmax over the same symbols and looks back only. All buffers are allocated at the start; one thread at a time.
/// </summary>
public sealed class SymbolGenerator : IDisposable
{
    private readonly RnnSession _session;
    private readonly SymbolSampler _sampler;
    private readonly float[] _input = new float[1];
    private readonly float[] _logits;

    /// <summary>Creates a generator.</summary>
    /// <param name="model">The network.</param>
    /// <param name="options">How symbols are drawn; null for the defaults.</param>
    /// <param name="sessionOptions">The vector width; null for the defaults.</param>
    /// <exception cref="ArgumentException">The network is not of that kind, or an option is out of range; the message says which.</exception>
    public SymbolGenerator(RnnModel model, SamplingOptions? options = null, SessionOptions? sessionOptions = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Architecture architecture = model.Architecture;
        if (architecture.Layers[0].Layer is not Embedding embedding)
            throw new ArgumentException("Only a network that begins with an embedding can write symbols.", nameof(model));
        if (architecture.Layers[^1].Layer is not Dense { Activation.Kind: ActivationKind.Softmax } head)
            throw new ArgumentException($"Only a network that ends with a softmax can write symbols, but {architecture.Layers[^1].Name} is none.", nameof(model));
        if (head.Units != embedding.Symbols)
            throw new ArgumentException($"The network reads {embedding.Symbols} symbols, but gives probabilities for {head.Units}.", nameof(model));
        if (architecture.BackwardLayer is { } backward)
            throw new ArgumentException($"The network cannot write symbols: {backward.Name} needs the whole sequence.", nameof(model));

        // Temperature divides what enters the softmax.
        Layer[] layers = architecture.UnnamedLayers();
        layers[^1] = head with { Activation = Activation.Linear };
        Architecture withLogits = new(1, layers);
        _session = model.With(withLogits).CreateSession(sessionOptions);
        _logits = new float[head.Units];
        _sampler = new SymbolSampler(head.Units, options ?? new SamplingOptions());
    }

    /// <summary>Forgets everything, goes back to the seed and reads a prompt. Allocates nothing.</summary>
    /// <param name="prompt">At least one symbol.</param>
    /// <exception cref="ArgumentException">The prompt is empty, or has a symbol that the network does not know.</exception>
    public void Start(ReadOnlySpan<int> prompt)
    {
        if (prompt.IsEmpty)
            throw new ArgumentException("A prompt has at least one symbol.", nameof(prompt));
        _session.Reset();
        _sampler.Restart();
        foreach (int symbol in prompt)
            Read(symbol);
    }

    /// <summary>Draws the next symbol and reads it; after <see cref="Start"/>. Allocates nothing.</summary>
    public int Next()
    {
        int symbol = _sampler.Draw(_logits);
        Read(symbol);
        return symbol;
    }

    /// <summary>Writes on from a prompt in one call. Allocates nothing.</summary>
    /// <param name="prompt">At least one symbol.</param>
    /// <param name="destination">Receives the symbols behind the prompt.</param>
    /// <exception cref="ArgumentException">The prompt is empty, or has a symbol that the network does not know.</exception>
    public void Generate(ReadOnlySpan<int> prompt, Span<int> destination)
    {
        Start(prompt);
        foreach (ref int symbol in destination)
            symbol = Next();
    }

    /// <summary>The same symbols one by one, without an end; the caller stops when it has enough.</summary>
    /// <param name="prompt">At least one symbol.</param>
    /// <exception cref="ArgumentException">The prompt is empty, or has a symbol that the network does not know.</exception>
    public IEnumerable<int> Generate(int[] prompt)
    {
        Start(prompt);
        return Endless();

        IEnumerable<int> Endless()
        {
            while (true)
                yield return Next();
        }
    }

    /// <summary>Ends the generator's use.</summary>
    public void Dispose() => _session.Dispose();

    private void Read(int symbol)
    {
        _input[0] = symbol;
        _session.Step(_input, _logits);
    }
}
