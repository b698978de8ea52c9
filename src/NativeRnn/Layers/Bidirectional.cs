namespace NativeRnn;

/// <summary>How a bidirectional layer joins the outputs of its two directions. The numbers are part of the weight-file format.</summary>
public enum Merge : ushort
{
    /// <summary>The forward features, then the backward features.</summary>
    Concat = 0,

    /// <summary>forward + backward.</summary>
    Sum = 1,

    /// <summary>forward * backward, element by element.</summary>
    Multiply = 2,

    /// <summary>(forward + backward) / 2.</summary>
    Average = 3,
}

/// <summary>
/// Two recurrent layers over the same input, one from the first step to the last, one from the last to the first. As a
/// sequence, row t holds what both say of step t; many-to-one, the output is both <em>final</em> states: the forward one after
/// the last step and the backward one after the first step of the input.
/// </summary>
public sealed record Bidirectional : Layer
{
    /// <summary>Creates the layer with the same settings for both directions.</summary>
    /// <param name="layer">The layer to run in both directions, with weights of its own for each.</param>
    public Bidirectional(RecurrentLayer layer) : this(layer, layer)
    {
    }

    /// <summary>Creates the layer with settings of its own for each direction.</summary>
    /// <param name="forward">The layer that runs from the first step to the last.</param>
    /// <param name="backward">The layer that runs from the last step to the first.</param>
    public Bidirectional(RecurrentLayer forward, RecurrentLayer backward)
    {
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(backward);
        Forward = forward;
        Backward = backward;
    }

    /// <summary>The layer that runs from the first step to the last.</summary>
    public RecurrentLayer Forward { get; }

    /// <summary>The layer that runs from the last step to the first.</summary>
    public RecurrentLayer Backward { get; }

    /// <summary>How the two outputs are joined.</summary>
    public Merge Merge { get; init; }

    /// <inheritdoc/>
    public override string Kind => "bidirectional";

    internal override int StateSize => Forward.StateSize + Backward.StateSize;

    internal override bool KeepsSequence => Forward.ReturnSequences;

    internal override bool NeedsSequence => true;

    internal override bool NeedsWholeSequence => true;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize)
        => Merge == Merge.Concat ? Forward.OutputSize(inputSize) + Backward.OutputSize(inputSize) : Forward.OutputSize(inputSize);

    /// <summary>The parameters of both layers, their names prefixed with <c>forward.</c> and <c>backward.</c>.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters(int inputSize) =>
    [
        .. ParameterShape.WithPrefix("forward.", Forward.Parameters(inputSize)),
        .. ParameterShape.WithPrefix("backward.", Backward.Parameters(inputSize)),
    ];

    internal override string Describe()
    {
        string inner = Forward.Describe();
        return $"{Forward.Kind}, {Merge.ToString().ToLowerInvariant()}{(inner.Length == 0 ? "" : ", " + inner)}";
    }

    internal override void Validate(string name)
    {
        Forward.Validate(name + ".forward");
        Backward.Validate(name + ".backward");
        if (!Enum.IsDefined(Merge))
            throw new ArgumentException($"{name}: {nameof(Merge)} is not a known way to join ({(ushort)Merge}).");
        if (Forward.ReturnSequences != Backward.ReturnSequences)
            throw new ArgumentException($"{name}: both directions must agree on {nameof(RecurrentLayer.ReturnSequences)}.");
        if (Merge != Merge.Concat && Forward.OutputSize(1) != Backward.OutputSize(1))
            throw new ArgumentException($"{name}: merge {Merge} needs outputs of one size, but forward has {Forward.OutputSize(1)} and backward {Backward.OutputSize(1)}.");
    }
}
