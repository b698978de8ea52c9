namespace NativeRnn.Interop.Keras;

/// <summary>
/// The weights of one Keras layer by role: <c>kernel</c> [inputs, gates * units], <c>recurrent_kernel</c> [units, gates * units] and
/// <c>bias</c>, of a bidirectional layer with <c>forward.</c> or <c>backward.</c> before them. Taking turns a matrix round, to rows of
/// outputs as here.
/// </summary>
internal sealed class KerasTensors(Hdf5File file, Dictionary<string, Hdf5Array> arrays, string where)
{
    /// <summary>The first size of a matrix: a layer's inputs.</summary>
    public int Rows(string role)
    {
        ulong[] shape = Find(role).Shape;
        return shape is [>= 1 and <= Architecture.MaxSize, _]
            ? (int)shape[0]
            : throw new ModelImportException($"{where}: {role} has shape [{string.Join(", ", shape)}]; expected [inputs, outputs]");
    }

    /// <summary>The matrix [inputs, outputs] as [outputs, inputs].</summary>
    public float[] TakeTransposed(string role, int inputs, int outputs)
    {
        Hdf5Array array = Reserve(role, inputs, outputs);
        // Row by row, so that a large matrix is in memory once.
        float[] row = new float[outputs];
        float[] transposed = new float[inputs * outputs];
        for (int input = 0; input < inputs; input++)
        {
            file.Read(array, (long)input * outputs, row, Where(role));
            for (int output = 0; output < outputs; output++)
                transposed[output * inputs + input] = row[output];
        }

        return transposed;
    }

    /// <summary>An array of exactly this shape, row-major.</summary>
    public float[] Take(string role, params int[] shape)
    {
        Hdf5Array array = Reserve(role, shape);
        float[] values = new float[shape.Aggregate(1, (product, size) => product * size)];
        file.Read(array, 0, values, Where(role));
        return values;
    }

    /// <summary>Refuses arrays that nobody took. The state that a stateful layer was saved in may be there, but must be zero.</summary>
    public void RefuseRest(bool mayHoldState)
    {
        foreach ((string name, Hdf5Array array) in arrays)
        {
            ulong[] shape = array.Shape;
            bool isState = mayHoldState && shape is [> 0, > 0 and <= Architecture.MaxSize] && shape[0] <= (ulong)Architecture.MaxParameters / shape[1];
            if (!isState)
                throw new ModelImportException($"{where}: the file has weights '{name}' [{string.Join(", ", shape)}], which this layer should not have");
            if (Take(name, [.. shape.Select(size => (int)size)]).AsSpan().ContainsAnyExcept(0f))
                throw new ModelImportException($"{where} is stateful and was saved in a state other than zero ({name}); reset its states and save again");
        }
    }

    private string Where(string role) => $"{where}: {role}";

    private Hdf5Array Reserve(string role, params int[] shape)
    {
        Hdf5Array array = Find(role);
        if (!array.Shape.SequenceEqual(shape.Select(size => (ulong)size)))
            throw new ModelImportException($"{where}: {role} has shape [{string.Join(", ", array.Shape)}]; expected [{string.Join(", ", shape)}]");
        long count = shape.Aggregate(1L, (product, size) => product * size);
        if (count > Architecture.MaxParameters)
            throw new ModelImportException($"{where}: {role} has {count} weights; at most {Architecture.MaxParameters} are supported");

        file.Reserve(array, count, Where(role));
        arrays.Remove(role);
        return array;
    }

    private Hdf5Array Find(string role)
        => arrays.TryGetValue(role, out Hdf5Array? array) ? array : throw new ModelImportException($"{where}: the file lacks its {role}");
}
