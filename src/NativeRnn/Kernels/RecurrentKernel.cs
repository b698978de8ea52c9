namespace NativeRnn.Kernels;

/// <summary>
/// Runs a recurrent cell over a sequence: the input projections of a stretch of time steps first, as one matrix product, then the
/// recurrence step by step. A small cell takes its input step by step as well.
/// </summary>
internal sealed unsafe class RecurrentKernel<TVector, TOps, TCell> : LayerKernel
    where TOps : struct, IVectorOps<TVector>
    where TCell : struct, ICell
{
    /// <summary>Sequences that go through all steps before the next ones do, where the weights are small: their rows stay in that cache too.</summary>
    private const int SmallBatch = 16;

    /// <summary>
    /// Rows projected at a time where the weights are large: enough to share each read of them. Small ones are at hand anyway; there a step
    /// adds its input itself, which is work to do while the step before waits for its activations.
    /// </summary>
    private const int StretchRows = 64;

    private readonly TCell _cell;
    private readonly GateSums[] _sums;
    private readonly int _paddedSize;
    private readonly int _projectionStride;
    private readonly int _scratchPerSequence;
    private readonly bool _isSmall;

    public RecurrentKernel(TCell cell, bool keepsSequence)
    {
        _cell = cell;
        _sums = cell.Sums;
        KeepsSequence = keepsSequence;
        _paddedSize = (cell.OutputSize + TOps.Count - 1) / TOps.Count * TOps.Count;
        foreach (GateSums sums in _sums)
        {
            _projectionStride += sums.Length;
            _isSmall = sums.IsSmall;
        }

        _scratchPerSequence = cell.ScratchPerSequence;
        StateParts = cell.HasCellState
            ? [(cell.OutputSize, _paddedSize), (cell.OutputSize, _paddedSize)]
            : [(cell.OutputSize, _paddedSize)];
        StateStride = StateParts.Count * _paddedSize;
    }

    public override int OutputSize => _cell.OutputSize;

    public override int OutputStride => _paddedSize;

    public override bool KeepsSequence { get; }

    public override IReadOnlyList<(int Length, int Padded)> StateParts { get; }

    public override int StateStride { get; }

    public override long ScratchSize(int maxSteps, int maxBatch)
    {
        long product = _cell.ProductScratchSize(maxBatch);
        foreach (GateSums sums in _sums)
            product = Math.Max(product, sums.Input.ScratchSize(ProjectedRows(maxBatch)));
        return ProjectionFloats(maxBatch) + Lines((long)maxBatch * _paddedSize) + Lines((long)maxBatch * _scratchPerSequence) + Lines(product);
    }

    public override void Run(in Rows input, in Rows output, float* state, float* scratch, int steps, int batch)
    {
        if (!_isSmall || batch <= SmallBatch)
        {
            RunShare(input, output, state, scratch, steps, batch);
            return;
        }

        for (int first = 0; first < batch; first += SmallBatch)
            RunShare(input.From(first), output.From(first), state + (nint)first * StateStride, scratch, steps, Math.Min(SmallBatch, batch - first));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunShare(in Rows input, in Rows output, float* state, float* scratch, int steps, int batch)
    {
        float* projection = scratch;
        // A small cell takes its input itself and has no more than the sums of one step.
        nint projectionStepStride = _isSmall ? 0 : (nint)batch * _projectionStride;
        nint inputStride = _isSmall ? input.StepStride : 0;
        int stretchSteps = _isSmall ? steps : Math.Max(1, StretchRows / batch);
        float* hidden = projection + ProjectionFloats(batch);
        Debug.Assert(output.SequenceStride == _paddedSize, "Rows of states are as far apart wherever they lie.");

        // Called on the readonly field itself, the cell would be copied for every step: the compiler does not know that TCell's members change nothing.
        ref TCell cell = ref Unsafe.AsRef(in _cell);
        CellStep step = default;
        step.ProjectionStride = _projectionStride;
        step.Previous = state;
        step.PreviousStride = StateStride;
        step.InputStride = input.SequenceStride;
        step.Cell = state + _paddedSize;
        step.CellStride = StateStride;
        step.Scratch = hidden + Lines((long)batch * _paddedSize);
        step.ScratchStride = _scratchPerSequence;
        step.ProductScratch = step.Scratch + Lines((long)batch * step.ScratchStride);
        step.Batch = batch;
        step.NextStride = _paddedSize;

        for (int first = 0, end; first < steps; first = end)
        {
            end = first + Math.Min(stretchSteps, steps - first);
            if (_isSmall)
                step.Input = input.At(first);
            else
                Project(input, first, end - first, batch, projection, step.ProductScratch);
            step.Projection = projection;
            for (int t = first; t < end; t++)
            {
                // Without a row for each step, two take turns, so that the last state is in the output.
                step.Next = KeepsSequence ? output.At(t) : ((steps - t) & 1) != 0 ? output.Data : hidden;
                step.IsBackward = (t & 1) != 0;
                cell.Step(step);
                step.Previous = step.Next;
                step.PreviousStride = step.NextStride;
                step.Input += inputStride;
                step.Projection += projectionStepStride;
            }
        }

        for (int sequence = 0; sequence < batch; sequence++)
            CopyVectors(step.Previous + sequence * step.PreviousStride, state + sequence * StateStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ProjectedRows(int batch) => Math.Max(batch, _isSmall ? 1 : StretchRows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long ProjectionFloats(int batch) => Lines((long)ProjectedRows(batch) * _projectionStride);

    /// <summary>Copies a padded hidden state; a streaming step would feel the calls of a span's copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CopyVectors(float* source, float* destination)
    {
        for (nint i = 0; i < _paddedSize; i += TOps.Count)
            TOps.Store(destination + i, TOps.Load(source + i));
    }

    private void Project(in Rows input, int first, int stretch, int batch, float* projection, float* scratch)
    {
        // One row a step of a sequence alone; one row a sequence of a batch.
        int outer = batch == 1 ? 1 : stretch;
        int rows = batch == 1 ? stretch : batch;
        nint inputStride = batch == 1 ? input.StepStride : input.SequenceStride;
        for (int t = 0; t < outer; t++)
        {
            float* destination = projection + (nint)t * batch * _projectionStride;
            foreach (GateSums sums in _sums)
            {
                MatrixProduct<TVector, TOps>.Run(
                    sums.Input, sums.Bias.Pointer, 0, input.At(first + t), inputStride, destination, _projectionStride, rows, scratch);
                destination += sums.Length;
            }
        }
    }
}
