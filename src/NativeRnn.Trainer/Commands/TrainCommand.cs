using System.CommandLine;
using NativeRnn.Training;
using Spectre.Console;

namespace NativeRnn.Trainer;

/// <summary><c>train SPEC --data FILE --out MODEL</c>: a spec and measurements in, a weight file and a learning curve out.</summary>
internal sealed class TrainCommand
{
    private const int MaxSelfTestSteps = 8;
    private const ulong MaxThreads = 1024;

    private readonly string _specPath;
    private readonly string _dataPath;
    private readonly string _modelPath;
    private readonly string _curvePath;
    private readonly string? _checkpointPath;
    private readonly bool _resume;
    private readonly ulong? _seed;
    private readonly int? _threads;
    private readonly IAnsiConsole? _terminal;
    private readonly TextWriter _output;
    private readonly bool _isQuiet;

    private TrainCommand(ParseResult arguments, TrainArguments options, TextWriter output, IAnsiConsole? terminal)
    {
        _specPath = arguments.GetRequiredValue(options.Spec);
        _dataPath = arguments.GetRequiredValue(CommonArguments.Data);
        _modelPath = arguments.GetRequiredValue(options.Model);
        _curvePath = arguments.GetValue(options.Curve) ?? Path.ChangeExtension(_modelPath, Picture.Endings[0]);
        _checkpointPath = arguments.GetValue(options.Checkpoint);
        _resume = arguments.GetValue(options.Resume);
        _seed = arguments.GetValue(CommonArguments.Seed);
        _threads = arguments.GetValue(options.Threads) is ulong threads ? (int)Math.Min(threads, MaxThreads) : null;
        _isQuiet = arguments.GetValue(options.Quiet);
        _terminal = terminal;
        _output = output;
    }

    /// <summary>The command, which writes to an output and, if there is one, shows a progress bar on a terminal.</summary>
    public static Command Create(TextWriter output, IAnsiConsole? terminal)
    {
        TrainArguments options = new();
        Command command = new("train", "Trains a network by a spec and writes a weight file that runs on any device.")
        {
            options.Spec, CommonArguments.Data, options.Model, options.Curve, options.Checkpoint, options.Resume, CommonArguments.Seed,
            options.Threads, options.Quiet,
        };
        command.SetAction(arguments => new TrainCommand(arguments, options, output, terminal).Run());
        return command;
    }

    private void Run()
    {
        TrainingSpec spec = TrainingSpec.Load(_specPath);
        OutputPlace.RequireWritable(_modelPath);
        OutputPlace.RequireWritable(_curvePath);
        OutputPlace.RequireDifferent(("model", _modelPath), ("learning curve", _curvePath));
        if (_checkpointPath is not null)
        {
            OutputPlace.RequireWritable(_checkpointPath);
            OutputPlace.RequireDifferent(("model", _modelPath), ("checkpoint", _checkpointPath));
            OutputPlace.RequireDifferent(("learning curve", _curvePath), ("checkpoint", _checkpointPath));
        }

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
        CheckpointFile? checkpoint = _checkpointPath is null
            ? null
            : new CheckpointFile(_checkpointPath, TrainArguments.Fingerprints(spec.Digest, _dataPath, options.Seed)) { Resume = _resume };
        using Interruption interruption = new();
        if (_isQuiet || _terminal is null)
            return Train(_isQuiet ? null : new EpochLines(_output, text));
        return EpochBar.Run(_terminal, text, Train);

        TrainingResult Train(IProgress<TrainingProgress>? progress)
            => trainer.Train(training, validation, progress, checkpoint, interruption.Token);
    }

    /// <summary>The network with weights of zero, to find out before training whether the recipe fits it.</summary>
    private static RnnModel WithoutWeights(Architecture architecture, ForecastRecipe recipe)
    {
        Dictionary<string, float[]> zeros = architecture.Parameters.ToDictionary(shape => shape.Name, shape => new float[shape.Count]);
        return new RnnModel(architecture, zeros).WithRecipe(recipe);
    }

    private static RnnModel WithSelfTest(RnnModel model, PreparedData data)
    {
        float[] input = data.Windows.EndOfWindow(data.Validation ?? data.Training, 0, MaxSelfTestSteps);
        float[] output = new float[data.Windows.Leads.Count];
        using RnnSession session = model.CreateSession();
        session.Run(input, output);
        return model.WithSelfTest(new SelfTest(input, output));
    }

    private void WriteIntroduction(RnnModel blank, PreparedData data)
    {
        _output.Write(blank.Summary());
        _output.WriteLine();
        _output.WriteLine($"{"Rows:",-24}{data.Windows.RowCounts}");
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

    private void WriteResult(
        TrainingSpec spec, TrainingResult result, ForecastRecipe recipe, ForecastErrors errors, ForecastErrors baseline)
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
        string part = spec.Split.ValidationUntil is null ? "Training" : "Validation";
        ErrorTable.Write(_output, part, recipe.Unit, (Path.GetFileName(_modelPath), errors), ("copy last value", baseline));
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
        catch (Exception exception) when (exception
            is IOException or UnauthorizedAccessException or DllNotFoundException or TypeInitializationException)
        {
            throw new InputException(
                $"the model is saved, but the learning curve {_curvePath} cannot be: {exception.Message}", innerException: exception);
        }

        _output.WriteLine($"Wrote {_curvePath}");
    }
}
