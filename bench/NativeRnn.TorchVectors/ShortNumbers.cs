using System.Globalization;

namespace NativeRnn.TorchVectors;

/// <summary>
/// Numbers short in a file: random ones with few binary digits, exact in float32 as are sums of two of them, and results rounded to
/// the digits that a comparison in double precision can use.
/// </summary>
internal sealed class ShortNumbers(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Values rounded to 13 significant digits.</summary>
    public static double[] Round(IEnumerable<double> values)
        => [.. values.Select(value => double.Parse(value.ToString("E12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))];

    /// <summary>Multiples of 1/64 between -bound and bound.</summary>
    public double[] Draw(long count, double bound = 0.75)
    {
        int largest = (int)(bound * 64);
        double[] values = new double[count];
        for (int i = 0; i < values.Length; i++)
            values[i] = _random.Next(-largest, largest + 1) / 64.0;
        return values;
    }

    /// <summary>Rows that each are a distribution over some classes, in 64ths.</summary>
    public double[] DrawDistributions(int rows, int classes)
    {
        double[] values = new double[rows * classes];
        for (int row = 0; row < rows; row++)
            for (int part = 0; part < 64; part++)
                values[row * classes + _random.Next(classes)] += 1 / 64.0;
        return values;
    }

    /// <summary>Shares between 0 and 1, in 64ths.</summary>
    public double[] DrawShares(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(65) / 64.0)];
}
