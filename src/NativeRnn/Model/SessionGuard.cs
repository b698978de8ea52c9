namespace NativeRnn;

/// <summary>
/// Lets one thread at a time use a session until it is disposed, and refuses all others: two would mix their states, or with a team of
/// threads one's pointers with the other's lengths.
/// </summary>
internal struct SessionGuard
{
    private const int Free = 0;
    private const int Busy = 1;
    private const int Disposed = 2;

    private int _use;

    /// <summary>Takes the session until the turn is disposed.</summary>
    /// <exception cref="InvalidOperationException">Another thread has it.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    [UnscopedRef]
    public Turn Enter()
    {
        int use = Interlocked.CompareExchange(ref _use, Busy, Free);
        if (use != Free)
            ThrowNotFree(use);
        return new Turn(ref _use);
    }

    /// <summary>Refuses every later turn.</summary>
    /// <exception cref="InvalidOperationException">Another thread has the session.</exception>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref _use, Disposed, Free) == Busy)
            ThrowNotFree(Busy);
    }

    [DoesNotReturn]
    private static void ThrowNotFree(int use) => throw (use == Disposed
        ? new ObjectDisposedException(typeof(RnnSession).FullName)
        : new InvalidOperationException($"The {nameof(RnnSession)} is in use by another thread; each thread needs a session of its own."));

    public readonly ref struct Turn(ref int use)
    {
        private readonly ref int _use = ref use;

        public void Dispose() => Volatile.Write(ref _use, Free);
    }
}
