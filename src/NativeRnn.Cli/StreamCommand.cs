using System.Runtime.InteropServices;
using NativeRnn.Data;

namespace NativeRnn.Cli;

/// <summary><c>stream MODEL [--window K|none] [--state FILE] [--save-every N] [--on-missing ...]</c>: a row in, a line out, for ever.</summary>
internal static class StreamCommand
{
    private const string Name = "stream";
    private const string NoWindow = "none";
    private static readonly TimeSpan SignalPatience = TimeSpan.FromSeconds(5);

    private static readonly Option Window = new(
        "--window", "K|none", "Each output is a fresh run over the last K rows, or none: the state is carried from row to row for ever. Without it the recipe's window, or none for a model of plain numbers.");
    private static readonly Option State = new("--state", "FILE", "Loads the state from FILE, if there is one, and saves it there: at the end, on SIGTERM, SIGINT and SIGHUP, and every N rows.");
    private static readonly Option SaveEvery = new("--save-every", "N", "Rows between savings, 1 without it; each waits for the disk.");
    private static readonly Option Missing = new("--on-missing", "stop|skip|hold", "A malformed or missing value stops the stream (without it), leaves the row out, or is replaced by the last one.");

    public static Command Create() => new(
        Name, "Reads CSV rows from standard input and answers each at once with a line: forecasts with a recipe, else plain numbers.", [ModelOperand.Model], [Window, State, SaveEvery, Missing], Run)
    {
        Details = """
            With a recipe the input begins with a header, rows have a time and raw units, and a line is the forecast's time and value
            (of a model that forecasts every step up to its horizon: the last one's time, then all values, the nearest first);
            without, rows and lines are plain numbers. Every row is answered with one line; its values are empty while warming up, until the
            window is full, and for a row that is skipped. Notes on such events go to standard error.

            A window suits a model trained on windows: each output depends on the last K rows alone, and costs a run over K rows. A
            carried state suits one trained on long sequences: each output depends on all rows so far, and costs one step. A
            bidirectional network needs a window.

            After a gap in the times it warms up anew; hold repeats the last row over a gap shorter than the window instead. A row too
            soon after the last one is malformed, and so are NaN, infinity and a number beyond float32. A row without a readable time,
            with fields missing or before there is a value to hold is skipped by hold too.
            Rows must lie the recipe's sampling interval apart: thin out denser ones first.

            A line is out before its row is in the saved state. After a kill go on with the row behind the one that the note names.
            """,
    };

    private static void Run(ParsedArguments arguments, TextWriter output)
    {
        OnMissing onMissing = arguments[Missing.Name] switch
        {
            null or "stop" => OnMissing.Stop,
            "skip" => OnMissing.Skip,
            "hold" => OnMissing.Hold,
            string other => throw new UsageException($"{Missing.Name} takes stop, skip or hold, not '{other}'", Name),
        };
        int saveEvery = Whole(SaveEvery, arguments[SaveEvery.Name] ?? "1");
        if (arguments[State.Name] is null && arguments.Has(SaveEvery.Name))
            throw new UsageException($"{SaveEvery.Name} needs {State.Name} {State.Value}", Name);
        int? asked = arguments[Window.Name] is not string text ? null : text == NoWindow ? 0 : Whole(Window, text);

        RnnModel model = RnnModel.Load(arguments.Operand(ModelOperand.Model.Name));
        int window = asked ?? model.Recipe?.Window ?? 0;
        if (window == 0 && model.Architecture.BackwardLayer is { } backward)
            throw new InputException($"{backward.Name} runs backwards and cannot carry a state", $"{Window.Name} K runs the last K rows for each output");
        if ((long)window * model.Architecture.InputSize > ForecastRecipe.MaxWindowValues)
            throw new InputException($"a window of {window} rows of {model.Architecture.InputSize} is more than {ForecastRecipe.MaxWindowValues} values");
        int warmUp = window > 0 ? window : model.Recipe?.Window ?? 0;

        using StreamWriter notes = new(StandardStreams.OpenError()) { AutoFlush = true, NewLine = "\n" };
        using StreamMemory memory = new(model, window, warmUp);
        StreamState? state = arguments[State.Name] is string path ? new StreamState(path, model) : null;
        using CsvLineReader lines = new(StandardStreams.OpenInput(), TextInput.Name(TextInput.Standard));
        FeatureTransform? transform = model.Recipe is { } recipe ? new FeatureTransform(recipe.Inputs, recipe.Target) : null;
        RowReader reader = transform is null
            ? new RowReader(lines, model.Architecture.InputSize)
            : new RowReader(lines, model.Recipe!.TimeColumn, transform.SourceColumns, model.Recipe.MissingValue);
        RowStream stream = new(model, transform, reader, memory, onMissing, output, notes);
        if (state is not null && stream.Load(state, warmUp))
            notes.WriteLine($"note: {state.Path}: going on after row {stream.Rows} of the stream");
        if (memory.MissingRows > 0)
            notes.WriteLine($"note: warming up: the first output comes with row {memory.MissingRows}");
        Answer(reader, stream, state, saveEvery, notes);
    }

    private static void Answer(RowReader reader, RowStream stream, StreamState? state, int saveEvery, TextWriter notes)
    {
        if (state is null)
        {
            while (reader.Read())
                stream.Take();
            return;
        }

        // At once, so that a file that cannot be written is known before the first row is.
        stream.Save(state);
        Lock gate = new();
        PosixSignalRegistration[] registrations = Array.ConvertAll(
            (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP], signal => PosixSignalRegistration.Create(signal, _ => SaveLast()));
        try
        {
            while (reader.Read())
            {
                lock (gate)
                {
                    stream.Take();
                    if (stream.Rows % saveEvery == 0)
                        stream.Save(state);
                }
            }
        }
        finally
        {
            lock (gate)
            {
                if (!stream.IsMidRow)
                    stream.Save(state);
            }
        }

        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();

        // The gate stays shut: the signal ends the process next, and a row taken before that would not be in the file.
        void SaveLast()
        {
            try
            {
                if (!gate.TryEnter(SignalPatience))
                    notes.WriteLine("note: nobody reads the output; the state stays as saved last");
                else if (!stream.IsMidRow)
                    stream.Save(state);
            }
            catch (Exception exception) when (exception is IOException or InputException)
            {
                notes.WriteLine($"error: {exception.Message}");
            }
        }
    }

    private static int Whole(Option option, string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1
            ? value
            : throw new UsageException($"{option.Name} {option.Value} takes a whole number above zero, not '{text}'", Name);
}
