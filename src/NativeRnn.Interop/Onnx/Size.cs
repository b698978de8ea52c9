namespace NativeRnn.Interop.Onnx;

/// <summary>
/// An integer of shape arithmetic: factor * (product of axes whose length only a run tells) + offset. What does not stay of this form
/// does not fold.
/// </summary>
internal readonly struct Size
{
    private readonly long _factor;
    private readonly Axis[]? _axes;

    public Size(long constant) => Offset = constant;

    private Size(long factor, Axis[] axes, long offset)
    {
        _factor = factor;
        _axes = factor == 0 ? null : axes;
        Offset = offset;
    }

    /// <summary>What is added to the product of axes; the whole value of a constant.</summary>
    public long Offset { get; }

    public ReadOnlySpan<Axis> Axes => _axes;

    public bool IsConstant => _axes is null;

    public static Size Of(Axis axis) => axis.Size is long size ? new Size(size) : new Size(1, [axis], 0);

    /// <summary>Whether this is an axis' length plus an offset.</summary>
    public bool IsLengthOf(Axis axis, long offset = 0)
        => axis.Size is long size ? IsConstant && Offset == size + offset : _axes is [var only] && only == axis && _factor == 1 && Offset == offset;

    /// <summary>Whether this is the product of some axes, in any order, and nothing else.</summary>
    public bool IsProductOf(ReadOnlySpan<Axis> axes)
    {
        Size product = new(1);
        foreach (Axis axis in axes)
        {
            if ((product * Of(axis)) is not { } next)
                return false;
            product = next;
        }

        return Equals(product);
    }

    public bool Equals(Size other) => _factor == other._factor && Offset == other.Offset && SameAxes(other);

    public static Size? operator +(Size left, Size right)
    {
        if (left.IsConstant || right.IsConstant)
            return new Size(left._factor + right._factor, left._axes ?? right._axes ?? [], left.Offset + right.Offset);
        return left.SameAxes(right) ? new Size(left._factor + right._factor, left._axes!, left.Offset + right.Offset) : null;
    }

    public static Size? operator -(Size left, Size right) => left + new Size(-right._factor, right._axes ?? [], -right.Offset);

    public static Size? operator *(Size left, Size right)
    {
        if (left.IsConstant || right.IsConstant)
        {
            (long scale, Size other) = left.IsConstant ? (left.Offset, right) : (right.Offset, left);
            return new Size(scale * other._factor, other._axes ?? [], scale * other.Offset);
        }

        return left.Offset == 0 && right.Offset == 0 && left._axes!.Length + right._axes!.Length <= 8
            ? new Size(left._factor * right._factor, [.. left._axes, .. right._axes], 0)
            : null;
    }

    public static Size? operator /(Size left, Size right)
    {
        if (right.IsConstant && right.Offset is not (0 or -1))
        {
            bool isExact = left._factor % right.Offset == 0 && (left.IsConstant || left.Offset % right.Offset == 0);
            return isExact ? new Size(left._factor / right.Offset, left._axes ?? [], left.Offset / right.Offset) : null;
        }

        bool isMultiple = !right.IsConstant && right.Offset == 0 && left.Offset == 0 && left.SameAxes(right) && left._factor % right._factor == 0;
        return isMultiple ? new Size(left._factor / right._factor) : null;
    }

    private bool SameAxes(Size other)
    {
        if (Axes.Length != other.Axes.Length)
            return false;
        List<Axis> left = [.. Axes];
        foreach (Axis axis in other.Axes)
        {
            if (!left.Remove(axis))
                return false;
        }

        return true;
    }
}
