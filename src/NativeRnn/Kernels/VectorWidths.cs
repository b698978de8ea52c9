using System.Runtime.Intrinsics;

namespace NativeRnn.Kernels;

/// <summary>
/// The one place that asks the processor what it can. An NativeAOT executable answers when it is published: see the instruction
/// set in the project file.
/// </summary>
internal static class VectorWidths
{
    /// <summary>Whether kernels of a width run on vector registers here; software vectors are slower than scalar code.</summary>
    public static bool IsAccelerated(VectorWidth width) => width switch
    {
        VectorWidth.Vector512 => Vector512.IsHardwareAccelerated,
        VectorWidth.Vector256 => Vector256.IsHardwareAccelerated,
        VectorWidth.Vector128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };

    /// <summary>The widest accelerated width for <see cref="VectorWidth.Auto"/>, else the width asked for.</summary>
    /// <exception cref="NotSupportedException">The width asked for is not accelerated here.</exception>
    public static VectorWidth Resolve(VectorWidth width)
    {
        if (width == VectorWidth.Auto)
        {
            return Vector512.IsHardwareAccelerated ? VectorWidth.Vector512
                : Vector256.IsHardwareAccelerated ? VectorWidth.Vector256
                : Vector128.IsHardwareAccelerated ? VectorWidth.Vector128
                : VectorWidth.Scalar;
        }

        if (!Enum.IsDefined(width) || !IsAccelerated(width))
            throw new NotSupportedException($"{width} is not accelerated on this processor or in this executable; the widest here is {Resolve(VectorWidth.Auto)}.");

        return width;
    }
}
