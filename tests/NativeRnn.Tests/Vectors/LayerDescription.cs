namespace NativeRnn.Vectors;

/// <summary>A layer as a file of comparison vectors says it; what is absent is at its default.</summary>
internal sealed record LayerDescription
{
    public required string Kind { get; init; }

    public int Units { get; init; }

    public int Outputs { get; init; }

    public bool ReturnSequences { get; init; }

    public bool ResetAfter { get; init; }

    public bool CoupledGates { get; init; }

    public bool Peepholes { get; init; }

    public string? Activation { get; init; }

    public string? RecurrentActivation { get; init; }

    public string? Merge { get; init; }

    public LayerDescription? Forward { get; init; }

    public LayerDescription? Backward { get; init; }

    public static LayerDescription Of(Layer layer) => layer switch
    {
        SimpleRnn simple => new() { Kind = simple.Kind, Units = simple.Units, ReturnSequences = simple.ReturnSequences, Activation = simple.Activation.ToString() },
        OutputRecurrentRnn output => new() { Kind = output.Kind, Units = output.Units, Outputs = output.Outputs, ReturnSequences = output.ReturnSequences, Activation = output.Activation.ToString() },
        Gru gru => new()
        {
            Kind = gru.Kind,
            Units = gru.Units,
            ReturnSequences = gru.ReturnSequences,
            ResetAfter = gru.ResetAfter,
            Activation = gru.Activation.ToString(),
            RecurrentActivation = gru.RecurrentActivation.ToString(),
        },
        Lstm lstm => new()
        {
            Kind = lstm.Kind,
            Units = lstm.Units,
            ReturnSequences = lstm.ReturnSequences,
            CoupledGates = lstm.CoupledGates,
            Peepholes = lstm.Peepholes,
            Activation = lstm.Activation.ToString(),
            RecurrentActivation = lstm.RecurrentActivation.ToString(),
        },
        Bidirectional both => new() { Kind = both.Kind, ReturnSequences = both.Forward.ReturnSequences, Merge = both.Merge.ToString(), Forward = Of(both.Forward), Backward = Of(both.Backward) },
        Dense dense => new() { Kind = dense.Kind, Units = dense.Units, Activation = dense.Activation.ToString() },
        _ => throw new ArgumentException($"Vectors have no {layer.Kind}."),
    };

    public Layer ToLayer() => Kind switch
    {
        "dense" => new Dense(Units) { Activation = Parse(Activation) },
        "bidirectional" => new Bidirectional(
            (RecurrentLayer)(Forward! with { ReturnSequences = ReturnSequences }).ToLayer(),
            (RecurrentLayer)(Backward! with { ReturnSequences = ReturnSequences }).ToLayer())
        {
            Merge = Enum.Parse<Merge>(Merge!),
        },
        "simple_rnn" => new SimpleRnn(Units) { Activation = Parse(Activation), ReturnSequences = ReturnSequences },
        "output_recurrent_rnn" => new OutputRecurrentRnn(Units, Outputs) { Activation = Parse(Activation), ReturnSequences = ReturnSequences },
        "gru" => new Gru(Units)
        {
            Activation = Parse(Activation),
            RecurrentActivation = Parse(RecurrentActivation),
            ResetAfter = ResetAfter,
            ReturnSequences = ReturnSequences,
        },
        "lstm" => new Lstm(Units)
        {
            Activation = Parse(Activation),
            RecurrentActivation = Parse(RecurrentActivation),
            CoupledGates = CoupledGates,
            Peepholes = Peepholes,
            ReturnSequences = ReturnSequences,
        },
        _ => throw new FormatException($"Unknown layer '{Kind}' in the vectors."),
    };

    private static Activation Parse(string? name) => NativeRnn.Activation.Parse(name ?? throw new FormatException("A layer in the vectors lacks an activation."));
}
