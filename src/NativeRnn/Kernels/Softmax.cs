namespace NativeRnn.Kernels;

/// <summary>e^(x_i - max x) / sum_j e^(x_j - max x), in place. The sum runs over the units one by one, the same on every width.</summary>
internal static unsafe class Softmax<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    /// <summary>Computes the softmax of one row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="units">Its length.</param>
    /// <param name="padded">Its length in whole vectors; what lies beyond <paramref name="units"/> is overwritten.</param>
    public static void Apply(float* row, int units, int padded)
    {
        float largest = row[0];
        for (int i = 1; i < units; i++)
            largest = float.Max(largest, row[i]);

        for (nint i = 0; i < padded; i += TOps.Count)
        {
            TVector shifted = TOps.Subtract(TOps.Load(row + i), TOps.Broadcast(largest));
            TOps.Store(row + i, VectorMath<TVector, TOps>.ExpOfNonPositive(shifted));
        }

        float sum = 0;
        for (int i = 0; i < units; i++)
            sum += row[i];

        for (nint i = 0; i < padded; i += TOps.Count)
            TOps.Store(row + i, TOps.Divide(TOps.Load(row + i), TOps.Broadcast(sum)));
    }
}
