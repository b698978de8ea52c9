namespace NativeRnn.Training;

/// <summary>
/// Draws batches of sample numbers in random order without repetition until all are used up, then shuffles anew; without a seed, in their
/// own order.
/// </summary>
internal sealed class BatchSampler
{
    private const ulong ShuffleStream = 1;

    private readonly RandomStream _random;
    private readonly int[] _order;
    private readonly bool _isShuffled;
    private int _used;

    public BatchSampler(int count, ulong? seed)
    {
        _random = new RandomStream(seed ?? 0, ShuffleStream);
        _isShuffled = seed is not null;
        _order = new int[count];
        for (int i = 0; i < count; i++)
            _order[i] = i;
        Shuffle();
    }

    /// <summary>Fills a batch, running on into the next shuffle when the samples are used up.</summary>
    public void Fill(Span<int> batch)
    {
        while (!batch.IsEmpty)
        {
            if (_used == _order.Length)
                Shuffle();
            int taken = Math.Min(batch.Length, _order.Length - _used);
            _order.AsSpan(_used, taken).CopyTo(batch);
            _used += taken;
            batch = batch[taken..];
        }
    }

    /// <summary>Its state, into a checkpoint or out of it.</summary>
    public void Transfer(StateTransfer state)
    {
        _random.Transfer(state);
        state.Values<int>(_order);
        state.Value(ref _used);
    }

    private void Shuffle()
    {
        if (_isShuffled)
            _random.Shuffle(_order);
        _used = 0;
    }
}
