namespace NativeRnn.Interop.Onnx;

/// <summary>What the nodes of a graph have in common.</summary>
/// <param name="OperatorSet">The version of the operators.</param>
/// <param name="Options">What the caller wants of the graph.</param>
/// <param name="IsPadded">Whether sequences are shorter than the time axis, by lengths that a run would tell.</param>
/// <param name="Budget">Elements of constants that may be made for the file, so that a small one cannot ask for large ones.</param>
internal sealed record OnnxContext(long OperatorSet, OnnxImportOptions Options, bool IsPadded, long Budget)
{
    private long _left = Budget;

    /// <summary>Counts elements that a node makes.</summary>
    /// <exception cref="ModelImportException">They are too many.</exception>
    public void Charge(OnnxNode node, long elements)
    {
        _left -= elements;
        if (_left < 0)
            node.Refuse("makes constants many times the size of the file");
    }
}
