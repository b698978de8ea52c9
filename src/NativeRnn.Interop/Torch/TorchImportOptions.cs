namespace NativeRnn.Interop.Torch;

/// <summary>What the linear layers behind the recurrent ones read.</summary>
public enum TorchHead
{
    /// <summary>The final state h_n, of both directions side by side: one output a sequence.</summary>
    Last = 0,

    /// <summary>Every step's state: one output a step.</summary>
    Sequence = 1,

    /// <summary>
    /// <c>output[:, -1]</c>: one output a sequence. With one direction it is the final state; with two, the backward half is what that
    /// direction says of the last step, its first.
    /// </summary>
    LastStep = 2,
}

/// <summary>The activation of an nn.RNN, which its weights do not tell.</summary>
public enum TorchNonlinearity
{
    /// <summary>tanh, PyTorch's default.</summary>
    Tanh = 0,

    /// <summary>max(0, x).</summary>
    Relu = 1,
}

/// <summary>What a file of PyTorch weights does not say of its network.</summary>
public sealed record TorchImportOptions
{
    /// <summary>
    /// The names of the file's modules, such as <c>lstm1</c>, <c>lstm2</c>, <c>fc</c>, in the order in which the network applies them; empty where
    /// their sizes tell it.
    /// </summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>
    /// What the linear layers behind the last recurrent module read; null for the final state. It must be given for a bidirectional module, in which the final state and the last
    /// step's output differ.
    /// </summary>
    public TorchHead? Head { get; init; }

    /// <summary>
    /// The activations of n linear layers: n of them, one behind each, or n - 1, one behind each but the last. None is linear, but refused
    /// where two linear layers follow each other, because with nothing between them they are hardly meant.
    /// </summary>
    public IReadOnlyList<Activation> Activations { get; init; } = [];

    /// <summary>The activation of an nn.RNN.</summary>
    public TorchNonlinearity Nonlinearity { get; init; }
}
