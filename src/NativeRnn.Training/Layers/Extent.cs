namespace NativeRnn.Training;

/// <summary>The outer sizes of a time-major block of values, <c>[steps, batch, features]</c>.</summary>
internal readonly record struct Extent(int Steps, int Batch)
{
    /// <summary>Rows of features.</summary>
    public int Rows => Steps * Batch;
}
