namespace NativeRnn.Interop.Onnx;

/// <summary>What the nodes of a graph have in common.</summary>
/// <param name="OperatorSet">The version of the operators.</param>
/// <param name="Options">What the caller wants of the graph.</param>
/// <param name="IsPadded">Whether sequences are shorter than the time axis, by lengths that a run would tell.</param>
internal sealed record OnnxContext(long OperatorSet, OnnxImportOptions Options, bool IsPadded);
