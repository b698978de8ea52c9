using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary>What network to train on a text and how, as SPEC.md describes it.</summary>
internal sealed record TextSpec
{
    private const double DefaultHeldOut = 0.1;

    public required TokenKind Tokens { get; init; }

    /// <summary>The most frequent words that get a symbol of their own; of no meaning for characters.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The share of the text, at its end, that is not trained on.</summary>
    public required double HeldOut { get; init; }

    /// <summary>Steps that gradients go back over, or, where <see cref="IsWindowed"/>, that a prediction looks back.</summary>
    public required int Chunk { get; init; }

    /// <summary>Whether each symbol is predicted from those of a window alone, rather than from a state carried from chunk to chunk.</summary>
    public required bool IsWindowed { get; init; }

    public required int EmbeddingUnits { get; init; }

    /// <summary>The layers between the embedding and the softmax.</summary>
    public required IReadOnlyList<Layer> Layers { get; init; }

    /// <summary>Its batch size is the number of streams, or of windows.</summary>
    public required TrainingOptions Options { get; init; }

    /// <inheritdoc cref="SpecValue.Digest"/>
    public required string Digest { get; init; }

    /// <summary>Reads a spec file.</summary>
    /// <exception cref="SpecException">It is not a spec of a text; the message names the JSON path and what was expected.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TextSpec Load(string file) => Parse(file, File.ReadAllText(file));

    /// <summary>Reads the text of a spec.</summary>
    public static TextSpec Parse(string file, string text)
    {
        SpecValue value = SpecValue.Parse(file, text);
        SpecObject root = value.AsObject(
            "tokens", "vocabulary", "held_out", "streams", "chunk", "context", "batch_size", "embedding", "layers", "optimizer", "schedule", "epochs", "patience",
            "clip_norm", "weight_average_decay", "seed");
        (string tokens, _) = root["tokens"].AsChoice("characters", "words");
        TrainingOptions standard = new();
        bool isWindowed = root.Optional("context") is not null;
        foreach (string other in isWindowed ? (string[])["streams", "chunk"] : ["batch_size"])
        {
            if (root.Optional(other) is SpecValue given)
                throw given.Error(isWindowed ? "context and batch_size take the place of chunk and streams" : "this goes with context; without, streams is the batch");
        }

        return new TextSpec
        {
            Tokens = tokens == "words" ? TokenKind.Words : TokenKind.Characters,
            VocabularySize = tokens == "words" ? root["vocabulary"].AsInteger(2, Vocabulary.MaxSymbols) : Vocabulary.MaxSymbols,
            HeldOut = root.Optional("held_out")?.AsOpenFraction() ?? DefaultHeldOut,
            Chunk = isWindowed ? root["context"].AsInteger(1, 4096) : root["chunk"].AsInteger(1, 4096),
            IsWindowed = isWindowed,
            EmbeddingUnits = root["embedding"].AsInteger(1, Architecture.MaxSize),
            Layers = [.. root["layers"].AsList().Select(LayerSpec.Read)],
            Options = new TrainingOptions
            {
                Loss = Loss.CategoricalCrossEntropy,
                Optimizer = OptimizerSpec.ReadOptimizer(root["optimizer"]),
                Schedule = root.Optional("schedule") is SpecValue schedule ? OptimizerSpec.ReadSchedule(schedule) : standard.Schedule,
                BatchSize = root[isWindowed ? "batch_size" : "streams"].AsInteger(1, 4096),
                Epochs = root["epochs"].AsInteger(1),
                Patience = root.Optional("patience")?.AsInteger(1),
                ClipNorm = root.Optional("clip_norm")?.AsPositive(),
                WeightAverageDecay = root.Optional("weight_average_decay")?.AsOpenFraction(),
                Seed = root.Optional("seed")?.AsSeed() ?? standard.Seed,
            },
            Digest = value.Digest,
        };
    }

    /// <summary>The network for a number of symbols.</summary>
    /// <exception cref="ArgumentException">The layers do not fit together.</exception>
    public Architecture ToArchitecture(int symbols)
        => new(1, [new Embedding(symbols, EmbeddingUnits), .. Layers, new Dense(symbols) { Activation = Activation.Softmax }]);
}
