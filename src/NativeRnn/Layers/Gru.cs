namespace NativeRnn;

/// <summary>
/// The gated recurrent unit (Cho et al., 2014). Gate order z (update), r (reset), n (candidate); s is
/// <see cref="RecurrentActivation"/>, f is <see cref="Activation"/>, h' the state before the step:
/// <code>
/// z = s(W_z x + R_z h' + b_z)
/// r = s(W_r x + R_r h' + b_r)
/// n = f(W_n x + R_n (r * h') + b_n)               reset before (the textbook; Keras reset_after=False; ONNX default)
/// n = f(W_n x + b_n + r * (R_n h' + d_n))         reset after (PyTorch; Keras default; ONNX linear_before_reset=1)
/// h = z * h' + (1 - z) * n
/// </code>
/// Textbooks often write h = (1 - z) * h' + z * n: see <see cref="NegateUpdateGate"/>.
/// </summary>
public sealed record Gru : RecurrentLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="units">The size of the hidden state, q.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="units"/> is below 1 or above <see cref="Architecture.MaxSize"/>.</exception>
    public Gru(int units) : base(units)
    {
    }

    /// <summary>
    /// False to apply the reset gate before the recurrent product (3q(p + q + 1) parameters); true to apply it after, which
    /// takes a second bias (3q(p + q + 2) parameters).
    /// </summary>
    public bool ResetAfter { get; init; }

    /// <summary>f, for the candidate.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>s, for the update and reset gates.</summary>
    public Activation RecurrentActivation { get; init; } = Activation.Sigmoid;

    /// <inheritdoc/>
    public override string Kind => "gru";

    /// <summary>
    /// <c>kernel</c> W [3q, p], <c>recurrent_kernel</c> R [3q, q], <c>bias</c> b [3q] and, with reset after,
    /// <c>recurrent_bias</c> d [3q] (d_z and d_r are added to b_z and b_r); rows in the order z, r, n.
    /// </summary>
    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters(int inputSize)
    {
        ParameterShape kernel = new("kernel", 3 * Units, inputSize);
        ParameterShape recurrentKernel = new("recurrent_kernel", 3 * Units, Units);
        ParameterShape bias = new("bias", 3 * Units);
        return ResetAfter
            ? [kernel, recurrentKernel, bias, new("recurrent_bias", 3 * Units), .. InitialState]
            : [kernel, recurrentKernel, bias, .. InitialState];
    }

    /// <summary>
    /// Converts the update gate between this library's sense, h = z h' + (1 - z) n, and the textbook's,
    /// h = (1 - z) h' + z n, in place and in either direction: 1 - s(v) = s(-v) for the logistic sigmoid and both hard
    /// sigmoids, so negating the rows W_z, R_z and b_z is the exact conversion.
    /// </summary>
    /// <param name="parameter">Any parameter of a GRU, gate-major with z first: length 3q or 3q times its columns.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of 3.</exception>
    public static void NegateUpdateGate(Span<float> parameter)
    {
        if (parameter.Length % 3 != 0)
            throw new ArgumentException($"A GRU parameter holds three gates, but its length {parameter.Length} is not a multiple of 3.", nameof(parameter));

        foreach (ref float weight in parameter[..(parameter.Length / 3)])
            weight = -weight;
    }

    private protected override string DescribeVariant()
    {
        string reset = ResetAfter ? "reset after" : "reset before";
        return Activation == Activation.Tanh && RecurrentActivation == Activation.Sigmoid ? reset : $"{reset}, {Activation}, gates {RecurrentActivation}";
    }

    internal override void Validate(string name)
    {
        base.Validate(name);
        ValidateElementwise(name, nameof(Activation), Activation);
        ValidateElementwise(name, nameof(RecurrentActivation), RecurrentActivation);
    }
}
