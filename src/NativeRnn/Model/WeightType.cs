namespace NativeRnn;

/// <summary>How a parameter's weights are stored. Only matrices can be anything but <see cref="Float32"/>.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The names of the number formats are what is meant.")]
public enum WeightType
{
    /// <summary>32 bits, IEEE 754 binary32.</summary>
    Float32 = 1,

    /// <summary>16 bits: the upper half of a float32, so 8 bits of significand and the range of a float32.</summary>
    BFloat16 = 2,

    /// <summary>8 bits: a whole number from -127 to 127, times a scale that all weights of a row share.</summary>
    Int8 = 3,
}

/// <summary>What the types are called.</summary>
public static class WeightTypeExtensions
{
    /// <summary>The type's name in summaries and on command lines: <c>float32</c>, <c>bf16</c> or <c>int8</c>.</summary>
    public static string Name(this WeightType type) => type switch
    {
        WeightType.BFloat16 => "bf16",
        WeightType.Int8 => "int8",
        _ => "float32",
    };

    /// <summary>Whether a number that was read or cast is one of the types.</summary>
    internal static bool IsDefined(this WeightType type) => type is WeightType.Float32 or WeightType.BFloat16 or WeightType.Int8;
}
