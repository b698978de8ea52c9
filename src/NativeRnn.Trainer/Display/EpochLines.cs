using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary>One line an epoch, for output that is not a terminal.</summary>
internal sealed class EpochLines(TextWriter output, EpochText text) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.Completed is not EpochRecord epoch)
            return;
        output.WriteLine($"epoch {epoch.Epoch}/{value.Epochs}: {text.Describe(epoch)}{(epoch.IsBest ? ", best so far" : "")}; time left at most {EpochText.TimeLeft(epoch, value.Epochs)}");
        output.Flush();
    }
}
