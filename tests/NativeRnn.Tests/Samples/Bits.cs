using System.Runtime.InteropServices;

namespace NativeRnn.Tests.Samples;

/// <summary>Comparison of floats bit by bit: tells -0 from 0 and one NaN from another.</summary>
internal static class Bits
{
    public static void AssertEqual(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string context)
    {
        if (MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(actual)))
            return;

        Assert.True(expected.Length == actual.Length, $"{context}: {expected.Length} values expected, {actual.Length} given.");
        int different = 0;
        int first = -1;
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]))
                continue;
            different++;
            if (first < 0)
                first = i;
        }

        Assert.Fail(
            $"{context}: {different} of {expected.Length} values differ; "
            + $"the first, at {first}, is {actual[first]:R} instead of {expected[first]:R}.");
    }
}
