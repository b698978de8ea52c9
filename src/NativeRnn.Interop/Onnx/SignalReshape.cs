namespace NativeRnn.Interop.Onnx;

/// <summary>
/// Reshape of a signal: the axes, slowest first, are dealt out to the new dimensions. No axis is cut but that of several layers' directions, so
/// that what comes out is known.
/// </summary>
internal static class SignalReshape
{
    public static Signal Apply(OnnxNode node)
    {
        Signal signal = node.Signal(0);
        Size[] shape = node.Sizes(1);
        bool keepsZero = node.Flag("allowzero");
        int open = Array.FindIndex(shape, size => IsConstant(size, -1));
        List<Axis> left = [.. signal.Dimensions.SelectMany(axes => axes)];
        var dimensions = new Axis[shape.Length][];
        for (int i = 0; i < (open < 0 ? shape.Length : open); i++)
            dimensions[i] = Deal(i, fromEnd: false);
        for (int i = shape.Length - 1; i > open && open >= 0; i--)
            dimensions[i] = Deal(i, fromEnd: true);
        if (open >= 0)
            dimensions[open] = [.. left];
        else if (left.Exists(axis => axis.Size != 1))
            throw Misfit();
        return signal.WithDimensions(dimensions);

        Axis[] Deal(int dimension, bool fromEnd)
        {
            bool isCopy = !keepsZero && IsConstant(shape[dimension], 0);
            if (isCopy && dimension >= signal.Rank)
                throw Misfit();
            Axis[] copied = isCopy ? signal.Dimensions[dimension] : [];
            List<Axis> dealt = [];
            while (!(isCopy ? dealt.SequenceEqual(copied) : IsDone(dealt, shape[dimension], fromEnd)))
            {
                if (left.Count == 0 || dealt.Count > signal.Rank + 1)
                    throw Misfit();
                int next = fromEnd ? left.Count - 1 : 0;
                if (!fromEnd && dealt.Count == 0)
                    CutLayers(shape[dimension]);
                dealt.Insert(fromEnd ? 0 : dealt.Count, left[next]);
                left.RemoveAt(next);
            }

            return [.. dealt];
        }

        // The states of a stack, layer by layer: layers times directions.
        void CutLayers(Size size)
        {
            if (left[0] is not { Role: AxisRole.Parts, Size: long parts } || !size.IsConstant || size.Offset < 2 || size.Offset >= parts || parts % size.Offset != 0)
                return;
            left[0] = SignalSelection.PartsAxis((int)(parts / size.Offset));
            left.Insert(0, new Axis("layers", AxisRole.Layers, size.Offset));
        }

        bool IsDone(List<Axis> dealt, Size size, bool fromEnd)
        {
            // An axis of length 1 goes to the first dimension of size 1 that it meets.
            bool isOneWaiting = dealt.Count == 0 && IsConstant(size, 1) && left.Count > 0 && left[fromEnd ? ^1 : 0].Size == 1;
            return !isOneWaiting && size.IsProductOf([.. dealt]);
        }

        ModelImportException Misfit()
            => node.Error($"gives {signal.ShapeText()} a shape that cuts or mixes axes: [{string.Join(", ", shape.Select(Text))}]");
    }

    private static bool IsConstant(Size size, long value) => size.IsConstant && size.Offset == value;

    private static string Text(Size size) => size.IsConstant ? size.Offset.ToString(System.Globalization.CultureInfo.InvariantCulture) : "?";
}
