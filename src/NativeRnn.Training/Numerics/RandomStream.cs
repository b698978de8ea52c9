namespace NativeRnn.Training;

/// <summary>
/// The trainer's own random numbers, so that a seed means the same weights in every version of .NET: xoshiro256** (Blackman and Vigna,
/// 2018), its state filled by <see cref="SplitMix64"/> from a seed and two numbers that name the stream.
/// </summary>
internal sealed class RandomStream
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    public RandomStream(ulong seed, ulong purpose, ulong number = 0) => Restart(seed, purpose, number);

    /// <summary>Starts another stream; streams of different numbers are unrelated.</summary>
    public void Restart(ulong seed, ulong purpose, ulong number)
    {
        ulong ofPurpose = new SplitMix64(seed).Next() ^ purpose;
        SplitMix64 filler = new(new SplitMix64(ofPurpose).Next() ^ number);
        _s0 = filler.Next();
        _s1 = filler.Next();
        _s2 = filler.Next();
        _s3 = filler.Next();
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A number from 0 to below 1, a multiple of 2^-53.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number from 0 to below a limit, each equally likely (but for one part in 2^64 / limit).</summary>
    public int NextBelow(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>A number of the standard normal distribution (Box and Muller, 1958; the second of each pair is not used).</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Puts numbers in random order (Fisher and Yates).</summary>
    public void Shuffle(Span<int> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int other = NextBelow(i + 1);
            (values[i], values[other]) = (values[other], values[i]);
        }
    }

    /// <summary>Its state, into a checkpoint or out of it.</summary>
    public void Transfer(StateTransfer state)
    {
        state.Value(ref _s0);
        state.Value(ref _s1);
        state.Value(ref _s2);
        state.Value(ref _s3);
    }
}
