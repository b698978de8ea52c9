namespace NativeRnn.Training;

/// <summary>
/// A <see cref="Loss"/> with its gradient. The cross-entropies take the place of the last dense layer's activation: with x its input,
/// <code>
/// sigmoid   loss = max(x, 0) - x y + ln(1 + e^-|x|)      dx = sigmoid(x) - y
/// softmax   loss = sum_i y_i (ln sum_j e^x_j - x_i)       dx_i = softmax(x)_i sum_j y_j - y_i
/// </code>
/// which neither overflow nor take the logarithm of zero.
/// </summary>
internal sealed class LossFunction<T>(Loss loss, int outputSize) where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _delta = T.CreateChecked(loss.Delta);

    /// <summary>Whether the loss applies the last activation itself, so that the network must end before it.</summary>
    public static bool ReplacesActivation(Loss loss) => loss.Kind is LossKind.BinaryCrossEntropy or LossKind.CategoricalCrossEntropy;

    /// <summary>What the sum over a batch is divided by.</summary>
    /// <param name="rows">Target rows of all its sequences.</param>
    public double Divisor(long rows) => loss.Kind == LossKind.CategoricalCrossEntropy ? rows : (double)rows * outputSize;

    /// <summary>The sum of the loss over rows of outputs, and its gradient times a factor.</summary>
    public double Compute(ReadOnlySpan<T> outputs, ReadOnlySpan<T> targets, T factor, Span<T> gradients)
    {
        Debug.Assert(outputs.Length == targets.Length && gradients.Length == outputs.Length);
        if (loss.Kind == LossKind.CategoricalCrossEntropy)
            return Categorical(outputs, targets, factor, gradients);

        T sum = T.Zero;
        for (int i = 0; i < outputs.Length; i++)
        {
            sum += loss.Kind == LossKind.BinaryCrossEntropy
                ? Binary(outputs[i], targets[i], out T gradient)
                : OfError(outputs[i] - targets[i], out gradient);
            gradients[i] = factor * gradient;
        }

        return double.CreateChecked(sum);
    }

    /// <summary>Applies the last activation where the loss has taken its place.</summary>
    public void Predict(Span<T> outputs)
    {
        if (loss.Kind == LossKind.BinaryCrossEntropy)
            TensorPrimitives.Sigmoid(outputs, outputs);
        else if (loss.Kind == LossKind.CategoricalCrossEntropy)
            Softmax.Apply(outputs, outputSize);
    }

    private static T Binary(T x, T target, out T gradient)
    {
        T tail = T.Exp(-T.Abs(x));
        gradient = (x >= T.Zero ? T.One : tail) / (T.One + tail) - target;
        return T.Max(x, T.Zero) - x * target + T.LogP1(tail);
    }

    private T OfError(T error, out T gradient)
    {
        T half = T.CreateChecked(0.5);
        T size = T.Abs(error);
        switch (loss.Kind)
        {
            case LossKind.MeanAbsoluteError:
                gradient = Sign(error);
                return size;
            case LossKind.MeanSquaredError:
                gradient = error + error;
                return error * error;
            case LossKind.Huber when size <= _delta:
                gradient = error;
                return half * error * error;
            case LossKind.Huber:
                // Also where NaN ends, so that it reaches the loss.
                gradient = _delta * Sign(error);
                return _delta * (size - half * _delta);
            default:
                throw new UnreachableException($"{loss.Kind} is not a function of the error.");
        }
    }

    private static T Sign(T value) => value > T.Zero ? T.One : value < T.Zero ? -T.One : T.Zero;

    private double Categorical(ReadOnlySpan<T> outputs, ReadOnlySpan<T> targets, T factor, Span<T> gradients)
    {
        T sum = T.Zero;
        for (int start = 0; start < outputs.Length; start += outputSize)
        {
            ReadOnlySpan<T> row = outputs.Slice(start, outputSize);
            ReadOnlySpan<T> target = targets.Slice(start, outputSize);
            Span<T> gradient = gradients.Slice(start, outputSize);
            T largest = TensorPrimitives.Max(row);
            TensorPrimitives.Subtract(row, largest, gradient);
            TensorPrimitives.Exp(gradient, gradient);
            T total = TensorPrimitives.Sum<T>(gradient);
            T targetTotal = TensorPrimitives.Sum(target);
            T logTotal = largest + T.Log(total);
            for (int i = 0; i < outputSize; i++)
                sum += target[i] * (logTotal - row[i]);
            TensorPrimitives.Multiply(gradient, factor * targetTotal / total, gradient);
            for (int i = 0; i < outputSize; i++)
                gradient[i] -= factor * target[i];
        }

        return double.CreateChecked(sum);
    }
}
