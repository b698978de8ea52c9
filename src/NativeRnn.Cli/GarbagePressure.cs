namespace NativeRnn.Cli;

/// <summary>A thread that allocates garbage until it is stopped, some of it outliving a few collections.</summary>
internal sealed class GarbagePressure
{
    private const int MaxArrayBytes = 4096;
    private const int LivingArrays = 10_000;

    private readonly Thread _thread;
    private readonly int _collectionsBefore = GC.CollectionCount(0);
    private volatile bool _isRunning;
    private volatile bool _isStopped;
    private long _allocatedBytes;

    private GarbagePressure()
    {
        _thread = new Thread(Allocate) { IsBackground = true };
        _thread.Start();
        SpinWait.SpinUntil(() => _isRunning);
    }

    /// <summary>Returns when the thread has filled its share of the heap.</summary>
    public static GarbagePressure Start() => new();

    public PressureResult Stop()
    {
        _isStopped = true;
        _thread.Join();
        // A collection of an older generation counts as one of the youngest too.
        return new PressureResult(_allocatedBytes, GC.CollectionCount(0) - _collectionsBefore);
    }

    private void Allocate()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        byte[][] living = new byte[LivingArrays][];
        Random random = new(1);
        for (long i = 0; !_isStopped; i++)
        {
            living[i % LivingArrays] = new byte[random.Next(MaxArrayBytes)];
            if (i == LivingArrays)
                _isRunning = true;
        }

        GC.KeepAlive(living);
        _allocatedBytes = GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
