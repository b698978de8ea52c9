namespace NativeRnn;

/// <summary>
/// The output-recurrent (Jordan) layer: the output, not the hidden state, is fed back.
/// h_t = f(W o_{t-1} + U x_t + b), o_t = V h_t + c. q(p + a + 1) + a(q + 1) parameters for p inputs, q units, a outputs.
/// </summary>
public sealed record OutputRecurrentRnn : RecurrentLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="units">The size of the hidden layer, q.</param>
    /// <param name="outputs">The size of the output that is fed back, a.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or above <see cref="Architecture.MaxSize"/>.</exception>
    public OutputRecurrentRnn(int units, int outputs) : base(units) => Outputs = Positive(outputs);

    /// <summary>The size of the output that is fed back, a.</summary>
    public int Outputs { get; }

    /// <summary>f.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <inheritdoc/>
    public override string Kind => "output_recurrent_rnn";

    internal override int StateSize => Outputs;

    internal override ParameterShape[] StateShapes => [new("initial_output", Outputs)];

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Outputs;

    /// <summary>
    /// <c>kernel</c> U [q, p], <c>recurrent_kernel</c> W [q, a], <c>bias</c> b [q], <c>output_kernel</c> V [a, q],
    /// <c>output_bias</c> c [a].
    /// </summary>
    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters(int inputSize) =>
    [
        new("kernel", Units, inputSize),
        new("recurrent_kernel", Units, Outputs),
        new("bias", Units),
        new("output_kernel", Outputs, Units),
        new("output_bias", Outputs),
        .. InitialState,
    ];

    private protected override string DescribeVariant()
        => Activation == Activation.Tanh ? $"{Units} hidden units" : $"{Units} hidden units, {Activation}";

    internal override void Validate(string name)
    {
        base.Validate(name);
        ValidateElementwise(name, nameof(Activation), Activation);
    }
}
