namespace NativeRnn.Interop.Onnx;

/// <summary>What the positions along an axis stand for.</summary>
internal enum AxisRole
{
    /// <summary>Not known yet: the first operator that cares will say.</summary>
    Unknown = 0,

    Time = 1,

    Batch = 2,

    /// <summary>The parts of a <see cref="Signal"/>: directions, or layers side by side.</summary>
    Parts = 3,

    Features = 4,

    /// <summary>Groups of parts that follow each other: the layers of a stack, each of two directions.</summary>
    Layers = 5,
}

/// <summary>
/// One axis of a tensor, followed by identity through transposing and reshaping, so that a layout is known rather than guessed from sizes.
/// </summary>
internal sealed class Axis(string name, AxisRole role, long? size)
{
    public AxisRole Role { get; private set; } = role;

    /// <summary>The number of positions; null while only a run would tell.</summary>
    public long? Size { get; private set; } = size;

    /// <summary>Says what the axis is, or finds that it is something else.</summary>
    public bool TryBe(AxisRole role)
    {
        if (Role == AxisRole.Unknown)
            Role = role;
        return Role == role;
    }

    /// <summary>Says how long the axis is, or finds that it is of another length.</summary>
    public bool TryHaveSize(long size)
    {
        Size ??= size;
        return Size == size;
    }

    public override string ToString() => Size is long size ? $"{name} ({size})" : name;
}
