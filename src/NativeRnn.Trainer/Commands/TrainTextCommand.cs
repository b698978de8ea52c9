using System.CommandLine;
using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary><c>train-text SPEC --data FILE --out MODEL</c>: a network that predicts the next symbol of a text at every position.</summary>
internal static class TrainTextCommand
{
    private const int SelfTestSteps = 8;

    public static Command Create(TextWriter output)
    {
        TrainArguments options = new();
        Option<string> data = TextData();
        Command command = new("train-text", "Trains a network to write on a text and writes a weight file with its vocabulary.")
        {
            options.Spec, data, options.Model, options.Checkpoint, options.Resume, CommonArguments.Seed, options.Threads,
        };
        command.SetAction(arguments => Run(
            arguments.GetRequiredValue(options.Spec),
            arguments.GetRequiredValue(data),
            arguments.GetRequiredValue(options.Model),
            arguments.GetValue(options.Checkpoint),
            arguments.GetValue(options.Resume),
            arguments.GetValue(CommonArguments.Seed),
            (int?)arguments.GetValue(options.Threads),
            output));
        return command;
    }

    public static Option<string> TextData() => new("--data") { HelpName = "FILE", Description = "The text, UTF-8.", Required = true };

    private static void Run(
        string specPath, string dataPath, string modelPath, string? checkpointPath, bool resume, ulong? seed, int? threads, TextWriter output)
    {
        TextSpec spec = TextSpec.Load(specPath);
        OutputPlace.RequireWritable(modelPath);
        if (checkpointPath is not null)
        {
            OutputPlace.RequireWritable(checkpointPath);
            OutputPlace.RequireDifferent(("model", modelPath), ("checkpoint", checkpointPath));
        }

        TextData data = Trainer.TextData.Read(dataPath, spec);
        Architecture architecture = spec.ToArchitecture(data.Vocabulary.Count);
        (SampleSource training, SampleSource heldOut) = Sources(spec, data);
        output.Write(ModelSummaryOf(architecture));
        output.WriteLine($"Training on {data.Training.Length} symbols, {data.HeldOut.Length} held out");
        output.Flush();

        TrainingOptions options = spec.Options with { Seed = seed ?? spec.Options.Seed, Threads = threads };
        CheckpointFile? checkpoint = checkpointPath is null
            ? null
            : new CheckpointFile(checkpointPath, TrainArguments.Fingerprints(spec.Digest, dataPath, options.Seed)) { Resume = resume };
        using Interruption interruption = new();
        TrainingResult result = new Training.Trainer(architecture, options).Train(
            training, heldOut, new Lines(output), checkpoint, interruption.Token);
        RnnModel model = WithSelfTest(result.Model.WithVocabulary(data.Vocabulary), data.HeldOut, spec.IsWindowed ? spec.Chunk : SelfTestSteps);
        model.Save(modelPath);
        double nats = spec.IsWindowed ? TextScore.NatsPerSymbol(model, data.HeldOut, spec.Chunk) : TextScore.NatsPerSymbol(model, data.HeldOut);
        output.WriteLine($"Epochs: {result.History.Count} of {options.Epochs}; best epoch {result.BestEpoch}");
        output.WriteLine(FormattableString.Invariant($"Held out: {nats:F4} nats a symbol, perplexity {Math.Exp(nats):F2}"));
        output.WriteLine($"Wrote {modelPath}");
    }

    private static (SampleSource Training, SampleSource HeldOut) Sources(TextSpec spec, TextData data)
    {
        int symbols = data.Vocabulary.Count;
        if (spec.IsWindowed)
            return (new ContextSource(data.Training, symbols, spec.Chunk), new ContextSource(data.HeldOut, symbols, spec.Chunk));
        int streams = spec.Options.BatchSize;
        return (
            new TextSource(data.Training, symbols, streams, spec.Chunk),
            new TextSource(data.HeldOut, symbols, Math.Clamp(data.HeldOut.Length / spec.Chunk / 8, 1, streams), spec.Chunk));
    }

    private static string ModelSummaryOf(Architecture architecture)
        => new RnnModel(architecture, architecture.Parameters.ToDictionary(shape => shape.Name, shape => new float[shape.Count])).Summary();

    private static RnnModel WithSelfTest(RnnModel model, int[] text, int steps)
    {
        float[] input = [.. text.Take(steps).Select(symbol => (float)symbol)];
        float[] outputs = new float[(model.Architecture.ReturnsSequence ? input.Length : 1) * model.Architecture.OutputSize];
        using RnnSession session = model.CreateSession();
        session.Run(input, outputs);
        return model.WithSelfTest(new SelfTest(input, outputs));
    }

    /// <summary>One line an epoch.</summary>
    private sealed class Lines(TextWriter output) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Completed is not EpochRecord epoch)
                return;
            output.WriteLine(FormattableString.Invariant(
                $"epoch {epoch.Epoch}/{value.Epochs}: loss {epoch.TrainingLoss:F4}, held out {epoch.ValidationLoss:F4} nats a symbol; time left at most {EpochText.TimeLeft(epoch, value.Epochs)}"));
            output.Flush();
        }
    }
}
