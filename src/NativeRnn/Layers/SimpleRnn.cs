namespace NativeRnn;

/// <summary>
/// The simple (Elman) recurrent layer: h_t = f(W h_{t-1} + U x_t + b). q(p + q + 1) parameters for p inputs and q units.
/// </summary>
public sealed record SimpleRnn : RecurrentLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="units">The size of the hidden state, q.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is below 1 or above <see cref="Architecture.MaxSize"/>.</exception>
    public SimpleRnn(int units) : base(units)
    {
    }

    /// <summary>f.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <inheritdoc/>
    public override string Kind => "simple_rnn";

    /// <summary><c>kernel</c> U [q, p], <c>recurrent_kernel</c> W [q, q], <c>bias</c> b [q].</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters(int inputSize) =>
    [
        new("kernel", Units, inputSize),
        new("recurrent_kernel", Units, Units),
        new("bias", Units),
        .. InitialState,
    ];

    private protected override string DescribeVariant() => Activation == Activation.Tanh ? "" : Activation.ToString();

    internal override void Validate(string name)
    {
        base.Validate(name);
        ValidateElementwise(name, nameof(Activation), Activation);
    }
}
