namespace NativeRnn.Training;

/// <summary>
/// Back-propagation through <see cref="Embedding"/>: dE[x] += dy, which touches the rows of the symbols that occurred and no others.
/// A row is a column of the input-major table. The symbols' numbers have no gradient.
/// </summary>
internal sealed class TrainableEmbedding<T>(Embedding layer, string name, Weights<T> weights) : TrainableLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ParameterSlot _embeddings = weights.Slot(name + ".embeddings");

    public override void Forward(ReadOnlySpan<T> input, Span<T> output, Extent extent, RandomStream? dropout)
    {
        ReadOnlySpan<T> table = _embeddings.Of(weights.InputMajor.AsSpan());
        for (int row = 0; row < extent.Rows; row++)
        {
            int symbol = int.CreateSaturating(input[row]);
            if ((uint)symbol >= (uint)layer.Symbols || T.CreateChecked(symbol) != input[row])
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"An input must be the number of a symbol, from 0 to {layer.Symbols - 1}, but is {input[row]}."));
            ReadOnlySpan<T> column = table[symbol..];
            Span<T> vector = output.Slice(row * layer.Units, layer.Units);
            for (int unit = 0; unit < vector.Length; unit++)
                vector[unit] = column[unit * layer.Symbols];
        }
    }

    public override void Backward(
        ReadOnlySpan<T> input, ReadOnlySpan<T> output, Span<T> outputGradient, Span<T> inputGradient, Span<T> gradients)
    {
        Span<T> table = _embeddings.Of(gradients);
        for (int row = 0; row < input.Length; row++)
        {
            Span<T> column = table[int.CreateChecked(input[row])..];
            ReadOnlySpan<T> gradient = outputGradient.Slice(row * layer.Units, layer.Units);
            for (int unit = 0; unit < gradient.Length; unit++)
                column[unit * layer.Symbols] += gradient[unit];
        }

        inputGradient.Clear();
    }
}
