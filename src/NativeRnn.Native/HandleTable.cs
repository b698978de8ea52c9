namespace NativeRnn.Native;

/// <summary>
/// Models and sessions behind numbers. A handle is a slot's index and, in its upper half, the slot's generation, which changes when the
/// slot is freed: an old handle never means a new object. No handle is 0.
/// </summary>
internal sealed class HandleTable
{
    private readonly Lock _lock = new();
    private readonly List<Slot> _slots = [];
    private readonly Stack<int> _free = new();

    /// <summary>Takes an object in and gives its handle.</summary>
    public ulong Add(object target)
    {
        lock (_lock)
        {
            if (!_free.TryPop(out int index))
            {
                index = _slots.Count;
                _slots.Add(new Slot());
            }

            _slots[index].Target = target;
            return (ulong)_slots[index].Generation << 32 | (uint)index;
        }
    }

    /// <summary>The object of a handle, for any number of threads.</summary>
    /// <exception cref="StatusException">The handle is of nothing, or of another kind.</exception>
    public T Get<T>(ulong handle) where T : class
    {
        lock (_lock)
            return (T)Find<T>(handle).Target!;
    }

    /// <summary>The object of a handle, for the caller alone until <see cref="Return"/>.</summary>
    /// <exception cref="StatusException">The handle is of nothing, or of another kind, or another thread has the object.</exception>
    public T Take<T>(ulong handle) where T : class
    {
        lock (_lock)
        {
            Slot slot = FindIdle<T>(handle);
            slot.IsBusy = true;
            return (T)slot.Target!;
        }
    }

    /// <summary>Ends what <see cref="Take"/> began.</summary>
    public void Return(ulong handle)
    {
        lock (_lock)
            _slots[(int)(uint)handle].IsBusy = false;
    }

    /// <summary>Makes a handle invalid and gives its object for the last time.</summary>
    /// <exception cref="StatusException">The handle is of nothing, or of another kind, or another thread has the object.</exception>
    public T Remove<T>(ulong handle) where T : class
    {
        lock (_lock)
        {
            Slot slot = FindIdle<T>(handle);
            T target = (T)slot.Target!;
            slot.Target = null;
            slot.Generation++;

            // A slot whose generations are used up stays empty.
            if (slot.Generation != 0)
                _free.Push((int)(uint)handle);
            return target;
        }
    }

    private Slot FindIdle<T>(ulong handle)
    {
        Slot slot = Find<T>(handle);
        return slot.IsBusy ? throw new StatusException(Status.Busy, "Another thread is using the session.") : slot;
    }

    private Slot Find<T>(ulong handle)
    {
        uint index = (uint)handle;
        if (index >= _slots.Count || _slots[(int)index] is not { Target: { } target } slot || slot.Generation != handle >> 32)
            throw new StatusException(Status.InvalidHandle, $"0x{handle:x} is no handle, or what it meant is freed.");
        return target is T ? slot : throw new StatusException(Status.InvalidHandle, $"0x{handle:x} is a {NameOf(target)}, not a {NameOf<T>()}.");
    }

    private static string NameOf(object target) => target is RnnModel ? "model" : "session";

    private static string NameOf<T>() => typeof(T) == typeof(RnnModel) ? "model" : "session";

    private sealed class Slot
    {
        public object? Target;
        public uint Generation = 1;
        public bool IsBusy;
    }
}
