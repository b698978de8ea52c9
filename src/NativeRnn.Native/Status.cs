namespace NativeRnn.Native;

/// <summary>What a call returns; the numbers are those of <c>nativernn.h</c>.</summary>
internal enum Status
{
    Ok = 0,
    InvalidArgument = 1,
    InvalidHandle = 2,
    Busy = 3,
    FileError = 4,
    BadFormat = 5,
    NotSupported = 6,
    BufferTooSmall = 7,
    OutOfMemory = 8,
    InternalError = 9,
}

/// <summary>A failure that only this library knows.</summary>
internal sealed class StatusException(Status status, string message) : Exception(message)
{
    public Status Status { get; } = status;
}

/// <summary>The border that no exception crosses.</summary>
internal static class Failure
{
    [ThreadStatic]
    private static string? _lastError;

    /// <summary>The text of this thread's last failure; empty before the first.</summary>
    public static string LastError => _lastError ?? "";

    /// <summary>Keeps the exception's text as the thread's last error and gives the status that stands for it.</summary>
    public static Status Report(Exception exception)
    {
        _lastError = exception.Message;
        return StatusOf(exception);
    }

    public static Status StatusOf(Exception exception) => exception switch
    {
        StatusException known => known.Status,
        ArgumentException => Status.InvalidArgument,
        ModelFormatException or StateFormatException => Status.BadFormat,
        IOException or UnauthorizedAccessException => Status.FileError,
        NotSupportedException => Status.NotSupported,
        OutOfMemoryException => Status.OutOfMemory,
        _ => Status.InternalError,
    };
}
