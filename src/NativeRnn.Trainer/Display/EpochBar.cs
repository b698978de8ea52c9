using NativeRnn.Training;
using Spectre.Console;

namespace NativeRnn.Trainer;

/// <summary>A progress bar over all steps of all epochs, with the last epoch's result above it.</summary>
internal sealed class EpochBar : IProgress<TrainingProgress>
{
    private readonly ProgressTask _task;
    private readonly EpochText _text;
    private string _lastEpoch = "";

    private EpochBar(ProgressTask task, EpochText text)
    {
        _task = task;
        _text = text;
    }

    /// <summary>Trains while the bar is shown.</summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="text">Describes epochs.</param>
    /// <param name="train">Trains and reports to the bar it is given.</param>
    public static TrainingResult Run(IAnsiConsole terminal, EpochText text, Func<IProgress<TrainingProgress>, TrainingResult> train)
        => terminal.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 20 },
                new PercentageColumn(),
                new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("epoch 1");
                TrainingResult result = train(new EpochBar(task, text));
                task.StopTask();
                return result;
            });

    public void Report(TrainingProgress value)
    {
        _task.MaxValue = (double)value.Epochs * value.StepsPerEpoch;
        _task.Value = (value.Epoch - 1.0) * value.StepsPerEpoch + value.Step;
        if (value.Completed is EpochRecord epoch)
            _lastEpoch = ": " + Markup.Escape(_text.Describe(epoch));
        if (value.Completed is not null || value.Step == 1)
            _task.Description = $"epoch {value.Epoch}/{value.Epochs}{_lastEpoch}";
    }
}
