namespace NativeRnn.Training;

/// <summary>
/// A network's weights in two layouts over the same offsets, shared by all workers and changed between steps only. What the optimizer
/// changes, and what gradients look like, is <see cref="InputMajor"/>: matrices transposed, <c>[columns, rows]</c> as Keras keeps them,
/// for the lanes of forward products and weight gradients run along a layer's units. <see cref="RowMajor"/>, the layout of
/// <see cref="Architecture.Parameters"/>, is the copy that products with input gradients read.
/// </summary>
internal sealed class Weights<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Weights(Architecture architecture, IReadOnlyDictionary<string, T[]> values)
    {
        Architecture = architecture;
        List<ParameterSlot> slots = [];
        int offset = 0;
        foreach (ParameterShape shape in architecture.Parameters)
        {
            ParameterSlot slot = new(shape, offset);
            slots.Add(slot);
            offset += slot.Count;
            if (!values.TryGetValue(shape.Name, out T[]? given))
                throw new ArgumentException($"The weights lack {shape}.", nameof(values));
            if (given.Length != slot.Count)
                throw new ArgumentException($"{shape} takes {slot.Count} weights, but {given.Length} were given.", nameof(values));
        }

        if (values.Count != slots.Count)
        {
            string unknown = values.Keys.First(name => !slots.Exists(slot => slot.Shape.Name == name));
            throw new ArgumentException($"The weights hold '{unknown}', which the architecture does not have.", nameof(values));
        }

        Slots = slots;
        InputMajor = new T[offset];
        RowMajor = new T[offset];
        foreach (ParameterSlot slot in slots)
        {
            values[slot.Shape.Name].CopyTo(slot.Of(RowMajor));
            slot.Transpose(slot.Of(RowMajor), slot.Of(InputMajor));
        }
    }

    public Architecture Architecture { get; }

    public IReadOnlyList<ParameterSlot> Slots { get; }

    public T[] InputMajor { get; }

    public T[] RowMajor { get; }

    /// <summary>The slot of a parameter by its full name.</summary>
    public ParameterSlot Slot(string name) => Slots.First(slot => slot.Shape.Name == name);

    /// <summary>Brings <see cref="RowMajor"/> up to date with one parameter of <see cref="InputMajor"/>.</summary>
    public void Refresh(ParameterSlot slot) => slot.TransposeBack(slot.Of(InputMajor), slot.Of(RowMajor));

    /// <summary>Brings all of <see cref="RowMajor"/> up to date.</summary>
    public void Refresh()
    {
        foreach (ParameterSlot slot in Slots)
            Refresh(slot);
    }

    /// <summary>Values or gradients in the input-major layout as row-major arrays by name.</summary>
    public Dictionary<string, T[]> Export(ReadOnlySpan<T> inputMajor)
    {
        Dictionary<string, T[]> result = new(Slots.Count);
        foreach (ParameterSlot slot in Slots)
        {
            T[] rowMajor = new T[slot.Count];
            slot.TransposeBack(inputMajor.Slice(slot.Offset, slot.Count), rowMajor);
            result.Add(slot.Shape.Name, rowMajor);
        }

        return result;
    }
}

/// <summary>Where a parameter stands in the flat arrays of <see cref="Weights{T}"/>.</summary>
internal sealed record ParameterSlot(ParameterShape Shape, int Offset)
{
    public int Count => (int)Shape.Count;

    /// <summary>The parameter's part of a flat array.</summary>
    public Span<T> Of<T>(Span<T> flat) => flat.Slice(Offset, Count);

    /// <summary>From row-major to input-major.</summary>
    public void Transpose<T>(ReadOnlySpan<T> rowMajor, Span<T> inputMajor)
        => Swap(rowMajor, Shape.Rows, Math.Max(Shape.Columns, 1), inputMajor);

    /// <summary>From input-major to row-major.</summary>
    public void TransposeBack<T>(ReadOnlySpan<T> inputMajor, Span<T> rowMajor)
        => Swap(inputMajor, Math.Max(Shape.Columns, 1), Shape.Rows, rowMajor);

    private static void Swap<T>(ReadOnlySpan<T> source, int rows, int columns, Span<T> destination)
    {
        if (rows == 1 || columns == 1)
        {
            source.CopyTo(destination);
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                destination[column * rows + row] = source[row * columns + column];
        }
    }
}
