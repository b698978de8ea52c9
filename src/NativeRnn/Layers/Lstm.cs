namespace NativeRnn;

/// <summary>
/// The long short-term memory (Hochreiter and Schmidhuber, 1997; peepholes Gers and Schmidhuber, 2000). Gate order i (input),
/// f (forget), g (candidate), o (output); s is <see cref="RecurrentActivation"/>, a is <see cref="Activation"/>, a_o is
/// <see cref="OutputActivation"/>, h' and c' the hidden and cell state before the step:
/// <code>
/// i = s(W_i x + R_i h' + p_i * c' + b_i)
/// f = s(W_f x + R_f h' + p_f * c' + b_f)
/// g = a(W_g x + R_g h' + b_g)
/// c = f * c' + i * g
/// o = s(W_o x + R_o h' + p_o * c + b_o)
/// h = o * a_o(c)
/// </code>
/// With <see cref="CoupledGates"/> there is no input gate: i = 1 - f. The terms with p are there with <see cref="Peepholes"/> only.
/// </summary>
public sealed record Lstm : RecurrentLayer
{
    private readonly Activation? _outputActivation;

    /// <summary>Creates the layer.</summary>
    /// <param name="units">The size of the hidden state and of the cell state, q.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is below 1 or above <see cref="Architecture.MaxSize"/>.</exception>
    public Lstm(int units) : base(units)
    {
    }

    /// <summary>True to replace the input gate by 1 - f: c = f * c' + (1 - f) * g. 3q(p + q + 1) parameters instead of 4q(p + q + 1).</summary>
    public bool CoupledGates { get; init; }

    /// <summary>True to let the gates see the cell state.</summary>
    public bool Peepholes { get; init; }

    /// <summary>a, for the candidate and, unless <see cref="OutputActivation"/> is given, for the cell state on its way out.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>a_o, for the cell state on its way out; <see cref="Activation"/> unless given.</summary>
    public Activation OutputActivation
    {
        get => _outputActivation ?? Activation;
        init => _outputActivation = value;
    }

    /// <summary>s, for the gates.</summary>
    public Activation RecurrentActivation { get; init; } = Activation.Sigmoid;

    /// <inheritdoc/>
    public override string Kind => "lstm";

    /// <summary>Rows of gates: 4, or 3 with coupled gates.</summary>
    internal int GateCount => CoupledGates ? 3 : 4;

    internal override int StateSize => 2 * Units;

    internal override ParameterShape[] StateShapes => [new("initial_hidden", Units), new("initial_cell", Units)];

    /// <summary>
    /// <c>kernel</c> W [4q, p], <c>recurrent_kernel</c> R [4q, q], <c>bias</c> b [4q], rows in the order i, f, g, o; with
    /// peepholes <c>peephole</c> [3q] in the order i, f, o. With coupled gates the rows of i are absent from all of them.
    /// </summary>
    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters(int inputSize)
    {
        ParameterShape kernel = new("kernel", GateCount * Units, inputSize);
        ParameterShape recurrentKernel = new("recurrent_kernel", GateCount * Units, Units);
        ParameterShape bias = new("bias", GateCount * Units);
        return Peepholes
            ? [kernel, recurrentKernel, bias, new("peephole", (GateCount - 1) * Units), .. InitialState]
            : [kernel, recurrentKernel, bias, .. InitialState];
    }

    private protected override string DescribeVariant()
    {
        List<string> parts = [];
        if (CoupledGates)
            parts.Add("coupled gates");
        if (Peepholes)
            parts.Add("peepholes");
        if (Activation != Activation.Tanh || RecurrentActivation != Activation.Sigmoid)
            parts.Add($"{Activation}, gates {RecurrentActivation}");
        if (OutputActivation != Activation)
            parts.Add($"output {OutputActivation}");
        return string.Join(", ", parts);
    }

    internal override void Validate(string name)
    {
        base.Validate(name);
        ValidateElementwise(name, nameof(Activation), Activation);
        ValidateElementwise(name, nameof(RecurrentActivation), RecurrentActivation);
        ValidateElementwise(name, nameof(OutputActivation), OutputActivation);
    }
}
