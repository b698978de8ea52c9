namespace NativeRnn.Training;

/// <summary>Which rows behind a window are its targets.</summary>
public enum WindowTargets
{
    /// <summary>The one at the horizon, <c>[1, targets]</c>.</summary>
    Horizon,

    /// <summary>All up to the horizon, <c>[horizon, targets]</c>: for a decoder.</summary>
    EachStep,

    /// <summary>All up to the horizon as one row, <c>[1, horizon * targets]</c>: for a network that gives them at once.</summary>
    AllStepsAtOnce,
}

/// <summary>
/// Windows over a table, for forecasting: a sample is named by the last row r of its window. Its input are the rows
/// r - (window - 1) * stride, ..., r - stride, r; its target is row r + horizon * stride, or all rows from r + stride to there. Window and
/// horizon count time steps, and stride is the number of table rows from one step to the next, so an hourly model over ten-minute rows has
/// stride 6.
/// </summary>
public sealed class WindowSource : SampleSource
{
    private readonly float[] _features;
    private readonly float[] _targets;
    private readonly int[] _lastRows;
    private readonly int _horizon;
    private readonly int _stride;
    private readonly int _targetSize;

    /// <summary>Creates a source; features and targets are not copied and must not change while it is in use.</summary>
    /// <param name="features">The normalised features of every row, <c>[rows, features]</c> row-major.</param>
    /// <param name="inputSize">Features a row has.</param>
    /// <param name="targets">The normalised targets of every row, <c>[rows, targets]</c> row-major.</param>
    /// <param name="targetSize">Targets a row has.</param>
    /// <param name="window">Time steps a window has.</param>
    /// <param name="horizon">Time steps from the window's last to the target's; 0 for the same row.</param>
    /// <param name="stride">Table rows from one time step to the next.</param>
    /// <param name="lastRows">The rows that windows may end at, one sample each; the order is the order of the samples.</param>
    /// <param name="wanted">Which rows are targets, and in what shape.</param>
    /// <exception cref="ArgumentException">The tables do not fit together, or a window or target reaches beyond them.</exception>
    public WindowSource(
        float[] features,
        int inputSize,
        float[] targets,
        int targetSize,
        int window,
        int horizon,
        int stride,
        IReadOnlyList<int> lastRows,
        WindowTargets wanted = WindowTargets.Horizon)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(lastRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(horizon);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        int rows = features.Length / inputSize;
        if (features.Length != rows * inputSize)
            throw new ArgumentException($"{features.Length} values are not a whole number of rows of {inputSize} features.", nameof(features));
        if (targets.Length != (long)rows * targetSize)
            throw new ArgumentException($"{rows} rows take {(long)rows * targetSize} target values, but {targets.Length} were given.", nameof(targets));
        if (lastRows.Count == 0)
            throw new ArgumentException("A source needs at least one window.", nameof(lastRows));

        long before = (window - 1L) * stride;
        long after = (long)horizon * stride;
        foreach (int row in lastRows)
        {
            if (row < before || row + after >= rows)
                throw new ArgumentOutOfRangeException(nameof(lastRows), row, $"A window ending at row {row} needs rows {row - before} to {row + after}, but the table has rows 0 to {rows - 1}.");
        }

        _features = features;
        _targets = targets;
        _lastRows = [.. lastRows];
        _horizon = horizon;
        _stride = stride;
        InputSize = inputSize;
        _targetSize = targetSize;
        int steps = wanted == WindowTargets.Horizon ? 1 : Math.Max(1, horizon);
        TargetRows = wanted == WindowTargets.EachStep ? steps : 1;
        OutputSize = wanted == WindowTargets.AllStepsAtOnce ? steps * targetSize : targetSize;
        Steps = window;
    }

    /// <inheritdoc/>
    public override int Count => _lastRows.Length;

    /// <inheritdoc/>
    public override int Steps { get; }

    /// <inheritdoc/>
    public override int InputSize { get; }

    /// <inheritdoc/>
    public override int TargetRows { get; }

    /// <inheritdoc/>
    public override int OutputSize { get; }

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<float> targets)
    {
        for (int i = 0; i < indices.Length; i++)
        {
            int lastRow = _lastRows[indices[i]];
            int firstRow = lastRow - (Steps - 1) * _stride;
            Span<float> sequence = inputs.Slice(i * Steps * InputSize, Steps * InputSize);
            if (_stride == 1)
            {
                _features.AsSpan(firstRow * InputSize, sequence.Length).CopyTo(sequence);
            }
            else
            {
                for (int step = 0; step < Steps; step++)
                    _features.AsSpan((firstRow + step * _stride) * InputSize, InputSize).CopyTo(sequence[(step * InputSize)..]);
            }

            int targetLength = TargetRows * OutputSize;
            int steps = targetLength / _targetSize;
            for (int step = 0; step < steps; step++)
            {
                int row = lastRow + (_horizon - steps + 1 + step) * _stride;
                _targets.AsSpan(row * _targetSize, _targetSize).CopyTo(targets[(i * targetLength + step * _targetSize)..]);
            }
        }
    }
}
