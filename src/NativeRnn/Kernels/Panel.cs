namespace NativeRnn.Kernels;

/// <summary>How many vectors a panel has, as a type argument: the JIT and the AOT compiler drop what a narrower panel lacks.</summary>
internal interface IPanel
{
    static abstract int Vectors { get; }
}

internal readonly struct Panel1 : IPanel
{
    public static int Vectors => 1;
}

internal readonly struct Panel2 : IPanel
{
    public static int Vectors => 2;
}

internal readonly struct Panel3 : IPanel
{
    public static int Vectors => 3;
}

internal readonly struct Panel4 : IPanel
{
    public static int Vectors => 4;
}

internal readonly struct Panel5 : IPanel
{
    public static int Vectors => 5;
}

internal readonly struct Panel6 : IPanel
{
    public static int Vectors => 6;
}

internal readonly struct Panel7 : IPanel
{
    public static int Vectors => 7;
}

internal readonly struct Panel8 : IPanel
{
    public static int Vectors => 8;
}
