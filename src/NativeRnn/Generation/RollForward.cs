namespace NativeRnn;

/// <summary>Rolls numbers forward: the output at step t is the input of step t + 1, so a network gives as many outputs as it takes features.</summary>
public static class RollForward
{
    /// <summary>Rolls a network on from a sequence in one call. Allocates nothing.</summary>
    /// <param name="session">The network's session; its state starts at zero.</param>
    /// <param name="sequence">What was measured, <c>[steps, features]</c> row-major, at least one step.</param>
    /// <param name="destination">Receives <c>[steps, features]</c>, the first row being the output after the sequence's last step.</param>
    /// <exception cref="ArgumentException">The network's outputs are not its features, or a size does not fit.</exception>
    /// <exception cref="NotSupportedException">The network has a backward direction.</exception>
    public static void Run(RnnSession session, ReadOnlySpan<float> sequence, Span<float> destination)
    {
        int features = RequireFeedback(session);
        if (destination.IsEmpty || destination.Length % features != 0)
            throw new ArgumentException($"The destination takes whole steps of {features} features, but has room for {destination.Length} values.", nameof(destination));
        Start(session, sequence, destination[..features]);
        for (int at = features; at < destination.Length; at += features)
            session.Step(destination.Slice(at - features, features), destination.Slice(at, features));
    }

    /// <summary>The same rows one by one, without an end; the caller stops when it has enough.</summary>
    /// <param name="session">The network's session, not to be used for anything else meanwhile.</param>
    /// <param name="sequence">What was measured, <c>[steps, features]</c> row-major, at least one step.</param>
    /// <returns>Rows of features, all in one array that each step overwrites.</returns>
    /// <exception cref="ArgumentException">The network's outputs are not its features, or a size does not fit.</exception>
    /// <exception cref="NotSupportedException">The network has a backward direction.</exception>
    public static IEnumerable<ReadOnlyMemory<float>> Run(RnnSession session, float[] sequence)
    {
        float[] row = new float[RequireFeedback(session)];
        Start(session, sequence, row);
        return Endless();

        IEnumerable<ReadOnlyMemory<float>> Endless()
        {
            float[] input = new float[row.Length];
            while (true)
            {
                yield return row;
                row.CopyTo(input, 0);
                session.Step(input, row);
            }
        }
    }

    private static int RequireFeedback(RnnSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        Architecture architecture = session.Model.Architecture;
        return architecture.InputSize == architecture.OutputSize
            ? architecture.InputSize
            : throw new ArgumentException($"The network takes {architecture.InputSize} features, but gives {architecture.OutputSize} outputs, so they cannot be its next input.", nameof(session));
    }

    private static void Start(RnnSession session, ReadOnlySpan<float> sequence, Span<float> output)
    {
        int features = output.Length;
        if (sequence.IsEmpty || sequence.Length % features != 0)
            throw new ArgumentException($"The sequence takes whole steps of {features} features, but has {sequence.Length} values.", nameof(sequence));
        session.Reset();
        for (int at = 0; at < sequence.Length; at += features)
            session.Step(sequence.Slice(at, features), output);
    }
}
