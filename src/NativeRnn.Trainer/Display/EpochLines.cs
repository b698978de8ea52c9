using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary>One line an epoch, for output that is not a terminal.</summary>
internal sealed class EpochLines(TextWriter output, EpochText text) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.Completed is not EpochRecord epoch)
            return;
        string best = epoch.IsBest ? ", best so far" : "";
        string timeLeft = EpochText.TimeLeft(epoch, value.Epochs);
        output.WriteLine($"epoch {epoch.Epoch}/{value.Epochs}: {text.Describe(epoch)}{best}; time left at most {timeLeft}");
        output.Flush();
    }
}
