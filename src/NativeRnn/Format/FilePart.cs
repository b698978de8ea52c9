namespace NativeRnn;

/// <summary>A range of a file's bytes that was checked to lie in it.</summary>
internal readonly record struct FilePart(int Start, int Length)
{
    public int End => Start + Length;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> file) => file.Slice(Start, Length);
}
