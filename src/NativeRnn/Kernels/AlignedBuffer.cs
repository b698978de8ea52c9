namespace NativeRnn.Kernels;

/// <summary>
/// Zeroed floats that start on a cache line and never move. A pinned array is only 8-byte aligned, so it is made a line longer
/// and entered at the first boundary. The pointer is good for as long as the buffer is reachable.
/// </summary>
internal sealed unsafe class AlignedBuffer
{
    private const int LineBytes = 64;
    private readonly float[] _array;
    private readonly int _start;

    public AlignedBuffer(long length)
    {
        Length = checked((int)length);
        _array = GC.AllocateArray<float>(checked(Length + LineBytes / sizeof(float)), pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
        _start = (int)(-address & (LineBytes - 1)) / sizeof(float);
        Pointer = (float*)address + _start;
    }

    public int Length { get; }

    public float* Pointer { get; }

    public Span<float> Span => _array.AsSpan(_start, Length);
}
