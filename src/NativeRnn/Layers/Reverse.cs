namespace NativeRnn;

/// <summary>
/// Turns a sequence round in time: its last step comes first. Before a recurrent layer it makes that layer run backwards (Keras'
/// go_backwards); another one behind it gives the outputs in the order of the input again, as ONNX's reverse direction does.
/// </summary>
public sealed record Reverse : Layer
{
    /// <inheritdoc/>
    public override string Kind => "reverse";

    internal override bool NeedsSequence => true;

    internal override bool NeedsWholeSequence => true;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters(int inputSize) => [];

    internal override void Validate(string name)
    {
    }
}
