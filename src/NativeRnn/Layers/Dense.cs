namespace NativeRnn;

/// <summary>
/// The fully connected layer y = f(V x + c). Below it a sequence, it is applied at every step (time-distributed); below it the
/// last state of a recurrent layer, once. a(q + 1) parameters for q inputs and a units.
/// </summary>
public sealed record Dense : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="units">The size of the output, a.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is below 1 or above <see cref="Architecture.MaxSize"/>.</exception>
    public Dense(int units) => Units = Positive(units);

    /// <summary>The size of the output, a.</summary>
    public int Units { get; }

    /// <summary>f.</summary>
    public Activation Activation { get; init; } = Activation.Linear;

    /// <inheritdoc/>
    public override string Kind => "dense";

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Units;

    /// <summary><c>kernel</c> V [a, q], <c>bias</c> c [a].</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters(int inputSize) =>
    [
        new("kernel", Units, inputSize),
        new("bias", Units),
    ];

    internal override string Describe() => Activation == Activation.Linear ? "" : Activation.ToString();

    internal override void Validate(string name) => ValidateActivation(name, nameof(Activation), Activation);
}
