namespace NativeRnn;

/// <summary>
/// One layer of an <see cref="Architecture"/>: what it computes, without weights. The records are immutable; variants are
/// chosen with <c>init</c> properties, as in <c>new Gru(32) { ReturnSequences = true }</c>.
/// </summary>
public abstract record Layer
{
    private protected Layer()
    {
    }

    /// <summary>The layer's name in summaries and parameter names, before numbering: <c>gru</c>, <c>dense</c>, ...</summary>
    public abstract string Kind { get; }

    /// <summary>Features a time step of the layer's output has.</summary>
    /// <param name="inputSize">Features a time step of its input has.</param>
    public abstract int OutputSize(int inputSize);

    /// <summary>The layer's parameters in the order of the weight file.</summary>
    /// <param name="inputSize">Features a time step of the layer's input has.</param>
    public abstract IReadOnlyList<ParameterShape> Parameters(int inputSize);

    /// <summary>Whether the layer turns a sequence into a sequence (true) or into its last state alone (false).</summary>
    internal virtual bool KeepsSequence => true;

    /// <summary>Whether the layer cannot follow one that gives its last state alone.</summary>
    internal virtual bool NeedsSequence => false;

    /// <summary>Whether the layer needs the whole sequence before its first output, so that it cannot stream.</summary>
    internal virtual bool NeedsWholeSequence => false;

    /// <summary>Floats a sequence carries from one time step to the next.</summary>
    internal virtual int StateSize => 0;

    /// <summary>What a summary prints of the layer's variant, empty when everything is at its default.</summary>
    internal virtual string Describe() => "";

    /// <summary>Checks the settings that a constructor cannot check because <c>init</c> properties come later.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names layer, setting and value.</exception>
    internal abstract void Validate(string name);

    private protected static int Positive(int value, [CallerArgumentExpression(nameof(value))] string? parameter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Architecture.MaxSize, parameter);
        return value;
    }

    private protected static void ValidateRate(string name, string setting, float rate)
    {
        if (!(rate >= 0 && rate < 1))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name}: {setting} must be at least 0 and below 1, but is {rate}."));
    }

    private protected static void ValidateElementwise(string name, string setting, Activation activation)
    {
        ValidateActivation(name, setting, activation);
        if (activation.Kind == ActivationKind.Softmax)
            throw new ArgumentException($"{name}: {setting} cannot be softmax; only a dense layer's activation can.");
    }

    private protected static void ValidateActivation(string name, string setting, Activation activation)
    {
        if (!activation.IsDefined)
            throw new ArgumentException($"{name}: {setting} is not a known activation ({activation.Kind}, alpha {activation.Alpha}, beta {activation.Beta}).");
    }
}

/// <summary>The name and shape of one parameter of a layer.</summary>
/// <param name="Name">Such as <c>kernel</c>, <c>recurrent_kernel</c> or <c>bias</c>.</param>
/// <param name="Rows">Rows of a matrix, or the length of a vector.</param>
/// <param name="Columns">Columns of a matrix, or 0 for a vector.</param>
public readonly record struct ParameterShape(string Name, int Rows, int Columns = 0)
{
    /// <summary>Whether the parameter is a vector rather than a matrix.</summary>
    public bool IsVector => Columns == 0;

    /// <summary>The number of weights.</summary>
    public long Count => (long)Rows * Math.Max(Columns, 1);

    /// <summary>The same shapes, with a prefix before each name.</summary>
    internal static ParameterShape[] WithPrefix(string prefix, IReadOnlyList<ParameterShape> shapes)
    {
        ParameterShape[] prefixed = new ParameterShape[shapes.Count];
        for (int i = 0; i < prefixed.Length; i++)
            prefixed[i] = shapes[i] with { Name = prefix + shapes[i].Name };
        return prefixed;
    }

    /// <summary><c>[rows, columns]</c> or <c>[rows]</c>.</summary>
    public override string ToString() => IsVector ? $"{Name} [{Rows}]" : $"{Name} [{Rows}, {Columns}]";
}
