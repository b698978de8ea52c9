namespace NativeRnn;

/// <summary>
/// Keeps the last step of a sequence alone. Behind a recurrent layer, <see cref="RecurrentLayer.ReturnSequences"/> says the same at less
/// cost. Behind a bidirectional layer it is another thing than both final states: the forward one after the last step and what the
/// backward one says of that same step, which is its first. Networks written for PyTorch often do this, as <c>out[:, -1]</c>.
/// </summary>
public sealed record LastStep : Layer
{
    /// <inheritdoc/>
    public override string Kind => "last_step";

    internal override bool NeedsSequence => true;

    internal override bool KeepsSequence => false;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters(int inputSize) => [];

    internal override void Validate(string name)
    {
    }
}
