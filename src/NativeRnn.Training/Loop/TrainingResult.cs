namespace NativeRnn.Training;

/// <summary>Why training ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs were done.</summary>
    Completed = 0,

    /// <summary>The monitored loss had not improved for <see cref="TrainingOptions.Patience"/> epochs.</summary>
    EarlyStopped = 1,

    /// <summary>Cancellation was asked for.</summary>
    Cancelled = 2,
}

/// <summary>What training came to.</summary>
/// <param name="Model">The network with the best epoch's weights.</param>
/// <param name="History">A record of each completed epoch.</param>
/// <param name="BestEpoch">The epoch the weights are from, or 0 when cancelled in the first; they are then as they stood.</param>
/// <param name="End">Why training ended.</param>
public sealed record TrainingResult(RnnModel Model, IReadOnlyList<EpochRecord> History, int BestEpoch, TrainingEnd End);
