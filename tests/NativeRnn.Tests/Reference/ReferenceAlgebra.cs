namespace NativeRnn.Tests.Reference;

/// <summary>Vectors and matrices in double precision, in the plainest loops there are, so that cells read as their equations.</summary>
internal static class ReferenceAlgebra
{
    /// <summary>matrix [rows, columns] times vector [columns].</summary>
    public static double[] Times(double[,] matrix, double[] vector)
    {
        Assert.Equal(matrix.GetLength(1), vector.Length);
        double[] result = new double[matrix.GetLength(0)];
        for (int row = 0; row < result.Length; row++)
            for (int column = 0; column < vector.Length; column++)
                result[row] += matrix[row, column] * vector[column];
        return result;
    }

    /// <summary>The sum of vectors, element by element.</summary>
    public static double[] Sum(params double[][] terms)
    {
        double[] result = new double[terms[0].Length];
        foreach (double[] term in terms)
        {
            Assert.Equal(result.Length, term.Length);
            for (int i = 0; i < result.Length; i++)
                result[i] += term[i];
        }

        return result;
    }

    /// <summary>left * right, element by element.</summary>
    public static double[] Product(double[] left, double[] right)
    {
        Assert.Equal(left.Length, right.Length);
        double[] result = new double[left.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = left[i] * right[i];
        return result;
    }

    /// <summary>1 - vector, element by element.</summary>
    public static double[] OneMinus(double[] vector)
    {
        double[] result = new double[vector.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = 1 - vector[i];
        return result;
    }

    /// <summary>An activation over a vector bounded by a layer's clip.</summary>
    public static double[] Apply(Activation activation, RecurrentLayer layer, double[] vector)
        => Apply(activation, layer.Clip > 0 ? [.. vector.Select(value => Math.Clamp(value, -layer.Clip, layer.Clip))] : vector);

    /// <summary>An activation over a vector.</summary>
    public static double[] Apply(Activation activation, double[] vector)
    {
        if (activation.Kind == ActivationKind.Softmax)
            return ReferenceActivations.Softmax(vector);

        double[] result = new double[vector.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = ReferenceActivations.Apply(activation, vector[i]);
        return result;
    }
}
