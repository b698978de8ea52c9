namespace NativeRnn;

/// <summary>
/// A layer with a state that each time step hands to the next. A state value (h, c or o) below 2^-63 = 1.1e-19 in magnitude is set to
/// zero, so that a state that decays never reaches the subnormal numbers, with which many processors compute far more slowly.
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

    internal override bool KeepsSequence => ReturnSequences;

    internal override bool NeedsSequence => true;

    internal override int StateSize => Units;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Units;

    internal override void Validate(string name)
    {
        ValidateRate(name, nameof(Dropout), Dropout);
        ValidateRate(name, nameof(RecurrentDropout), RecurrentDropout);
    }
}
