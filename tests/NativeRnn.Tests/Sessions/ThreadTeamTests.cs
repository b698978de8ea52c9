namespace NativeRnn.Tests.Sessions;

public sealed class ThreadTeamTests
{
    private const int Size = 4;

    [Fact]
    public void Run_ManyTimes_DoesEachPartAskedForOnceOnItsThread()
    {
        int[] done = new int[Size];
        int[] threads = new int[Size];
        bool[] moved = new bool[Size];
        using ThreadTeam team = new(Size, part =>
        {
            done[part]++;
            int thread = Environment.CurrentManagedThreadId;
            moved[part] |= threads[part] != 0 && threads[part] != thread;
            threads[part] = thread;
        });
        int[] expected = new int[Size];
        for (int run = 0; run < 20_000; run++)
        {
            int parts = 1 + run % Size;
            team.Run(parts);
            for (int part = 0; part < parts; part++)
                expected[part]++;
            Assert.Equal(expected, done);

            // Long enough for the threads to fall asleep.
            if (run % 1000 == 0)
                Thread.Sleep(2);
        }

        Assert.Equal(new bool[Size], moved);
        Assert.Equal(Environment.CurrentManagedThreadId, threads[0]);
        Assert.Equal(Size, threads.Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_OnePartThrows_ThrowsAfterTheOthersEndedAndRunsAgain(int failing)
    {
        bool fails = true;
        int ended = 0;
        using ThreadTeam team = new(Size, part =>
        {
            if (fails && part == failing)
                throw new InvalidOperationException($"part {part}");
            Thread.Sleep(20);
            Interlocked.Increment(ref ended);
        });
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => team.Run(Size));
        Assert.Equal($"part {failing}", error.Message);
        Assert.Equal(Size - 1, ended);

        fails = false;
        team.Run(Size);
        Assert.Equal(2 * Size - 1, ended);
    }

    [Fact]
    public void Run_SeveralPartsThrow_ThrowsTheLowest()
    {
        using ThreadTeam team = new(Size, part =>
        {
            if (part >= 2)
                throw new InvalidOperationException($"part {part}");
        });
        Assert.Equal("part 2", Assert.Throws<InvalidOperationException>(() => team.Run(Size)).Message);
    }

    [Fact]
    public void Dispose_EndsTheThreads()
    {
        Thread[] threads = new Thread[Size];
        ThreadTeam team = new(Size, part => threads[part] = Thread.CurrentThread);
        team.Run(Size);
        Assert.All(threads, thread => Assert.True(thread.IsAlive));
        Assert.All(threads[1..], thread => Assert.True(thread.IsBackground));
        team.Dispose();
        team.Dispose();
        Assert.All(threads[1..], thread => Assert.False(thread.IsAlive));
    }
}
