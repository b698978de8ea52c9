using NativeRnn.Benchmarks.Contenders;

namespace NativeRnn.Benchmarks.Measuring;

/// <summary>Whether two contenders compute the same.</summary>
internal static class Agreement
{
    public const double Tolerance = 1e-4;

    /// <summary>Enough streaming steps to go round the inputs twice and further.</summary>
    private const int StreamingSteps = 40;

    /// <summary>The largest difference between the outputs of a call, or of any streaming step; NaN if an output is.</summary>
    public static double LargestDifference(IContender one, IContender other, int outputLength, bool isStreaming)
    {
        float[] left = new float[outputLength];
        float[] right = new float[outputLength];
        double largest = 0;
        one.Reset();
        other.Reset();
        for (int call = 0; call < (isStreaming ? StreamingSteps : 1); call++)
        {
            one.Run();
            other.Run();
            one.CopyOutput(left);
            other.CopyOutput(right);
            for (int i = 0; i < outputLength; i++)
            {
                double difference = Math.Abs((double)left[i] - right[i]);
                if (!(difference <= largest))
                    largest = difference;
                if (double.IsNaN(largest))
                    return double.NaN;
            }
        }

        return largest;
    }
}
