namespace NativeRnn.Benchmarks.Contenders;

/// <summary>One implementation with the weights and inputs of one case, everything allocated that can be allocated beforehand.</summary>
internal interface IContender : IDisposable
{
    string Name { get; }

    /// <summary>What is timed: a window (of each sequence of the batch) from a zero state, or one streaming step.</summary>
    void Run();

    /// <summary>Starts streaming anew: zero state, first input row.</summary>
    void Reset();

    /// <summary>The output of the last call, [batch, directions * units].</summary>
    void CopyOutput(Span<float> destination);
}
