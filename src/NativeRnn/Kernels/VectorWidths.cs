using System.Runtime.Intrinsics;

namespace NativeRnn.Kernels;

/// <summary>
/// The one place that asks the processor what it can. A NativeAOT executable answers when it is published, for the instruction set
/// it is compiled for: every property here is a constant there, and the kernels of widths it says no to are left out.
/// </summary>
internal static class VectorWidths
{
    private const string WidestOnlySwitch = "NativeRnn.WidestVectorOnly";

    public static bool HasVector512 => Vector512.IsHardwareAccelerated;

    public static bool HasVector256
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.IsHardwareAccelerated && !(IsWidestOnly && HasVector512);
    }

    public static bool HasVector128
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.IsHardwareAccelerated && !(IsWidestOnly && Vector256.IsHardwareAccelerated);
    }

    public static bool HasScalar
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => !(IsWidestOnly && Vector128.IsHardwareAccelerated);
    }

    /// <summary>
    /// Whether a program does without the narrower widths, which give the same bits and are for testing and measuring. The switch
    /// saves a NativeAOT executable three of four copies of the kernels.
    /// </summary>
    [FeatureSwitchDefinition(WidestOnlySwitch)]
    private static bool IsWidestOnly => AppContext.TryGetSwitch(WidestOnlySwitch, out bool isOn) && isOn;

    /// <summary>Whether kernels of a width run on vector registers here; software vectors are slower than scalar code.</summary>
    public static bool IsAccelerated(VectorWidth width) => width switch
    {
        VectorWidth.Vector512 => HasVector512,
        VectorWidth.Vector256 => HasVector256,
        VectorWidth.Vector128 => HasVector128,
        _ => HasScalar,
    };

    /// <summary>The widest accelerated width for <see cref="VectorWidth.Auto"/>, else the width asked for.</summary>
    /// <exception cref="NotSupportedException">The width asked for is not accelerated here.</exception>
    public static VectorWidth Resolve(VectorWidth width)
    {
        if (width == VectorWidth.Auto)
        {
            return HasVector512 ? VectorWidth.Vector512
                : HasVector256 ? VectorWidth.Vector256
                : HasVector128 ? VectorWidth.Vector128
                : VectorWidth.Scalar;
        }

        if (!Enum.IsDefined(width) || !IsAccelerated(width))
            throw new NotSupportedException($"{width} is not accelerated on this processor or in this executable; the widest here is {Resolve(VectorWidth.Auto)}.");

        return width;
    }
}
