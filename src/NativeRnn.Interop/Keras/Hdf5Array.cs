namespace NativeRnn.Interop.Keras;

/// <summary>What an array holds.</summary>
/// <param name="Kind">The class of the HDF5 datatype: 1 numbers with a point, 3 texts of fixed and 9 values of variable length.</param>
/// <param name="Size">Bytes of an element.</param>
/// <param name="IsPlain">Whether they are IEEE floats of 4 or 8 bytes, lowest first, or texts of variable length.</param>
internal readonly record struct Hdf5Type(int Kind, int Size, bool IsPlain)
{
    public const int Float = 1;
    public const int FixedText = 3;
    public const int Variable = 9;

    public static Hdf5Type Read(scoped ref Hdf5Bytes fields)
    {
        int kind = fields.Byte() & 0x0F;
        ReadOnlySpan<byte> bits = fields.Take(3);
        uint size = fields.UInt32();
        if (size is 0 or > int.MaxValue)
            throw new Hdf5Exception($"elements have {size} bytes");
        bool isPlain = kind switch
        {
            Float => IsIeee(bits, (int)size, ref fields),
            Variable => (bits[0] & 0x0F) == 1,
            _ => true,
        };
        return new Hdf5Type(kind, (int)size, isPlain);
    }

    private static bool IsIeee(ReadOnlySpan<byte> bits, int size, scoped ref Hdf5Bytes fields)
    {
        // Byte order little-endian, no padding, mantissa normalized with an implied 1, sign in the highest bit.
        bool isOrdinary = (bits[0] & 0x4F) == 0 && (bits[0] & 0x30) == 0x20 && bits[1] == 8 * size - 1;
        (int offset, int precision) = (fields.UInt16(), fields.UInt16());
        (int exponentAt, int exponentSize, int mantissaAt, int mantissaSize) = (fields.Byte(), fields.Byte(), fields.Byte(), fields.Byte());
        uint bias = fields.UInt32();
        return isOrdinary && offset == 0 && precision == 8 * size && mantissaAt == 0 && exponentAt == mantissaSize
            && (size, exponentSize, mantissaSize, bias) is (sizeof(float), 8, 23, 127) or (sizeof(double), 11, 52, 1023);
    }
}

/// <summary>An array of an HDF5 file: its shape, type and place.</summary>
/// <param name="Name">Its path, for messages.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Type">What its elements are.</param>
/// <param name="Layout">How they are stored: 1 contiguous.</param>
/// <param name="Address">Where, if contiguous.</param>
/// <param name="IsElsewhere">Whether the header names other files that hold the values.</param>
internal sealed record Hdf5Array(string Name, ulong[] Shape, Hdf5Type Type, int Layout, long Address, bool IsElsewhere)
{
    public const int Contiguous = 1;

    private const int MostDimensions = 32;

    /// <summary>The array that messages describe, or null where they describe none.</summary>
    public static Hdf5Array? Read(string name, IReadOnlyList<Hdf5Message> messages)
    {
        ulong[]? shape = null;
        Hdf5Type? type = null;
        (int Class, long Address)? layout = null;
        bool isElsewhere = false;
        foreach (Hdf5Message message in messages)
        {
            isElsewhere |= message.Kind == Hdf5MessageKind.ExternalFiles;
            if (message.Kind is not (Hdf5MessageKind.Dataspace or Hdf5MessageKind.Datatype or Hdf5MessageKind.Layout))
                continue;
            if (message.IsShared)
                throw new Hdf5Exception("its type is shared with other arrays");
            Hdf5Bytes fields = new(message.Body.Span);
            if (message.Kind == Hdf5MessageKind.Dataspace)
                shape = ReadShape(ref fields);
            else if (message.Kind == Hdf5MessageKind.Datatype)
                type = Hdf5Type.Read(ref fields);
            else
                layout = ReadLayout(ref fields);
        }

        return shape is not null && type is not null && layout is not null
            ? new Hdf5Array(name, shape, type.Value, layout.Value.Class, layout.Value.Address, isElsewhere)
            : null;
    }

    public static ulong[] ReadShape(scoped ref Hdf5Bytes fields)
    {
        int version = fields.Version("a dataspace", 1, 2);
        int rank = fields.Byte();
        if (rank > MostDimensions)
            throw new Hdf5Exception($"an array has {rank} dimensions");
        // Flags and, in version 1, five reserved bytes; in version 2 the kind: one value, an array or nothing.
        fields.Skip(1);
        bool isEmpty = false;
        if (version == 1)
            fields.Skip(5);
        else
            isEmpty = fields.Byte() == 2;
        ulong[] shape = new ulong[rank];
        foreach (ref ulong size in shape.AsSpan())
            size = (ulong)fields.Int64();
        return isEmpty ? [0] : shape;
    }

    private static (int Class, long Address) ReadLayout(scoped ref Hdf5Bytes fields)
    {
        fields.Version("the layout of an array", 3, 5);
        int layout = fields.Byte();
        return (layout, layout == Contiguous ? fields.Int64() : Hdf5Bytes.Undefined);
    }
}
