using System.Numerics.Tensors;

namespace NativeRnn.Trainer;

/// <summary>
/// The sums of all products z_i z_j over samples, z = (x, y, 1): everything that linear regression needs to know of them. Two
/// sets of samples are joined by adding their sums.
/// </summary>
internal sealed class CrossProducts
{
    private readonly double[] _sums;
    private readonly int _size;

    /// <param name="inputCount">Values an x has.</param>
    public CrossProducts(int inputCount)
    {
        InputCount = inputCount;
        _size = inputCount + 2;
        _sums = new double[_size * _size];
    }

    public int InputCount { get; }

    /// <summary>The number of samples.</summary>
    public double Count => _sums[^1];

    /// <summary>The mean of an input.</summary>
    public double InputMean(int i) => Sum(i, InputCount + 1) / Count;

    /// <summary>The mean of y.</summary>
    public double TargetMean => Sum(InputCount, InputCount + 1) / Count;

    /// <summary>The sum of (x_i - mean)(x_j - mean), i at most j.</summary>
    public double Covariation(int i, int j) => Sum(i, j) - Count * InputMean(i) * InputMean(j);

    /// <summary>The sum of (x_i - mean)(y - mean).</summary>
    public double TargetCovariation(int i) => Sum(i, InputCount) - Count * InputMean(i) * TargetMean;

    /// <summary>Adds one sample.</summary>
    /// <param name="z">(x, y, 1).</param>
    public void Add(ReadOnlySpan<double> z)
    {
        for (int i = 0; i < _size; i++)
        {
            Span<double> row = _sums.AsSpan(i * _size + i, _size - i);
            TensorPrimitives.MultiplyAdd(z[i..], z[i], row, row);
        }
    }

    /// <summary>The products of this set's samples and another's.</summary>
    public CrossProducts With(CrossProducts other)
    {
        CrossProducts both = new(InputCount);
        TensorPrimitives.Add(_sums, other._sums, both._sums);
        return both;
    }

    private double Sum(int i, int j) => _sums[i * _size + j];
}
