namespace NativeRnn.Training;

/// <summary>
/// Softmax over the rows of a matrix. The row's maximum is subtracted first, which TensorPrimitives.SoftMax does not do: it turns inputs of
/// 1000 into NaN.
/// </summary>
internal static class Softmax
{
    /// <summary>Replaces each row x by e^x / sum e^x.</summary>
    public static void Apply<T>(Span<T> values, int units) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int start = 0; start < values.Length; start += units)
        {
            Span<T> row = values.Slice(start, units);
            TensorPrimitives.Subtract(row, TensorPrimitives.Max<T>(row), row);
            TensorPrimitives.Exp(row, row);
            TensorPrimitives.Divide(row, TensorPrimitives.Sum<T>(row), row);
        }
    }

    /// <summary>Turns the gradient by y = softmax(x) into that by x: y * (dy - sum(dy * y)).</summary>
    public static void MultiplyDerivative<T>(ReadOnlySpan<T> outputs, int units, Span<T> gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int start = 0; start < gradients.Length; start += units)
        {
            ReadOnlySpan<T> output = outputs.Slice(start, units);
            Span<T> gradient = gradients.Slice(start, units);
            TensorPrimitives.Subtract(gradient, TensorPrimitives.Dot(gradient, output), gradient);
            TensorPrimitives.Multiply(gradient, output, gradient);
        }
    }
}
