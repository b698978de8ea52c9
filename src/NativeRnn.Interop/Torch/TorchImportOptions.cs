namespace NativeRnn.Interop.Torch;

/// <summary>What the linear layer behind the recurrent layers reads.</summary>
public enum TorchHead
{
    /// <summary>The last step's state: one output a sequence.</summary>
    Last = 0,

    /// <summary>Every step's state: one output a step.</summary>
    Sequence = 1,
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
    /// <summary>Whether the network gives one output a sequence or one a step.</summary>
    public TorchHead Head { get; init; }

    /// <summary>The activation behind the last linear layer.</summary>
    public Activation Activation { get; init; } = Activation.Linear;

    /// <summary>The activation of an nn.RNN.</summary>
    public TorchNonlinearity Nonlinearity { get; init; }
}
