namespace NativeRnn.Tests.Reference;

/// <summary>The weights of one layer, by name, in double precision; gates are blocks of rows.</summary>
internal sealed class ReferenceWeights(IReadOnlyDictionary<string, float[]> weights, string prefix)
{
    /// <summary>The weights of a layer within this one, such as <c>forward</c>.</summary>
    public ReferenceWeights Inner(string name) => new(weights, prefix + name + ".");

    /// <summary>The matrix [rows, columns] that starts at row block * rows of a parameter.</summary>
    public double[,] Matrix(string name, int rows, int columns, int block = 0)
    {
        float[] values = weights[prefix + name];
        double[,] result = new double[rows, columns];
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++)
                result[row, column] = values[(block * rows + row) * columns + column];
        return result;
    }

    /// <summary>The vector [length] that starts at block * length of a parameter.</summary>
    public double[] Vector(string name, int length, int block = 0)
    {
        float[] values = weights[prefix + name];
        double[] result = new double[length];
        for (int i = 0; i < length; i++)
            result[i] = values[block * length + i];
        return result;
    }
}
