using System.Runtime.InteropServices;

namespace NativeRnn.Training;

/// <summary>
/// The state of a training on its way into a checkpoint or back out of it. Whatever has state names its fields once, in one method for
/// both ways (<c>void Transfer(StateTransfer state)</c>), so what is written and what is read back cannot come to differ.
/// </summary>
internal abstract class StateTransfer
{
    /// <summary>A number, or a structure of numbers.</summary>
    public void Value<T>(ref T value) where T : struct => Transfer(MemoryMarshal.AsBytes(new Span<T>(ref value)));

    /// <summary>Numbers whose count follows from the network, the options and the samples.</summary>
    public void Values<T>(Span<T> values) where T : struct => Transfer(MemoryMarshal.AsBytes(values));

    /// <summary>Numbers whose count changes while training.</summary>
    public void List<T>(List<T> values) where T : struct
    {
        int count = values.Count;
        Value(ref count);
        RequireRoomFor((long)count * Unsafe.SizeOf<T>());
        CollectionsMarshal.SetCount(values, count);
        Values(CollectionsMarshal.AsSpan(values));
    }

    /// <summary>Writes the bytes down, or fills them with what was written.</summary>
    protected abstract void Transfer(Span<byte> bytes);

    /// <summary>Refuses bytes that no checkpoint of this length can hold.</summary>
    protected abstract void RequireRoomFor(long length);
}
