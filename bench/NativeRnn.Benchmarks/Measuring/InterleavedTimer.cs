using NativeRnn.Benchmarks.Contenders;

namespace NativeRnn.Benchmarks.Measuring;

/// <summary>Times contenders in turn, A B C A B C ..., so that whatever the machine does besides befalls all of them.</summary>
internal static class InterleavedTimer
{
    /// <summary>Samples kept of one slice; the rest of a slice with very short calls is not needed.</summary>
    private const int MaxSamplesPerSlice = 4096;

    /// <summary>Calls timed together where one lasts less than a microsecond or few.</summary>
    private const int StreamingCalls = 100;

    public static Latency[] Measure(IReadOnlyList<IContender> contenders, bool isStreaming, MeasurementPlan plan)
    {
        int callsPerSample = isStreaming ? StreamingCalls : 1;
        foreach (IContender contender in contenders)
            WarmUp(contender, callsPerSample, plan);

        Recording[] recordings = [.. contenders.Select(_ => new Recording(plan.Rounds * MaxSamplesPerSlice))];
        for (int round = 0; round < plan.Rounds; round++)
        {
            for (int i = 0; i < recordings.Length; i++)
                RunSlice(contenders[i], callsPerSample, plan.Slice, recordings[i]);
        }

        return [.. recordings.Select(recording => Latency.FromTicks(
            recording.Ticks.AsSpan(0, recording.Count),
            callsPerSample,
            recording.BytesPerCall()))];
    }

    private static void WarmUp(IContender contender, int callsPerSample, MeasurementPlan plan)
    {
        Recording ignored = new(MaxSamplesPerSlice * plan.WarmUpBursts);
        for (int burst = 0; burst < plan.WarmUpBursts; burst++)
        {
            long start = Stopwatch.GetTimestamp();
            do
            {
                ignored.Clear();
                RunSlice(contender, callsPerSample, plan.WarmUpBurst - Stopwatch.GetElapsedTime(start), ignored);
            }
            while (Stopwatch.GetElapsedTime(start) < plan.WarmUpBurst);

            Thread.Sleep(plan.WarmUpPause);
        }
    }

    private static void RunSlice(IContender contender, int callsPerSample, TimeSpan length, Recording recording)
    {
        // Not timed: brings the contender's weights back into the caches that the others have filled.
        contender.Run();

        long[] ticks = recording.Ticks;
        int count = recording.Count;
        int full = count + MaxSamplesPerSlice;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long before = Stopwatch.GetTimestamp();
        long end = before + (long)(length.TotalSeconds * Stopwatch.Frequency);
        do
        {
            for (int i = 0; i < callsPerSample; i++)
                contender.Run();
            long after = Stopwatch.GetTimestamp();
            ticks[count++] = after - before;
            before = after;
        }
        while (before < end && count < full);

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        recording.Slices.Add((double)bytes / ((long)(count - recording.Count) * callsPerSample));
        recording.Count = count;
    }

    private sealed class Recording(int capacity)
    {
        public long[] Ticks { get; } = new long[capacity];

        public int Count { get; set; }

        /// <summary>Bytes allocated a call in each slice.</summary>
        public List<double> Slices { get; } = [];

        /// <summary>
        /// The median slice's: a collection within a slice, set off by another thread, counts the unused rest of this thread's
        /// allocation buffer (up to 8 KiB) as allocated.
        /// </summary>
        public double BytesPerCall()
        {
            Slices.Sort();
            return Slices[Slices.Count / 2];
        }

        public void Clear()
        {
            Count = 0;
            Slices.Clear();
        }
    }
}
