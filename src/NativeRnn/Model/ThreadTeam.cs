using System.Runtime.ExceptionServices;

namespace NativeRnn;

/// <summary>
/// Runs numbered parts of a piece of work at once: part 0 on the calling thread, each other on a background thread of its own, which
/// sleeps between runs. Unlike Parallel.For, running allocates nothing. Serves one caller at a time.
/// </summary>
internal sealed class ThreadTeam : IDisposable
{
    private readonly Action<int> _work;
    private readonly Member[] _members;

    /// <summary>Starts the threads.</summary>
    /// <param name="size">The most parts of a run, one more than the threads started.</param>
    /// <param name="work">Does the part with the number it is given.</param>
    public ThreadTeam(int size, Action<int> work)
    {
        _work = work;
        _members = new Member[size - 1];
        for (int part = 1; part < size; part++)
            _members[part - 1] = new Member(part, work);
    }

    /// <summary>Runs the first parts and waits for all of them; threads of further parts sleep on.</summary>
    /// <param name="parts">The number of parts, at least 1. If any throw, the exception of the lowest is thrown again here.</param>
    public void Run(int parts)
    {
        ReadOnlySpan<Member> members = _members.AsSpan(0, parts - 1);
        foreach (Member member in members)
            member.Start();

        ExceptionDispatchInfo? failure = Try(_work, 0);
        foreach (Member member in members)
        {
            ExceptionDispatchInfo? later = member.Wait();
            failure ??= later;
        }

        failure?.Throw();
    }

    /// <summary>Ends the threads and waits until they have ended.</summary>
    public void Dispose()
    {
        foreach (Member member in _members)
            member.Dispose();
    }

    private static ExceptionDispatchInfo? Try(Action<int> work, int part)
    {
        try
        {
            work(part);
            return null;
        }
        catch (Exception exception)
        {
            return ExceptionDispatchInfo.Capture(exception);
        }
    }

    /// <summary>
    /// One thread. Semaphores spin briefly before they sleep, so that runs in quick succession need no waking up. An event of type
    /// ManualResetEventSlim would do as well, but allocates its lock when it first sleeps.
    /// </summary>
    private sealed class Member : IDisposable
    {
        private readonly SemaphoreSlim _started = new(0);
        private readonly SemaphoreSlim _finished = new(0);
        private readonly Thread _thread;
        private ExceptionDispatchInfo? _failure;
        private bool _ends;

        public Member(int part, Action<int> work)
        {
            _thread = new Thread(() => Serve(part, work)) { IsBackground = true, Name = $"NativeRnn {part}" };
            _thread.UnsafeStart();
        }

        public void Start() => _started.Release();

        public ExceptionDispatchInfo? Wait()
        {
            _finished.Wait();
            return _failure;
        }

        public void Dispose()
        {
            if (_ends)
                return;
            _ends = true;
            _started.Release();
            _thread.Join();
            _started.Dispose();
            _finished.Dispose();
        }

        private void Serve(int part, Action<int> work)
        {
            while (true)
            {
                _started.Wait();
                if (_ends)
                    return;
                _failure = Try(work, part);
                _finished.Release();
            }
        }
    }
}
