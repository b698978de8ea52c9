namespace NativeRnn.Training;

/// <summary>
/// Threads that wait for numbered pieces of work; the calling thread is the first of them. Which worker takes which piece is left to chance,
/// so pieces must not depend on each other. Handing out work allocates nothing.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    private readonly ThreadTeam _team;
    private Action<int, int>? _work;
    private int _pieces;
    private int _next;

    public WorkerPool(int workers)
    {
        Workers = workers;
        _team = new ThreadTeam(workers, TakePieces);
    }

    public int Workers { get; }

    /// <summary>Runs pieces 0 to <paramref name="pieces"/> - 1 and waits for all.</summary>
    /// <param name="pieces">The number of pieces.</param>
    /// <param name="work">Takes the number of the worker and that of the piece.</param>
    public void Run(int pieces, Action<int, int> work)
    {
        _work = work;
        _pieces = pieces;
        _next = -1;
        _team.Run(Math.Clamp(pieces, 1, Workers));
    }

    public void Dispose() => _team.Dispose();

    private void TakePieces(int worker)
    {
        try
        {
            int piece;
            while ((piece = Interlocked.Increment(ref _next)) < _pieces)
                _work!(worker, piece);
        }
        catch
        {
            // The other workers stop after their piece.
            _pieces = 0;
            throw;
        }
    }
}
