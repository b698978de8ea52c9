namespace NativeRnn.Interop.Onnx;

/// <summary>What is made of a graph's inputs and outputs that a network here does not have, because a session gives or takes them.</summary>
public sealed record OnnxImportOptions
{
    /// <summary>
    /// True to leave initial states that are inputs of the graph to the session: sequences start from zeros, and from other states where
    /// <see cref="RnnSession.RestoreState"/> gives them. False to refuse such a graph.
    /// </summary>
    public bool ZeroInitialStates { get; init; }

    /// <summary>
    /// True to take lengths of sequences (<c>sequence_lens</c>) that are an input of the graph as what a network here does: every sequence is
    /// given at its own length, without padding. False to refuse such a graph.
    /// </summary>
    public bool UnpaddedSequences { get; init; }

    /// <summary>The name of the output that the network gives; null for the graph's first.</summary>
    public string? Output { get; init; }
}
