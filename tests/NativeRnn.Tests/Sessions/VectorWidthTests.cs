using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Sessions;

public sealed class VectorWidthTests
{
    /// <summary>Names the width that a run with instruction sets switched off must end up with.</summary>
    private const string ExpectedWidthVariable = "NATIVERNN_EXPECTED_WIDTH";

    public static TheoryData<VectorWidth> Widths => [VectorWidth.Scalar, VectorWidth.Vector128, VectorWidth.Vector256, VectorWidth.Vector512];

    [Fact]
    public void CreateSession_AutoWidth_PicksTheWidestAccelerated()
    {
        using RnnSession session = Sample().CreateSession(VectorWidth.Auto);
        Assert.Equal(AcceleratedWidths.All[^1], session.VectorWidth);
    }

    /// <summary>Proves to CI that a switch such as DOTNET_EnableAVX512=0 took effect, for an unknown one is silently ignored.</summary>
    [Fact]
    public void CreateSession_AutoWidth_IsTheOneThatTheEnvironmentNames()
    {
        string? expected = Environment.GetEnvironmentVariable(ExpectedWidthVariable);
        Assert.SkipUnless(!string.IsNullOrEmpty(expected), $"{ExpectedWidthVariable} is not set.");
        using RnnSession session = Sample().CreateSession(VectorWidth.Auto);
        Assert.Equal(expected, session.VectorWidth.ToString());
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void CreateSession_AcceleratedWidth_UsesIt(VectorWidth width)
    {
        Assert.SkipUnless(AcceleratedWidths.IsAccelerated(width), $"{width} is not accelerated here.");
        using RnnSession session = Sample().CreateSession(width);
        Assert.Equal(width, session.VectorWidth);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void CreateSession_WidthNotAccelerated_NamesIt(VectorWidth width)
    {
        Assert.SkipWhen(AcceleratedWidths.IsAccelerated(width), $"{width} is accelerated here.");
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => Sample().CreateSession(width));
        Assert.Contains(width.ToString(), error.Message, StringComparison.Ordinal);
    }

    private static RandomModel Sample() => new(3, new Gru(5));
}
