using System.Numerics;

namespace NativeRnn.Training.Tests;

public sealed class MatrixProductTests
{
    [Fact]
    public void Multiply_FloatsOfEverySize_AgreesWithTheDefinition() => CheckAllSizes<float>(1e-5);

    [Fact]
    public void Multiply_DoublesOfEverySize_AgreesWithTheDefinition() => CheckAllSizes<double>(1e-14);

    [Theory]
    [InlineData(5, 37, 127)]
    [InlineData(6, 33, 128)]
    [InlineData(7, 50, 129)]
    [InlineData(4, 19, 300)]
    public void Multiply_DepthsAroundABlock_AgreesWithTheDefinition(int m, int n, int k) => Check<float>(m, n, k, 1e-4);

    [Fact]
    public void Multiply_RowOfABatch_HasTheBitsOfItsOwnProduct()
    {
        // What a row is computed with must not depend on the rows beside it, nor on the tile it falls in.
        const int m = 7, n = 45, k = 200;
        Random random = new(4);
        float[] a = Draw<float>(random, m * k), b = Draw<float>(random, k * n), all = new float[m * n], one = new float[n];
        MatrixProduct.Multiply<float>(m, n, k, a, k, 1, b, n, all, n, accumulate: false);
        for (int row = 0; row < m; row++)
        {
            MatrixProduct.Multiply<float>(1, n, k, a.AsSpan(row * k), k, 1, b, n, one, n, accumulate: false);
            Assert.Equal(one, all.AsSpan(row * n, n).ToArray());
        }
    }

    private static void CheckAllSizes<T>(double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int m = 0; m <= 17; m++)
        {
            for (int n = 0; n <= 17; n++)
            {
                for (int k = 0; k <= 17; k++)
                    Check<T>(m, n, k, tolerance);
            }
        }

        for (int n = 18; n <= 70; n++)
            Check<T>(5, n, 3, tolerance);
    }

    private static void Check<T>(int m, int n, int k, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int bGap = 3, cGap = 2;
        Random random = new(1000 * m + 100 * n + k);
        T[] a = Draw<T>(random, m * k);
        T[] transposed = new T[a.Length];
        for (int i = 0; i < m; i++)
        {
            for (int p = 0; p < k; p++)
                transposed[p * m + i] = a[i * k + p];
        }

        T[] b = Draw<T>(random, k * (n + bGap));
        T[] row = Draw<T>(random, n);
        T[] before = Draw<T>(random, m * (n + cGap));
        T[] overwritten = [.. before], accumulated = [.. before], withRow = [.. before], summed = [.. row];

        MatrixProduct.Multiply<T>(m, n, k, a, k, 1, b, n + bGap, overwritten, n + cGap, accumulate: false);
        MatrixProduct.Multiply<T>(m, n, k, transposed, 1, m, b, n + bGap, accumulated, n + cGap, accumulate: true);
        MatrixProduct.MultiplyAddRow<T>(m, n, k, a, k, 1, b, n + bGap, row, withRow, n + cGap);
        MatrixProduct.AddColumnSums<T>(n, k, b, n + bGap, summed);

        for (int j = 0; j < n; j++)
        {
            double sum = double.CreateChecked(row[j]);
            for (int p = 0; p < k; p++)
                sum += double.CreateChecked(b[p * (n + bGap) + j]);
            Assert.Equal(sum, double.CreateChecked(summed[j]), tolerance);
        }

        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n + cGap; j++)
            {
                int at = i * (n + cGap) + j;
                if (j >= n)
                {
                    Assert.Equal((before[at], before[at], before[at]), (overwritten[at], accumulated[at], withRow[at]));
                    continue;
                }

                double product = 0;
                for (int p = 0; p < k; p++)
                    product += double.CreateChecked(a[i * k + p]) * double.CreateChecked(b[p * (n + bGap) + j]);
                Assert.Equal(product, double.CreateChecked(overwritten[at]), tolerance);
                Assert.Equal(product + double.CreateChecked(before[at]), double.CreateChecked(accumulated[at]), tolerance);
                Assert.Equal(product + double.CreateChecked(row[j]), double.CreateChecked(withRow[at]), tolerance);
            }
        }
    }

    private static T[] Draw<T>(Random random, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. Enumerable.Range(0, count).Select(_ => T.CreateTruncating(2 * random.NextDouble() - 1))];
}
