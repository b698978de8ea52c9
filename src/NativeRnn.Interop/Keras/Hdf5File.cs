using PureHDF;
using PureHDF.VOL.Native;

namespace NativeRnn.Interop.Keras;

/// <summary>
/// An HDF5 file as Keras writes them: groups, contiguous arrays of floats, texts as attributes. What the reading library throws at a
/// damaged file becomes a <see cref="ModelImportException"/>.
/// </summary>
internal sealed class Hdf5File : IDisposable
{
    /// <summary>Groups within groups below a layer; Keras makes six. Links may form circles.</summary>
    private const int DeepestGroup = 10;

    /// <summary>Arrays below a layer; a bidirectional GRU has six.</summary>
    private const int MostArrays = 100;

    private const int LargestText = 16 << 20;

    private readonly NativeFile _root;
    private readonly MeteredStream _stream;

    private Hdf5File(MeteredStream stream)
    {
        _stream = stream;
        _root = H5File.Open(stream, leaveOpen: false);
    }

    /// <summary>Opens a file.</summary>
    /// <param name="stream">The file, seekable; closed with this object.</param>
    public static Hdf5File Open(Stream stream) => Guard("header", () =>
    {
        ForeignFiles.Refuse(stream);
        return new Hdf5File(new MeteredStream(stream));
    });

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    /// <summary>Whether the file has a group or an array of this path.</summary>
    public bool Contains(string path) => Guard(path, () => _root.LinkExists(path));

    /// <summary>A text attribute of the file, or null.</summary>
    public string? Attribute(string name) => Guard(name, () =>
    {
        if (!_root.AttributeExists(name))
            return null;
        IH5Attribute attribute = _root.Attribute(name);
        if (attribute.Type.Class is not (H5DataTypeClass.String or H5DataTypeClass.VariableLength) || attribute.Type.Size > LargestText
            || !attribute.Space.Dimensions.All(size => size == 1))
        {
            throw new ModelImportException($"the attribute '{name}' is not one text");
        }

        return attribute.Space.Dimensions.Length == 0 ? attribute.Read<string>() : attribute.Read<string[]>().Single();
    });

    /// <summary>The arrays below a group, by their paths relative to it; none where the group is absent.</summary>
    public Dictionary<string, IH5Dataset> Arrays(string group) => Guard(group, () =>
    {
        Dictionary<string, IH5Dataset> arrays = [];
        if (_root.LinkExists(group))
            Collect(_root.Group(group), "", depth: 0, arrays);
        return arrays;
    });

    /// <summary>An array's sizes.</summary>
    public static ulong[] Shape(IH5Dataset array) => Guard(array.Name, () => array.Space.Dimensions);

    /// <summary>An array's values in single precision.</summary>
    /// <param name="array">The array, whose shape was checked to be this long.</param>
    /// <param name="count">The number of its values.</param>
    /// <param name="where">How messages name it.</param>
    public float[] Read(IH5Dataset array, int count, string where) => Guard(where, () =>
    {
        // A chunked array may be compressed, a virtual one stand in other files: either can claim more than the file holds.
        if (array.Layout.Class != H5DataLayoutClass.Contiguous)
            throw new ModelImportException($"{where} is stored {array.Layout.Class}; expected contiguous, as Keras writes it");

        (H5DataTypeClass kind, int size) = (array.Type.Class, array.Type.Size);
        long before = _stream.BytesRead;
        float[] values = (kind, size) switch
        {
            (H5DataTypeClass.FloatingPoint, sizeof(float)) => Whole(array.Read<float[]>(), count, where),
            (H5DataTypeClass.FloatingPoint, sizeof(double)) => Array.ConvertAll(Whole(array.Read<double[]>(), count, where), value => Narrow(value, where)),
            _ => throw new ModelImportException($"{where} holds {kind} of {size} bytes; expected floats of 4 or 8"),
        };
        // The library follows links to other files, and lists of files that hold an array's data.
        return _stream.BytesRead - before >= (long)count * size
            ? values
            : throw new ModelImportException($"{where} is not in this file but in another one that it links to, which is not supported");
    });

    private static T[] Whole<T>(T[] values, int count, string where)
        => values.Length == count ? values : throw new ModelImportException($"{where} holds {values.Length} values; expected {count}");

    private static float Narrow(double value, string where)
    {
        float narrowed = (float)value;
        return narrowed == value || double.IsNaN(value)
            ? narrowed
            : throw new ModelImportException($"{where} holds {value:R} in double precision, which float32 does not hold exactly (cast the weights to float32 and save again)");
    }

    private static void Collect(IH5Group group, string prefix, int depth, Dictionary<string, IH5Dataset> arrays)
    {
        if (depth > DeepestGroup)
            throw new ModelImportException($"'{group.Name}': groups are nested more than {DeepestGroup} deep");
        foreach (IH5Object child in group.Children())
        {
            string path = prefix + child.Name;
            if (child is IH5Dataset array)
                arrays.Add(path, array);
            else if (child is IH5Group inner)
                Collect(inner, path + "/", depth + 1, arrays);
            else
                throw new ModelImportException($"'{path}' is neither a group nor an array");
            if (arrays.Count > MostArrays)
                throw new ModelImportException($"'{prefix}' holds more than {MostArrays} arrays");
        }
    }

    /// <summary>The library has no one exception for damaged files: it throws whatever the damage leads to.</summary>
    private static T Guard<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is not ModelImportException)
        {
            throw new ModelImportException($"the HDF5 data of '{what}' are damaged or not supported: {exception.Message}", exception);
        }
    }
}
