namespace NativeRnn.Tests.Samples;

/// <summary>Every layer in every variant, by a name that test rows show.</summary>
internal static class LayerVariants
{
    private static readonly Dictionary<string, Func<int, Layer>> Cells = new()
    {
        ["simple_rnn"] = units => new SimpleRnn(units),
        ["simple_rnn relu"] = units => new SimpleRnn(units) { Activation = Activation.Relu },
        ["output_recurrent_rnn 1"] = units => new OutputRecurrentRnn(units, 1),
        ["output_recurrent_rnn 5"] = units => new OutputRecurrentRnn(units, 5),
        ["gru reset before"] = units => new Gru(units),
        ["gru reset after"] = units => new Gru(units) { ResetAfter = true },
        ["lstm"] = units => new Lstm(units),
        ["lstm coupled"] = units => new Lstm(units) { CoupledGates = true },
        ["lstm peepholes"] = units => new Lstm(units) { Peepholes = true },
        ["lstm coupled peepholes"] = units => new Lstm(units) { CoupledGates = true, Peepholes = true },
        ["simple_rnn clip"] = units => new SimpleRnn(units) { Clip = 0.25f },
        ["output_recurrent_rnn clip"] = units => new OutputRecurrentRnn(units, 3) { Clip = 0.25f },
        ["gru reset before clip"] = units => new Gru(units) { Clip = 0.25f },
        ["gru reset after clip"] = units => new Gru(units) { ResetAfter = true, Clip = 0.25f },
        ["lstm peepholes clip"] = units => new Lstm(units) { Peepholes = true, Clip = 0.25f },
        ["lstm output activation"] = units => new Lstm(units) { OutputActivation = Activation.Softsign },
        ["lstm coupled clip output activation"]
            = units => new Lstm(units) { CoupledGates = true, Clip = 0.25f, Activation = Activation.Softsign, OutputActivation = Activation.Tanh },
        ["simple_rnn initial state"] = units => new SimpleRnn(units) { HasInitialState = true },
        ["output_recurrent_rnn initial state"] = units => new OutputRecurrentRnn(units, 3) { HasInitialState = true },
        ["gru initial state"] = units => new Gru(units) { HasInitialState = true },
        ["gru reset after initial state"] = units => new Gru(units) { ResetAfter = true, HasInitialState = true },
        ["lstm peepholes initial state"] = units => new Lstm(units) { Peepholes = true, HasInitialState = true },
    };

    private static readonly Dictionary<string, Func<int, Layer>> TwoWay = new()
    {
        ["bidirectional simple_rnn concat"] = units => new Bidirectional(new SimpleRnn(units)),
        ["bidirectional output_recurrent_rnn concat"] = units => new Bidirectional(new OutputRecurrentRnn(units, 3)),
        ["bidirectional gru concat"] = units => new Bidirectional(new Gru(units)),
        ["bidirectional gru reset after sum"] = units => new Bidirectional(new Gru(units) { ResetAfter = true }) { Merge = Merge.Sum },
        ["bidirectional lstm multiply"] = units => new Bidirectional(new Lstm(units)) { Merge = Merge.Multiply },
        ["bidirectional lstm peepholes average"] = units
            => new Bidirectional(new Lstm(units) { Peepholes = true }) { Merge = Merge.Average },
        ["bidirectional lstm and gru initial states"]
            = units => new Bidirectional(new Lstm(units) { HasInitialState = true }, new Gru(units) { HasInitialState = true }),
        ["bidirectional gru initial state backward"] = units => new Bidirectional(new Gru(units), new Gru(units) { HasInitialState = true }),
        ["bidirectional gru and lstm concat"] = units => new Bidirectional(new Gru(units), new Lstm(units + 1)),
    };

    /// <summary>The settings of an activation that only its role names: as candidate, or as gate.</summary>
    private static readonly Dictionary<string, Func<int, Activation, Layer>> ActivationRoles = new()
    {
        ["simple_rnn"] = (units, activation) => new SimpleRnn(units) { Activation = activation },
        ["output_recurrent_rnn"] = (units, activation) => new OutputRecurrentRnn(units, 2) { Activation = activation },
        ["gru reset before"] = (units, activation) => new Gru(units) { Activation = activation },
        ["gru reset before gates"] = (units, activation) => new Gru(units) { RecurrentActivation = activation },
        ["gru reset after"] = (units, activation) => new Gru(units) { ResetAfter = true, Activation = activation },
        ["gru reset after gates"] = (units, activation) => new Gru(units) { ResetAfter = true, RecurrentActivation = activation },
        ["lstm"] = (units, activation) => new Lstm(units) { Activation = activation },
        ["lstm gates"] = (units, activation) => new Lstm(units) { RecurrentActivation = activation },
        ["lstm coupled peepholes gates"] = (units, activation)
            => new Lstm(units) { CoupledGates = true, Peepholes = true, RecurrentActivation = activation },
    };

    public static IEnumerable<string> VariantNames => Cells.Keys.Concat(TwoWay.Keys);

    public static TheoryData<string> OneWayNames => [.. Cells.Keys];

    public static TheoryData<string> TwoWayNames => [.. TwoWay.Keys];

    public static TheoryData<string> Names => [.. VariantNames];

    public static TheoryData<string, string> RolesWithActivations
        => [.. from role in ActivationRoles.Keys from activation in Elementwise select (role, activation.ToString())];

    /// <summary>Every activation but softmax; those that take an alpha with an unusual one.</summary>
    public static IEnumerable<Activation> Elementwise => Enum.GetValues<ActivationKind>()
        .Where(kind => kind != ActivationKind.Softmax)
        .Select(kind => kind switch
        {
            ActivationKind.LeakyRelu => Activation.LeakyRelu(0.3f),
            ActivationKind.Elu => Activation.Elu(0.7f),
            ActivationKind.HardSigmoid => Activation.HardSigmoid(0.3f, 0.6f),
            ActivationKind.ScaledTanh => Activation.ScaledTanh(1.2f, 0.7f),
            ActivationKind.Affine => Activation.Affine(0.8f, 0.1f),
            ActivationKind.ThresholdedRelu => Activation.ThresholdedRelu(0.25f),
            _ => new Activation(kind),
        });

    public static Layer Create(string name, int units, bool returnSequences)
        => WithSequences(Cells.TryGetValue(name, out Func<int, Layer>? cell) ? cell(units) : TwoWay[name](units), returnSequences);

    public static Layer CreateWithActivation(string role, string activation, int units, bool returnSequences)
        => WithSequences(ActivationRoles[role](units, Activation.Parse(activation)), returnSequences);

    private static Layer WithSequences(Layer layer, bool returnSequences) => layer switch
    {
        RecurrentLayer recurrent => recurrent with { ReturnSequences = returnSequences },
        Bidirectional both => new Bidirectional(
            both.Forward with { ReturnSequences = returnSequences },
            both.Backward with { ReturnSequences = returnSequences })
        {
            Merge = both.Merge,
        },
        _ => throw new ArgumentException($"{layer.Kind} has no {nameof(RecurrentLayer.ReturnSequences)}."),
    };
}
