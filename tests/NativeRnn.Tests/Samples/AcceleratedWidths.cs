using System.Runtime.Intrinsics;

namespace NativeRnn.Tests.Samples;

/// <summary>The vector widths that this processor, as configured, accelerates; narrowest first.</summary>
internal static class AcceleratedWidths
{
    public static VectorWidth[] All { get; }
        = [.. Enum.GetValues<VectorWidth>().Where(width => width != VectorWidth.Auto && IsAccelerated(width))];

    public static bool IsAccelerated(VectorWidth width) => width switch
    {
        VectorWidth.Scalar => true,
        VectorWidth.Vector128 => Vector128.IsHardwareAccelerated,
        VectorWidth.Vector256 => Vector256.IsHardwareAccelerated,
        VectorWidth.Vector512 => Vector512.IsHardwareAccelerated,
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "Not a width."),
    };
}
