namespace NativeRnn.Interop.Keras;

/// <summary>A SimpleRNN, GRU or LSTM of Keras with its weights. Keras's gate orders (z, r, h and i, f, c, o) are ours.</summary>
internal sealed class KerasRecurrent
{
    private KerasRecurrent(RecurrentLayer layer, Dictionary<string, float[]> weights, bool goBackwards, bool isStateful)
    {
        Layer = layer;
        Weights = weights;
        GoesBackwards = goBackwards;
        IsStateful = isStateful;
    }

    /// <summary>Our layer.</summary>
    public RecurrentLayer Layer { get; }

    /// <summary>Its weights by the names of its parameters.</summary>
    public Dictionary<string, float[]> Weights { get; }

    /// <summary>Whether it starts at the last step, and then gives its sequence in that order.</summary>
    public bool GoesBackwards { get; }

    /// <summary>Whether it keeps its state from one batch to the next, as a session does between steps.</summary>
    public bool IsStateful { get; }

    /// <summary>Whether the class is one of the three.</summary>
    public static bool Is(string className) => className is "SimpleRNN" or "GRU" or "LSTM";

    /// <summary>Reads a layer.</summary>
    /// <param name="layer">The layer, or the one inside a bidirectional layer.</param>
    /// <param name="tensors">The weights.</param>
    /// <param name="prefix">What precedes the weights' roles.</param>
    /// <param name="inputSize">Features a step of its input has.</param>
    /// <param name="version">What wrote the file.</param>
    public static KerasRecurrent Read(KerasLayer layer, KerasTensors tensors, string prefix, int inputSize, KerasVersion version)
    {
        KerasConfig config = new(layer.Config, layer.Where);
        config.RefuseReducedPrecision();
        config.RefuseFlag("return_state", "a network here has one output");
        config.RefuseFlag("time_major", "sequences here are [steps, features]");
        int units = config.Size("units");
        Activation activation = KerasActivations.Read(config, "activation", version, Activation.Tanh);
        bool returnSequences = config.Flag("return_sequences", otherwise: false);
        float dropout = Rate(config, "dropout");
        float recurrentDropout = Rate(config, "recurrent_dropout");
        bool goBackwards = config.Flag("go_backwards", otherwise: false);
        bool isStateful = config.Flag("stateful", otherwise: false);
        bool hasBias = config.Flag("use_bias", otherwise: true);
        RecurrentLayer ours = layer.ClassName switch
        {
            "SimpleRNN" => new SimpleRnn(units)
            {
                Activation = activation,
                ReturnSequences = returnSequences,
                Dropout = dropout,
                RecurrentDropout = recurrentDropout,
            },
            "GRU" => new Gru(units)
            {
                Activation = activation,
                RecurrentActivation = RecurrentActivation(config, version),
                ResetAfter = config.Has("reset_after") ? config.Flag("reset_after", otherwise: true) : ModernDefaults(config, "reset_after", version),
                ReturnSequences = returnSequences,
                Dropout = dropout,
                RecurrentDropout = recurrentDropout,
            },
            "LSTM" => new Lstm(units)
            {
                Activation = activation,
                RecurrentActivation = RecurrentActivation(config, version),
                ReturnSequences = returnSequences,
                Dropout = dropout,
                RecurrentDropout = recurrentDropout,
            },
            _ => throw new ModelImportException($"{layer.Where} is not a recurrent layer that is supported"),
        };
        config.RefuseRest();

        return new KerasRecurrent(ours, ReadWeights(ours, tensors, prefix, inputSize, hasBias), goBackwards, isStateful);
    }

    private static Dictionary<string, float[]> ReadWeights(RecurrentLayer layer, KerasTensors tensors, string prefix, int inputSize, bool hasBias)
    {
        int rows = layer.Parameters(inputSize)[0].Rows;
        Dictionary<string, float[]> weights = new()
        {
            ["kernel"] = tensors.TakeTransposed(prefix + "kernel", inputSize, rows),
            ["recurrent_kernel"] = tensors.TakeTransposed(prefix + "recurrent_kernel", layer.Units, rows),
        };

        // Reset after: the bias of the input, then that of the recurrent product.
        bool hasTwo = layer is Gru { ResetAfter: true };
        float[] bias = !hasBias ? new float[(hasTwo ? 2 : 1) * rows]
            : hasTwo ? tensors.Take(prefix + "bias", 2, rows)
            : tensors.Take(prefix + "bias", rows);
        weights["bias"] = bias[..rows];
        if (hasTwo)
            weights["recurrent_bias"] = bias[rows..];
        return weights;
    }

    private static Activation RecurrentActivation(KerasConfig config, KerasVersion version)
        => config.Has("recurrent_activation")
            ? KerasActivations.Read(config, "recurrent_activation", version, Activation.Sigmoid)
            : ModernDefaults(config, "recurrent_activation", version) ? Activation.Sigmoid : Activation.HardSigmoidKeras2;

    private static bool ModernDefaults(KerasConfig config, string setting, KerasVersion version)
        => version.HasModernRecurrentDefaults
            ?? throw new ModelImportException($"{config.Where} lacks '{setting}', and Keras {version.Text} does not tell what it was");

    /// <summary>Rates drop nothing at inference; one that ours would not take is left out.</summary>
    private static float Rate(KerasConfig config, string name)
    {
        float rate = config.Number(name, 0);
        return rate is >= 0 and < 1 ? rate : 0;
    }
}
