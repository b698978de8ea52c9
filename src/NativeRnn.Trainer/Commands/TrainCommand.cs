using System.CommandLine;
using NativeRnn.Training;
using Spectre.Console;

namespace NativeRnn.Trainer;

/// <summary><c>train SPEC --data FILE --out MODEL</c>: a spec and measurements in, a weight file and a learning curve out.</summary>
internal sealed class TrainCommand
{
    private const int MaxSelfTestSteps = 8;

    private readonly string _specPath;
    private readonly string _dataPath;
    private readonly string _modelPath;
    private readonly string _curvePath;
    private readonly ulong? _seed;
    private readonly int? _threads;
    private readonly IAnsiConsole? _terminal;
    private readonly TextWriter _output;
    private readonly bool _isQuiet;

    private TrainCommand(ParseResult arguments, Arguments options, TextWriter output, IAnsiConsole? terminal)
    {
        _specPath = arguments.GetRequiredValue(options.Spec);
        _dataPath = arguments.GetRequiredValue(CommonArguments.Data);
        _modelPath = arguments.GetRequiredValue(options.Model);
        _curvePath = arguments.GetValue(options.Curve) ?? Path.ChangeExtension(_modelPath, LearningCurve.Endings[0]);
        _seed = arguments.GetValue(options.Seed);
        _threads = arguments.GetValue(options.Threads);
        _isQuiet = arguments.GetValue(options.Quiet);
        _terminal = terminal;
        _output = output;
    }

    /// <summary>The command, which writes to an output and, if there is one, shows a progress bar on a terminal.</summary>
    public static Command Create(TextWriter output, IAnsiConsole? terminal)
    {
        Arguments options = new();
        Command command = new("train", "Trains a network by a spec and writes a weight file that runs on any device.")
        {
            options.Spec, CommonArguments.Data, options.Model, options.Curve, options.Seed, options.Threads, options.Quiet,
        };
        command.SetAction(arguments => new TrainCommand(arguments, options, output, terminal).Run());
        return command;
    }

    private void Run()
    {
        TrainingSpec spec = TrainingSpec.Load(_specPath);
        OutputPlace.RequireWritable(_modelPath);
        OutputPlace.RequireWritable(_curvePath);
        if (Path.GetFullPath(_curvePath) == Path.GetFullPath(_modelPath))
            throw new InputException($"the model and the learning curve would both be {_modelPath}", "name the model .nrnn");
        PreparedData data = PreparedData.Read(spec, _dataPath);
        RnnModel blank = WithoutWeights(spec.Architecture, data.Recipe);
        WindowSet judged = data.Validation ?? data.Training;
        double[] actual = data.Windows.ActualValues(judged);
        ForecastErrors baseline = ForecastErrors.Measure(data.Windows.LastValues(judged), actual);
        if (!_isQuiet)
            WriteIntroduction(blank, data);

        TrainingResult result = Train(spec, data, new EpochText(data.Recipe, baseline.MeanAbsolute));
        RnnModel model = WithSelfTest(result.Model.WithRecipe(data.Recipe), data);
        ForecastErrors errors = ForecastErrors.Measure(data.Windows.Forecasts(model, judged), actual);
        model.Save(_modelPath);
        WriteResult(spec, result, data.Recipe, errors, baseline);
        if (result.History.Count > 0)
            SaveCurve(result, data.Recipe, baseline);
    }

    private TrainingResult Train(TrainingSpec spec, PreparedData data, EpochText text)
    {
        TrainingOptions options = spec.Options with { Seed = _seed ?? spec.Options.Seed, Threads = _threads };
        Training.Trainer trainer = new(spec.Architecture, options);
        WindowSource training = data.Windows.ToSource(data.Training);
        WindowSource? validation = data.Validation is null ? null : data.Windows.ToSource(data.Validation);
        using Interruption interruption = new();
        if (_isQuiet)
            return trainer.Train(training, validation, cancellation: interruption.Token);
        return _terminal is null
            ? trainer.Train(training, validation, new EpochLines(_output, text), interruption.Token)
            : EpochBar.Run(_terminal, text, bar => trainer.Train(training, validation, bar, interruption.Token));
    }

    /// <summary>The network with weights of zero, to find out before training whether the recipe fits it.</summary>
    private static RnnModel WithoutWeights(Architecture architecture, ForecastRecipe recipe)
        => new RnnModel(architecture, architecture.Parameters.ToDictionary(shape => shape.Name, shape => new float[shape.Count])).WithRecipe(recipe);

    private static RnnModel WithSelfTest(RnnModel model, PreparedData data)
    {
        float[] input = data.Windows.EndOfWindow(data.Validation ?? data.Training, 0, MaxSelfTestSteps);
        float[] output = new float[1];
        using RnnSession session = model.CreateSession();
        session.Run(input, output);
        return model.WithSelfTest(new SelfTest(input, output));
    }

    private void WriteIntroduction(RnnModel blank, PreparedData data)
    {
        _output.Write(blank.Summary());
        _output.WriteLine();
        WriteWindows("training", data.Training);
        WriteWindows("validation", data.Validation);
        WriteWindows("test", data.Test);
        _output.WriteLine();
        _output.Flush();
    }

    private void WriteWindows(string part, WindowSet? windows)
    {
        string gaps = windows is { SkippedForGaps: > 0 } ? $"; {windows.SkippedForGaps} left out because they cross a gap in time" : "";
        _output.WriteLine($"Windows for {part + ":",-12}{windows?.LastRows.Count ?? 0}{gaps}");
    }

    private void WriteResult(TrainingSpec spec, TrainingResult result, ForecastRecipe recipe, ForecastErrors errors, ForecastErrors baseline)
    {
        int epochs = result.History.Count;
        string end = result.End switch
        {
            TrainingEnd.EarlyStopped => $"stopped early, after {spec.Options.Patience} epochs without a better loss",
            TrainingEnd.Cancelled when epochs == 0 => "interrupted before the first epoch was complete; the weights are hardly trained",
            TrainingEnd.Cancelled => "interrupted; the best weights so far are kept",
            _ => "completed",
        };
        if (!_isQuiet)
            _output.WriteLine();
        _output.WriteLine($"Epochs: {epochs} of {spec.Options.Epochs}, {end}{(epochs == 0 ? "" : $"; best epoch {result.BestEpoch}")}");
        ErrorTable.Write(_output, spec.Split.ValidationUntil is null ? "Training" : "Validation", recipe.Unit, (Path.GetFileName(_modelPath), errors), ("copy last value", baseline));
        _output.WriteLine($"Wrote {_modelPath}");
        _output.WriteLine("The test part was not looked at. When the model is final:");
        string range = $" --from {spec.Split.TestFrom}{(spec.Split.TestUntil is RowBound until ? $" --to {until}" : "")}";
        _output.WriteLine($"  nativernn-trainer evaluate {_modelPath} --data {_dataPath}{range}");
        _output.Flush();
    }

    private void SaveCurve(TrainingResult result, ForecastRecipe recipe, ForecastErrors baseline)
    {
        try
        {
            LearningCurve.Save(_curvePath, result, recipe, baseline.MeanAbsolute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DllNotFoundException or TypeInitializationException)
        {
            throw new InputException($"the model is saved, but the learning curve {_curvePath} cannot be: {exception.Message}", innerException: exception);
        }

        _output.WriteLine($"Wrote {_curvePath}");
    }

    private sealed class Arguments
    {
        public Argument<string> Spec { get; } = new("SPEC") { Description = "The training spec, JSON; SPEC.md describes it." };

        public Option<string> Model { get; } = new("--out")
        {
            HelpName = "MODEL",
            Description = "Receives the weight file, .nrnn.",
            Required = true,
        };

        public Option<string?> Curve { get; } = new("--curve")
        {
            HelpName = "PICTURE",
            Description = "Receives the learning curve, .png or .svg; beside the model unless told.",
        };

        public Option<ulong?> Seed { get; } = new("--seed") { HelpName = "N", Description = "Takes the place of the spec's seed." };

        public Option<int?> Threads { get; } = new("--threads")
        {
            HelpName = "N",
            Description = "Threads to use; all processors unless told. The result does not depend on it.",
        };

        public Option<bool> Quiet { get; } = new("--quiet") { Description = "Prints the result only." };

        public Arguments()
        {
            Curve.Validators.Add(result =>
            {
                string? path = result.GetValueOrDefault<string?>();
                if (path is not null && !LearningCurve.Endings.Contains(Path.GetExtension(path).ToLowerInvariant()))
                    result.AddError($"--curve must end in .png or .svg, but is '{path}'");
            });
            Threads.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value: string text }] && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) || threads < 1))
                    result.AddError($"--threads takes a whole number of at least 1, but is '{text}'");
            });
        }
    }
}
