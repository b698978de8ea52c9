namespace NativeRnn.Trainer;

/// <summary>How well a model predicts a text, run as on the device.</summary>
internal static class TextScore
{
    private const int Chunk = 1024;

    /// <summary>
    /// The mean of -ln p over all symbols but the first, p being the model's output for the symbol that came: one sequence from the zero state,
    /// every symbol predicted from all before.
    /// </summary>
    public static double NatsPerSymbol(RnnModel model, ReadOnlySpan<int> text)
    {
        int symbols = model.Architecture.OutputSize;
        using RnnSession session = model.CreateSession();
        float[] inputs = new float[Chunk];
        float[] outputs = new float[Chunk * symbols];
        double sum = 0;
        for (int start = 0; start < text.Length - 1; start += Chunk)
        {
            int steps = Math.Min(Chunk, text.Length - 1 - start);
            for (int i = 0; i < steps; i++)
                inputs[i] = text[start + i];
            session.Run(inputs.AsSpan(0, steps), outputs.AsSpan(0, steps * symbols), start == 0 ? InitialState.Zero : InitialState.Carried);
            for (int i = 0; i < steps; i++)
                sum -= Math.Log(outputs[i * symbols + text[start + i + 1]]);
        }

        return sum / (text.Length - 1);
    }

    /// <summary>The same over all symbols that have a context before them, each predicted from this alone, from the zero state.</summary>
    public static double NatsPerSymbol(RnnModel model, ReadOnlySpan<int> text, int context)
    {
        const int Batch = 64;
        Architecture architecture = model.Architecture;
        int symbols = architecture.OutputSize;
        int rows = architecture.ReturnsSequence ? context : 1;
        using RnnSession session = model.CreateSession(new SessionOptions { MaxBatch = Batch, MaxSteps = context });
        float[] inputs = new float[Batch * context];
        float[] outputs = new float[Batch * rows * symbols];
        double sum = 0;
        int count = text.Length - context;
        for (int first = 0; first < count; first += Batch)
        {
            int batch = Math.Min(Batch, count - first);
            for (int i = 0; i < batch * context; i++)
                inputs[i] = text[first + i / context + i % context];
            session.RunBatch(inputs.AsSpan(0, batch * context), batch, outputs.AsSpan(0, batch * rows * symbols));
            for (int i = 0; i < batch; i++)
                sum -= Math.Log(outputs[((i + 1) * rows - 1) * symbols + text[first + i + context]]);
        }

        return sum / count;
    }
}
