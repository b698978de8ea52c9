using System.Text;

namespace NativeRnn.Native;

/// <summary>Pointers and sizes of a caller, checked.</summary>
internal static unsafe class Arguments
{
    public static void CheckPointer(void* pointer, string name)
    {
        if (pointer == null)
            throw new StatusException(Status.InvalidArgument, $"{name} is NULL.");
    }

    /// <summary>The caller's memory as a span.</summary>
    public static Span<T> Span<T>(T* pointer, nuint count, string name) where T : unmanaged
    {
        CheckPointer(pointer, name);
        if (count > int.MaxValue)
            throw new StatusException(Status.InvalidArgument, $"{name}: at most {int.MaxValue} elements expected, found {count}.");
        return new Span<T>(pointer, (int)count);
    }

    public static string Path(byte* path)
    {
        CheckPointer(path, "path");
        return Marshal.PtrToStringUTF8((nint)path)!;
    }

    /// <summary>
    /// Copies into the caller's buffer, whole or not at all, and tells the size either way. Without a buffer it tells the size alone.
    /// </summary>
    public static void CopyOut(ReadOnlySpan<byte> bytes, byte* buffer, nuint capacity, nuint* size)
    {
        CheckPointer(size, "size");
        *size = (nuint)bytes.Length;
        if (buffer == null && capacity == 0)
            return;
        CheckPointer(buffer, "buffer");
        if (capacity < (nuint)bytes.Length)
            throw new StatusException(Status.BufferTooSmall, $"The buffer needs {bytes.Length} bytes, but has {capacity}.");
        bytes.CopyTo(new Span<byte>(buffer, bytes.Length));
    }

    /// <summary><see cref="CopyOut"/> of a text as UTF-8 with a zero at its end, which counts.</summary>
    public static void CopyTextOut(string text, byte* buffer, nuint capacity, nuint* size)
        => CopyOut(Encoding.UTF8.GetBytes(text + '\0'), buffer, capacity, size);
}
