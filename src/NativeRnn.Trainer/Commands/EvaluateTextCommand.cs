using System.CommandLine;

namespace NativeRnn.Trainer;

/// <summary><c>evaluate-text MODEL --data FILE</c>: a model's perplexity on the end of a text beside that of counting n-grams on its beginning.</summary>
internal static class EvaluateTextCommand
{
    private const int LargestCharacterOrder = 8;
    private const int LargestWordOrder = 5;
    private const double DefaultHeldOut = 0.1;

    public static Command Create(TextWriter output)
    {
        Argument<string> model = new("MODEL") { Description = "The model's .nrnn file; it has a vocabulary." };
        Option<string> data = TrainTextCommand.TextData();
        Option<double> heldOut = new("--held-out")
        {
            HelpName = "SHARE",
            Description = "The share at the text's end that is predicted; 0.1 unless told.",
            DefaultValueFactory = _ => DefaultHeldOut,
        };
        heldOut.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and < 1))
                result.AddError("--held-out takes a number above 0 and below 1");
        });
        Option<int?> context = new("--context")
        {
            HelpName = "N",
            Description = "Predicts each symbol from the last N alone rather than from all before; a model that gives its last output only needs it.",
        };
        context.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
                result.AddError("--context takes a whole number of at least 1");
        });
        Command command = new("evaluate-text", "Measures how well a model predicts the end of a text, beside the best n-grams.")
        {
            model, data, heldOut, context,
        };
        command.SetAction(arguments => Run(
            arguments.GetRequiredValue(model), arguments.GetRequiredValue(data), arguments.GetValue(heldOut), arguments.GetValue(context), output));
        return command;
    }

    private static void Run(string modelPath, string dataPath, double heldOut, int? context, TextWriter output)
    {
        RnnModel model = RnnModel.Load(modelPath);
        if (model.Vocabulary is not Vocabulary vocabulary || model.Architecture.OutputSize != vocabulary.Count)
            throw new InputException($"{modelPath} does not predict the next symbol of a text: that takes a vocabulary and an output for every symbol of it");
        if (!model.Architecture.ReturnsSequence && context is null)
            throw new InputException($"{modelPath} predicts one symbol from a window: say with --context how many symbols that has");
        TextData data;
        try
        {
            data = TextData.Read(dataPath, vocabulary, heldOut);
        }
        catch (FormatException exception)
        {
            throw new InputException($"{dataPath}: {exception.Message}", innerException: exception);
        }

        int unpredicted = context ?? 1;
        if (data.HeldOut.Length <= unpredicted || data.Training.Length < 20)
            throw new InputException($"{dataPath} is too short: {data.Training.Length} symbols to count and {data.HeldOut.Length} to predict");
        int largest = vocabulary.Kind == TokenKind.Characters ? LargestCharacterOrder : LargestWordOrder;
        (NGramModel grams, int order) = NGramModel.FitBest(data.Training, vocabulary.Count, largest);
        output.WriteLine($"{data.HeldOut.Length - unpredicted} symbols predicted");
        Write(Path.GetFileName(modelPath), context is int last ? TextScore.NatsPerSymbol(model, data.HeldOut, last) : TextScore.NatsPerSymbol(model, data.HeldOut));
        Write($"{order}-grams", grams.NatsPerSymbol(data.HeldOut, unpredicted));

        void Write(string name, double nats)
            => output.WriteLine(FormattableString.Invariant($"{name,-24}{nats:F4} nats a symbol, perplexity {Math.Exp(nats):F2}"));
    }
}
