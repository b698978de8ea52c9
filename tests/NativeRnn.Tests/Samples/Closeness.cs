namespace NativeRnn.Tests.Samples;

/// <summary>Comparison of computed floats with reference doubles.</summary>
internal static class Closeness
{
    /// <summary>
    /// Demands that no value is further from its reference than the tolerance, relative to the largest reference value where that
    /// is above 1: an error anywhere in a layer's state spreads to all units of later steps.
    /// </summary>
    public static void AssertWithin(double tolerance, ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, string context)
    {
        Assert.True(expected.Length == actual.Length, $"{context}: {expected.Length} values expected, {actual.Length} given.");
        double magnitude = 1;
        foreach (double value in expected)
            magnitude = Math.Max(magnitude, Math.Abs(value));
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]);
            if (!(error <= tolerance * magnitude))
            {
                Assert.Fail(
                    $"{context}: value {i} is {actual[i]:R} instead of {expected[i]:R}, "
                    + $"an error of {error:E2} where {tolerance * magnitude:E2} is allowed.");
            }
        }
    }
}
