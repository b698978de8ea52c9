namespace NativeRnn.Cli;

/// <summary>The state file of a stream: the network's state and, attached, where the stream stands. STATE.md has the bytes.</summary>
internal sealed class StreamState(string path, RnnModel model)
{
    public string Path => path;

    /// <exception cref="IOException">The file cannot be written; what stood there before is unharmed.</exception>
    /// <exception cref="InputException">The state is past recovery; what stood there before is unharmed.</exception>
    public void Save(StreamMemory memory, long rows, DateTime lastTime, ReadOnlySpan<double> held)
    {
        memory.Save();
        if (!memory.State.IsFinite)
            throw new InputException($"{path}: the state after row {rows} holds numbers that are not finite; the file stays as saved before", "the inputs are too large for the model");
        using MemoryStream attachment = new();
        using BinaryWriter writer = new(attachment);
        writer.Write(memory.Window);
        writer.Write(model.Architecture.InputSize);
        writer.Write(held.Length);
        writer.Write(memory.Filled);
        writer.Write(rows);
        writer.Write(lastTime.Ticks);
        foreach (double value in held)
            writer.Write(value);
        foreach (float value in memory.Rows)
            writer.Write(value);
        writer.Flush();
        memory.State.Save(path, model, attachment.GetBuffer().AsSpan(0, (int)attachment.Length));
    }

    /// <returns>False when there is no file yet.</returns>
    /// <exception cref="StateFormatException">The file is damaged, of another model or of another kind of stream.</exception>
    public bool Load(StreamMemory memory, Span<double> held, int warmUp, out long rows, out DateTime lastTime)
    {
        rows = 0;
        lastTime = default;
        if (!File.Exists(path))
            return false;
        RnnState state = RnnState.Load(path, model, out byte[] attachment);
        const int FixedLength = 32;
        if (attachment.Length < FixedLength)
            throw new StateFormatException("this is not the state of a stream", path);
        using BinaryReader reader = new(new MemoryStream(attachment));
        (int window, int features, int columns, int filled) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        if (window != memory.Window)
            throw new StateFormatException($"the state is of a stream {Kind(window)}, but this one is {Kind(memory.Window)}", path);
        rows = reader.ReadInt64();
        long ticks = reader.ReadInt64();
        int kept = window == 0 ? 0 : filled * features;
        if (features != model.Architecture.InputSize || columns != held.Length || filled < 0 || filled > warmUp || rows < 0
            || ticks < 0 || ticks > DateTime.MaxValue.Ticks
            || attachment.Length != FixedLength + (long)sizeof(double) * columns + (long)sizeof(float) * kept)
        {
            throw new StateFormatException("the stream's part of the state does not fit the model", path);
        }

        lastTime = new DateTime(ticks);
        for (int i = 0; i < columns; i++)
            held[i] = reader.ReadDouble();
        float[] values = new float[kept];
        for (int i = 0; i < kept; i++)
            values[i] = reader.ReadSingle();
        memory.Restore(state, filled, values);
        return true;
    }

    private static string Kind(int window) => window == 0 ? "without a window" : $"with a window of {window} rows";
}
