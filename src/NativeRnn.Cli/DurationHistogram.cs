using System.Numerics;

namespace NativeRnn.Cli;

/// <summary>
/// Counts durations, exact to the tick below 2048 ticks and to a two-thousandth above: in the same little memory however many there
/// are, for a device may have little.
/// </summary>
internal sealed class DurationHistogram
{
    private const int SubBucketBits = 10;
    private const int SubBuckets = 1 << SubBucketBits;

    private readonly int[] _counts = new int[(64 - SubBucketBits) * SubBuckets];

    /// <summary>How many were added.</summary>
    public int Count { get; private set; }

    /// <summary>Their sum, in ticks.</summary>
    public long Sum { get; private set; }

    /// <summary>The longest, in ticks, exact.</summary>
    public long Maximum { get; private set; }

    public void Add(long ticks)
    {
        _counts[Bucket(ticks)]++;
        Count++;
        Sum += ticks;
        Maximum = Math.Max(Maximum, ticks);
    }

    /// <summary>Forgets everything, and writes to all of the memory: the system gives it only then, which is not to be timed.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        (Count, Sum, Maximum) = (0, 0, 0);
    }

    /// <summary>A percentile by nearest rank, in ticks.</summary>
    public long Percentile(double part)
    {
        int rank = Math.Max(1, (int)Math.Ceiling(part * Count));
        int bucket = 0;
        for (int counted = _counts[0]; counted < rank; counted += _counts[bucket])
            bucket++;
        return Math.Min(Ticks(bucket), Maximum);
    }

    /// <summary>The ticks themselves below 2 * <see cref="SubBuckets"/>; from there on each power of two has as many buckets.</summary>
    private static int Bucket(long ticks)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)ticks) - SubBucketBits);
        return (shift << SubBucketBits) + (int)(ticks >> shift);
    }

    /// <summary>The middle of a bucket.</summary>
    private static long Ticks(int bucket)
    {
        int shift = Math.Max(0, (bucket >> SubBucketBits) - 1);
        return ((long)(bucket - (shift << SubBucketBits)) << shift) + ((1L << shift) >> 1);
    }
}
