namespace NativeRnn;

/// <summary>
/// A small generator of random numbers that is the same in every version of .NET and on every processor: SplitMix64 (Steele, Lea and
/// Flood, 2014). With all arithmetic modulo 2^64, a number is
/// <code>
/// s += 0x9E3779B97F4A7C15
/// m = (s xor (s >> 30)) * 0xBF58476D1CE4E5B9
/// m = (m xor (m >> 27)) * 0x94D049BB133111EB
/// m xor (m >> 31)
/// </code>
/// </summary>
/// <param name="seed">The first state, s.</param>
public struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 to below 1, a multiple of 2^-53.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));
}
