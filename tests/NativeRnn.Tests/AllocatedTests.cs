namespace NativeRnn.Tests;

/// <summary>
/// The measurement that the allocation tests rely on, while another thread has the heap collected: in the background, which is what is
/// miscounted, where DOTNET_gcConcurrent=1 overrules the setting of the test projects.
/// </summary>
public sealed class AllocatedTests
{
    private const int Measurements = 500;

    private object? _kept;

    [Fact]
    public void By_Nothing_IsZero() => WhileCollecting(() => Assert.Equal(0, Allocated.By(() => Thread.SpinWait(1000))));

    [Fact]
    public void By_TheSmallestObject_IsNeverMissed() => WhileCollecting(() => Assert.InRange(
        Allocated.By(() =>
        {
            _kept = new object();
            Thread.SpinWait(1000);
        }),
        3 * IntPtr.Size,
        long.MaxValue));

    private void WhileCollecting(Action measure)
    {
        bool ends = false;
        Thread collector = new(() =>
        {
            // Enough to mark that much happens meanwhile.
            object[] objects = [.. Enumerable.Range(0, 200_000).Select(_ => new byte[16])];
            while (!Volatile.Read(ref ends))
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
                Thread.Sleep(3);
            }

            GC.KeepAlive(objects);
        });
        collector.Start();
        try
        {
            for (int i = 0; i < Measurements; i++)
            {
                // Leaves an allocation window, as a test does that prepares what it measures.
                _kept = new byte[64];
                measure();
            }
        }
        finally
        {
            Volatile.Write(ref ends, true);
            collector.Join();
            GC.KeepAlive(_kept);
        }
    }
}
