using System.Runtime.ExceptionServices;

namespace NativeRnn.Training;

/// <summary>
/// Threads that wait for numbered pieces of work; the calling thread is the first of them. Unlike Parallel.For, handing out work allocates
/// nothing. Which worker takes which piece is left to chance, so pieces must not depend on each other.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    private readonly Barrier _barrier;
    private readonly Thread[] _threads;
    private Action<int, int>? _work;
    private ExceptionDispatchInfo? _failure;
    private int _pieces;
    private int _next;

    public WorkerPool(int workers)
    {
        Workers = workers;
        _barrier = new Barrier(workers);
        _threads = new Thread[workers - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"NativeRnn training {worker}" };
            _threads[i].Start();
        }
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
        if (pieces == 1 || Workers == 1)
        {
            TakePieces(0);
        }
        else
        {
            _barrier.SignalAndWait();
            TakePieces(0);
            _barrier.SignalAndWait();
        }

        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    public void Dispose()
    {
        _work = null;
        if (_threads.Length > 0)
            _barrier.SignalAndWait();
        foreach (Thread thread in _threads)
            thread.Join();
        _barrier.Dispose();
    }

    private void Serve(int worker)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_work is null)
                return;
            TakePieces(worker);
            _barrier.SignalAndWait();
        }
    }

    private void TakePieces(int worker)
    {
        try
        {
            int piece;
            while ((piece = Interlocked.Increment(ref _next)) < _pieces)
                _work!(worker, piece);
        }
        catch (Exception exception)
        {
            // Thrown again on the calling thread; the other workers stop after their piece.
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            _pieces = 0;
        }
    }
}
