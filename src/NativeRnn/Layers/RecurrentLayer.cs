namespace NativeRnn;

/// <summary>
/// A layer with a state that each time step hands to the next. A state value (h, c or o) that decays is set to zero near
/// 2^-63 = 1.1e-19 in magnitude and never reaches the subnormal numbers, with which many processors compute far more slowly.
/// </summary>
public abstract record RecurrentLayer : Layer
{
    private protected RecurrentLayer(int units) => Units = Positive(units);

    /// <summary>The size of the hidden state, q.</summary>
    public int Units { get; }

    /// <summary>
    /// True to output the state of every step (many-to-many, and whatever stands below another recurrent layer); false to
    /// output the state after the last step alone (many-to-one).
    /// </summary>
    public bool ReturnSequences { get; init; }

    /// <summary>The fraction of input features dropped while training; one mask a sequence. Nothing is dropped at inference.</summary>
    public float Dropout { get; init; }

    /// <summary>The fraction of the fed-back state dropped while training; one mask a sequence. Nothing is dropped at inference.</summary>
    public float RecurrentDropout { get; init; }

    /// <summary>
    /// The bound of what goes into the activations of gates, candidate and hidden layer: they see clip(x, -bound, bound). 0 for none. The cell
    /// state of an <see cref="Lstm"/> is not bounded on its way out, as in ONNX Runtime.
    /// </summary>
    public float Clip { get; init; }

    /// <summary>
    /// True for a state before the first step that is part of the weights: <c>initial_hidden</c> [q] (of an <see cref="OutputRecurrentRnn"/>
    /// <c>initial_output</c> [a]) and, of an <see cref="Lstm"/>, <c>initial_cell</c> [q], behind the other parameters. False for zeros.
    /// </summary>
    public bool HasInitialState { get; init; }

    internal override bool KeepsSequence => ReturnSequences;

    internal override bool NeedsSequence => true;

    internal override int StateSize => Units;

    /// <summary>The parts of the state as parameters, in the order of <see cref="RnnState"/>.</summary>
    internal virtual ParameterShape[] StateShapes => [new("initial_hidden", Units)];

    /// <summary>The parameters that hold the state before the first step; none where it is zero.</summary>
    internal IReadOnlyList<ParameterShape> InitialState => HasInitialState ? StateShapes : [];

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Units;

    internal sealed override string Describe()
    {
        List<string> parts = [DescribeVariant()];
        if (Clip > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"clip {Clip}"));
        if (HasInitialState)
            parts.Add("initial state");
        parts.RemoveAll(string.IsNullOrEmpty);
        return string.Join(", ", parts);
    }

    /// <summary>What <see cref="Describe"/> says of the layer's own settings, empty when they are at their defaults.</summary>
    private protected abstract string DescribeVariant();

    internal override void Validate(string name)
    {
        ValidateRate(name, nameof(Dropout), Dropout);
        ValidateRate(name, nameof(RecurrentDropout), RecurrentDropout);
        if (!(Clip >= 0 && float.IsFinite(Clip)))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name}: {nameof(Clip)} must be a finite number of at least 0, but is {Clip}."));
    }
}
