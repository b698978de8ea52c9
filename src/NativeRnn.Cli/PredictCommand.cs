using NativeRnn.Data;

namespace NativeRnn.Cli;

/// <summary><c>predict MODEL [--input FILE|-] [--output FILE|-]</c>: plain numbers in, plain numbers out.</summary>
internal static class PredictCommand
{
    private static readonly Option Input = new(
        "--input", "FILE|-", "CSV, one row a time step, a blank line between sequences; - or nothing for standard input.");
    private static readonly Option Output = new("--output", "FILE|-", "Receives the outputs; - or nothing for standard output.");
    private static readonly Option Rows = new("--rows", "N", "Rows that an encoder-decoder writes for each sequence; without it as many as its recipe or self-test has.");

    public static Command Create() => new(
        "predict",
        "Runs a model on sequences of numbers: one row out a sequence (many-to-one) or a step (many-to-many), or N rows (encoder-decoder). No recipe is applied.",
        [ModelOperand.Model],
        [Input, Output, Rows],
        Run);

    private static void Run(ParsedArguments arguments, TextWriter standardOutput)
    {
        string path = arguments.Operand(ModelOperand.Model.Name);
        RnnModel model = RnnModel.Load(path);
        int rows = ReadRows(arguments, model, path);
        string input = arguments[Input.Name] ?? TextInput.Standard;
        string output = arguments[Output.Name] ?? TextInput.Standard;
        using SequenceReader sequences = new(TextInput.Open(input), TextInput.Name(input), model.Architecture.InputSize);
        if (output == TextInput.Standard)
        {
            Predict(model, rows, sequences, TextInput.Name(input), standardOutput);
        }
        else
        {
            using OutputFile file = new(output);
            Predict(model, rows, sequences, TextInput.Name(input), file.Writer);
            file.Commit();
        }
    }

    /// <summary>The rows of a sequence that does not give one for every step.</summary>
    private static int ReadRows(ParsedArguments arguments, RnnModel model, string path)
    {
        int? asked = arguments.WholeNumber(Rows, 1, int.MaxValue, "predict");
        if (model.Architecture.Decoder is not null)
            return asked ?? DecodedRows.Default(model) ?? throw new InputException($"{path} is an encoder-decoder without recipe or self-test: say with {Rows.Name} how many rows it writes");
        return asked is null ? 1 : throw new InputException($"{path} is no encoder-decoder: {Rows.Name} is for these alone");
    }

    private static void Predict(RnnModel model, int rowCount, SequenceReader sequences, string inputName, TextWriter output)
    {
        Architecture architecture = model.Architecture;
        int maxSteps = new SessionOptions().MaxSteps;
        RnnSession session = model.CreateSession();
        try
        {
            float[] results = [];
            bool isFirst = true;
            while (sequences.Read())
            {
                int steps = sequences.StepCount;
                if (steps > maxSteps && architecture.BackwardLayer is not null)
                {
                    maxSteps = (int)Math.Min(2L * steps, Array.MaxLength);
                    session.Dispose();
                    session = model.CreateSession(new SessionOptions { MaxSteps = maxSteps });
                }

                int rows = architecture.ReturnsSequence ? steps : rowCount;
                int size = checked(rows * architecture.OutputSize);
                if (results.Length < size)
                    results = new float[size];
                session.Run(sequences.Sequence, results.AsSpan(0, size));

                if (!isFirst && (architecture.ReturnsSequence || architecture.Decoder is not null))
                    output.WriteLine();
                isFirst = false;
                WriteRows(results.AsSpan(0, size), architecture.OutputSize, output);
            }

            if (isFirst)
                throw new DataFormatException("found no rows of numbers", inputName);
        }
        finally
        {
            session.Dispose();
        }
    }

    private static void WriteRows(ReadOnlySpan<float> values, int rowSize, TextWriter output)
    {
        Span<char> text = stackalloc char[32];
        for (int i = 0; i < values.Length; i++)
        {
            // Nine significant digits give back every float32 exactly.
            values[i].TryFormat(text, out int length, "G9", CultureInfo.InvariantCulture);
            output.Write(text[..length]);
            output.Write((i + 1) % rowSize == 0 ? '\n' : ',');
        }
    }
}
