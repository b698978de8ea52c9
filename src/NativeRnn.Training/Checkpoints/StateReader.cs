namespace NativeRnn.Training;

/// <summary>Puts state back from the bytes of a checkpoint.</summary>
/// <param name="source">The bytes that a <see cref="StateWriter"/> gave.</param>
/// <param name="path">The checkpoint's file.</param>
internal sealed class StateReader(ReadOnlyMemory<byte> source, string path) : StateTransfer
{
    private ReadOnlyMemory<byte> _rest = source;

    /// <exception cref="CheckpointException">There is more state than was asked for.</exception>
    public void RequireEnd()
    {
        if (!_rest.IsEmpty)
            throw DoesNotFit();
    }

    protected override void Transfer(Span<byte> bytes)
    {
        RequireRoomFor(bytes.Length);
        _rest.Span[..bytes.Length].CopyTo(bytes);
        _rest = _rest[bytes.Length..];
    }

    protected override void RequireRoomFor(long length)
    {
        if (length < 0 || length > _rest.Length)
            throw DoesNotFit();
    }

    private CheckpointException DoesNotFit() => new(path, "its state is not that of this network, options and samples");
}
