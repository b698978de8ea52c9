namespace NativeRnn.Tests;

/// <summary>
/// What the current thread allocates, to the byte. The runtime's own count is wrong when the marking of a background collection, which any thread
/// may have set off long before, ends between two readings: it takes away every thread's allocation window and counts the unused rest of it,
/// up to 8 KB and more, as allocated. So no window may be left when a measurement begins: a blocking collection takes it away and counts it
/// rightly. What the code under test then allocates needs a new one and is counted, always.
/// </summary>
internal static class Allocated
{
    /// <summary>Bytes that the thread has allocated up to now. Afterwards no thread has an allocation window.</summary>
    public static long SoFar()
    {
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        return GC.GetAllocatedBytesForCurrentThread();
    }

    /// <summary>Bytes that the action allocates on this thread.</summary>
    public static long By(Action action)
    {
        long before = SoFar();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
