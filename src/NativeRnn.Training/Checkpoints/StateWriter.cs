using System.Buffers;

namespace NativeRnn.Training;

/// <summary>Appends state to a buffer.</summary>
internal sealed class StateWriter(IBufferWriter<byte> destination) : StateTransfer
{
    protected override void Transfer(Span<byte> bytes) => destination.Write(bytes);

    protected override void RequireRoomFor(long length)
    {
    }
}
