namespace NativeRnn.Trainer;

/// <summary>The windows of one part of a table.</summary>
/// <param name="LastRows">The last row of each window, increasing.</param>
/// <param name="SkippedForGaps">Windows that were left out because their rows are not evenly spaced in time.</param>
internal sealed record WindowSet(IReadOnlyList<int> LastRows, int SkippedForGaps);
