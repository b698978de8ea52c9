using PureHDF;

namespace NativeRnn.Interop.Keras;

/// <summary>
/// The weights of one Keras layer by role: <c>kernel</c> [inputs, gates * units], <c>recurrent_kernel</c> [units, gates * units] and
/// <c>bias</c>, of a bidirectional layer with <c>forward.</c> or <c>backward.</c> before them. Taking turns a matrix round, to rows of
/// outputs as here.
/// </summary>
internal sealed class KerasTensors(Hdf5File file, Dictionary<string, IH5Dataset> arrays, string where)
{
    /// <summary>The first size of a matrix: a layer's inputs.</summary>
    public int Rows(string role)
    {
        ulong[] shape = Hdf5File.Shape(Find(role));
        return shape is [>= 1 and <= Architecture.MaxSize, _]
            ? (int)shape[0]
            : throw new ModelImportException($"{where}: {role} has shape [{string.Join(", ", shape)}]; expected [inputs, outputs]");
    }

    /// <summary>The matrix [inputs, outputs] as [outputs, inputs].</summary>
    public float[] TakeTransposed(string role, int inputs, int outputs)
    {
        float[] values = Take(role, inputs, outputs);
        float[] transposed = new float[values.Length];
        for (int input = 0; input < inputs; input++)
            for (int output = 0; output < outputs; output++)
                transposed[output * inputs + input] = values[input * outputs + output];
        return transposed;
    }

    /// <summary>An array of exactly this shape, row-major.</summary>
    public float[] Take(string role, params int[] shape)
    {
        IH5Dataset array = Find(role);
        ulong[] actual = Hdf5File.Shape(array);
        if (!actual.SequenceEqual(shape.Select(size => (ulong)size)))
            throw new ModelImportException($"{where}: {role} has shape [{string.Join(", ", actual)}]; expected [{string.Join(", ", shape)}]");
        long count = shape.Aggregate(1L, (product, size) => product * size);
        if (count > Architecture.MaxParameters)
            throw new ModelImportException($"{where}: {role} has {count} weights; at most {Architecture.MaxParameters} are supported");

        arrays.Remove(role);
        return file.Read(array, (int)count, $"{where}: {role}");
    }

    /// <summary>Refuses arrays that nobody took. The state that a stateful layer was saved in may be there, but must be zero.</summary>
    public void RefuseRest(bool mayHoldState)
    {
        foreach ((string name, IH5Dataset array) in arrays)
        {
            ulong[] shape = Hdf5File.Shape(array);
            bool isState = mayHoldState && shape is [> 0, > 0 and <= Architecture.MaxSize] && shape[0] <= (ulong)Architecture.MaxParameters / shape[1];
            if (!isState)
                throw new ModelImportException($"{where}: the file has weights '{name}' [{string.Join(", ", shape)}], which this layer should not have");
            if (file.Read(array, (int)(shape[0] * shape[1]), $"{where}: {name}").Any(value => value != 0))
                throw new ModelImportException($"{where} is stateful and was saved in a state other than zero ({name}); reset its states and save again");
        }
    }

    private IH5Dataset Find(string role)
        => arrays.TryGetValue(role, out IH5Dataset? array) ? array : throw new ModelImportException($"{where}: the file lacks its {role}");
}
