namespace NativeRnn.Trainer;

/// <summary>Reads the layers of a spec: <c>{"gru": {"units": 32}}</c>, with the defaults of the layers' own classes.</summary>
internal static class LayerSpec
{
    private static readonly string[] RecurrentKinds = ["simple_rnn", "output_recurrent_rnn", "gru", "lstm"];
    private static readonly string[] Kinds = [.. RecurrentKinds, "bidirectional", "dense", "dropout"];

    /// <summary>Reads a forecasting network: it gives for a window one number, or one for each step up to the horizon.</summary>
    /// <param name="value">The layers.</param>
    /// <param name="decoder">The layers of the decoder, or null.</param>
    /// <param name="inputSize">The input features.</param>
    /// <param name="horizon">Steps up to the farthest forecast.</param>
    /// <exception cref="SpecException">A layer cannot be read, or the layers do not fit together.</exception>
    public static Architecture ReadNetwork(SpecValue value, SpecValue? decoder, int inputSize, int horizon)
    {
        List<SpecValue> entries = value.AsList();
        List<Layer> layers = [.. entries.Select(Read)];
        bool isSequence = true;
        for (int i = 0; i < layers.Count; i++)
        {
            bool? returnsSequences = layers[i] switch
            {
                RecurrentLayer recurrent => recurrent.ReturnSequences,
                Bidirectional bidirectional => bidirectional.Forward.ReturnSequences,
                _ => null,
            };
            if (returnsSequences is not null && !isSequence)
                throw entries[i].Error(
                    "a recurrent layer needs a sequence, but the recurrent layer before it returns its last state only; "
                    + "give that one \"return_sequences\": true");
            isSequence &= returnsSequences ?? true;
        }

        if (isSequence)
            throw value.Error(
                "the network gives an output for every step, but a forecast is one output a window; "
                + "the last recurrent layer must not have \"return_sequences\"");

        Architecture architecture = decoder is null
            ? Create(value, inputSize, layers)
            : Create(decoder, inputSize, layers, Create(decoder, 1, [.. decoder.AsList().Select(Read)]));
        if (architecture.OutputSize == 1 || (decoder is null && architecture.OutputSize == horizon))
            return architecture;
        string choice = decoder is null && horizon > 1 ? $", or {horizon} for every step of the horizon" : "";
        throw (decoder ?? value).Error(
            $"the network gives {architecture.OutputSize} outputs, but a forecast is 1{choice}; "
            + $"let the last layer be {{\"dense\": {{\"units\": 1}}}}");
    }

    private static Architecture Create(SpecValue value, int inputSize, List<Layer> layers, Architecture? decoder = null)
    {
        try
        {
            return new Architecture(inputSize, layers, decoder);
        }
        catch (ArgumentException exception)
        {
            throw value.Error(exception.Message, exception);
        }
    }

    internal static Layer Read(SpecValue value)
    {
        (string kind, SpecValue settings) = value.AsChoice(Kinds);
        switch (kind)
        {
            case "bidirectional":
                return ReadBidirectional(settings);
            case "dense":
                SpecObject dense = settings.AsObject("units", "activation");
                Activation activation = Activation(dense, "activation", NativeRnn.Activation.Linear, isSoftmaxAllowed: true);
                return new Dense(Size(dense["units"])) { Activation = activation };
            case "dropout":
                return new Dropout((float)settings.AsObject("rate")["rate"].AsFraction());
            default:
                return ReadRecurrent(kind, settings);
        }
    }

    private static Bidirectional ReadBidirectional(SpecValue value)
    {
        SpecObject settings = value.AsObject("layer", "forward", "backward", "merge");
        Merge merge = Merge.Concat;
        if (settings.Optional("merge") is SpecValue mergeValue)
        {
            merge = mergeValue.AsText() switch
            {
                "concat" => Merge.Concat,
                "sum" => Merge.Sum,
                "multiply" => Merge.Multiply,
                "average" => Merge.Average,
                _ => throw mergeValue.Expected("one of concat, sum, multiply, average"),
            };
        }

        if (settings.Optional("layer") is SpecValue both)
        {
            if (settings.Optional("forward") is not null || settings.Optional("backward") is not null)
                throw settings.Error("give either layer, for both directions, or forward and backward");
            return new Bidirectional(ReadInner(both)) { Merge = merge };
        }

        if (settings.Optional("forward") is null && settings.Optional("backward") is null)
            throw settings.Error("layer is missing (or forward and backward, where the directions differ)");
        RecurrentLayer forward = ReadInner(settings["forward"]);
        RecurrentLayer backward = ReadInner(settings["backward"]);
        if (forward.ReturnSequences != backward.ReturnSequences)
            throw settings.Error("forward and backward must agree on return_sequences");
        return new Bidirectional(forward, backward) { Merge = merge };
    }

    private static RecurrentLayer ReadInner(SpecValue value)
    {
        (string kind, SpecValue settings) = value.AsChoice(RecurrentKinds);
        return ReadRecurrent(kind, settings);
    }

    private static RecurrentLayer ReadRecurrent(string kind, SpecValue value)
    {
        string[] common = ["units", "activation", "return_sequences", "dropout", "recurrent_dropout"];
        SpecObject settings = kind switch
        {
            "output_recurrent_rnn" => value.AsObject([.. common, "outputs"]),
            "gru" => value.AsObject([.. common, "recurrent_activation", "reset_after"]),
            "lstm" => value.AsObject([.. common, "recurrent_activation", "coupled_gates", "peepholes"]),
            _ => value.AsObject(common),
        };
        int units = Size(settings["units"]);
        Activation activation = Activation(settings, "activation", NativeRnn.Activation.Tanh);
        RecurrentLayer layer = kind switch
        {
            "output_recurrent_rnn" => new OutputRecurrentRnn(units, Size(settings["outputs"])) { Activation = activation },
            "gru" => new Gru(units)
            {
                Activation = activation,
                RecurrentActivation = Activation(settings, "recurrent_activation", NativeRnn.Activation.Sigmoid),
                ResetAfter = Flag(settings, "reset_after"),
            },
            "lstm" => new Lstm(units)
            {
                Activation = activation,
                RecurrentActivation = Activation(settings, "recurrent_activation", NativeRnn.Activation.Sigmoid),
                CoupledGates = Flag(settings, "coupled_gates"),
                Peepholes = Flag(settings, "peepholes"),
            },
            _ => new SimpleRnn(units) { Activation = activation },
        };
        return layer with
        {
            ReturnSequences = Flag(settings, "return_sequences"),
            Dropout = (float)(settings.Optional("dropout")?.AsFraction() ?? 0),
            RecurrentDropout = (float)(settings.Optional("recurrent_dropout")?.AsFraction() ?? 0),
        };
    }

    private static int Size(SpecValue value) => value.AsInteger(1, Architecture.MaxSize);

    private static bool Flag(SpecObject settings, string name) => settings.Optional(name)?.AsBoolean() ?? false;

    private static Activation Activation(SpecObject settings, string name, Activation standard, bool isSoftmaxAllowed = false)
    {
        if (settings.Optional(name) is not SpecValue value)
            return standard;
        Activation activation;
        try
        {
            activation = NativeRnn.Activation.Parse(value.AsText());
        }
        catch (FormatException exception)
        {
            throw value.Error(exception.Message, exception);
        }

        return activation.Kind == ActivationKind.Softmax && !isSoftmaxAllowed
            ? throw value.Error("softmax is for dense layers only")
            : activation;
    }
}
