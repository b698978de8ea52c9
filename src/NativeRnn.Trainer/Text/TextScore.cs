namespace NativeRnn.Trainer;

/// <summary>How well a model predicts a text, run as on the device: one sequence from the zero state, every symbol from those before.</summary>
internal static class TextScore
{
    private const int Chunk = 1024;

    /// <summary>The mean of -ln p over all symbols but the first, p being the model's output for the symbol that came.</summary>
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
}
