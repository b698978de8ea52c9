namespace NativeRnn.Kernels;

/// <summary>Runs a <see cref="Bidirectional"/> layer: one kernel over the sequence, one over it reversed, and the merge of both.</summary>
internal sealed unsafe class BidirectionalKernel<TVector, TOps>(LayerKernel forward, LayerKernel backward, Merge merge) : LayerKernel
    where TOps : struct, IVectorOps<TVector>
{
    public override int OutputSize => merge == Merge.Concat ? forward.OutputSize + backward.OutputSize : forward.OutputSize;

    public override int OutputStride => (OutputSize + TOps.Count - 1) / TOps.Count * TOps.Count;

    public override bool KeepsSequence => forward.KeepsSequence;

    public override IReadOnlyList<(int Length, int Padded)> StateParts { get; } = [.. forward.StateParts, .. backward.StateParts];

    public override int StateStride { get; } = forward.StateStride + backward.StateStride;

    public override long ScratchSize(int maxSteps, int maxBatch)
        => OutputFloats(forward, maxSteps, maxBatch) + OutputFloats(backward, maxSteps, maxBatch)
            + StateFloats(forward, maxBatch) + StateFloats(backward, maxBatch)
            + Math.Max(forward.ScratchSize(maxSteps, maxBatch), backward.ScratchSize(maxSteps, maxBatch));

    public override void Run(in Rows input, in Rows output, float* state, float* scratch, int steps, int batch)
    {
        float* forwardOutput = scratch;
        float* backwardOutput = forwardOutput + OutputFloats(forward, steps, batch);
        float* forwardState = backwardOutput + OutputFloats(backward, steps, batch);
        float* backwardState = forwardState + StateFloats(forward, batch);
        float* inner = backwardState + StateFloats(backward, batch);

        // A sequence's state holds both directions; the inner kernels want the states of all sequences one behind the other.
        CopyState(state, 0, forwardState, forward.StateStride, batch, gather: true);
        CopyState(state, forward.StateStride, backwardState, backward.StateStride, batch, gather: true);

        int rows = KeepsSequence ? steps : 1;
        Rows forwardRows = new(forwardOutput, (nint)batch * forward.OutputStride, forward.OutputStride);
        Rows backwardRows = new(backwardOutput, (nint)batch * backward.OutputStride, backward.OutputStride);
        forward.Run(input, forwardRows, forwardState, inner, steps, batch);
        backward.Run(input.Reversed(steps), backwardRows.Reversed(rows), backwardState, inner, steps, batch);

        CopyState(state, 0, forwardState, forward.StateStride, batch, gather: false);
        CopyState(state, forward.StateStride, backwardState, backward.StateStride, batch, gather: false);

        for (int t = 0; t < rows; t++)
        {
            for (int sequence = 0; sequence < batch; sequence++)
            {
                MergeRow(
                    forwardRows.At(t) + sequence * forwardRows.SequenceStride,
                    backwardRows.At(t) + sequence * backwardRows.SequenceStride,
                    output.At(t) + sequence * output.SequenceStride);
            }
        }
    }

    private static long OutputFloats(LayerKernel kernel, int steps, int batch)
        => Lines((long)(kernel.KeepsSequence ? steps : 1) * batch * kernel.OutputStride);

    private static long StateFloats(LayerKernel kernel, int batch) => Lines((long)batch * kernel.StateStride);

    private void CopyState(float* state, int offset, float* own, int length, int batch, bool gather)
    {
        nint stride = StateStride;
        for (int sequence = 0; sequence < batch; sequence++)
        {
            Span<float> shared = new(state + sequence * stride + offset, length);
            Span<float> separate = new(own + (nint)sequence * length, length);
            if (gather)
                shared.CopyTo(separate);
            else
                separate.CopyTo(shared);
        }
    }

    private void MergeRow(float* forwardRow, float* backwardRow, float* destination)
    {
        if (merge == Merge.Concat)
        {
            new Span<float>(forwardRow, forward.OutputSize).CopyTo(new Span<float>(destination, forward.OutputSize));
            new Span<float>(backwardRow, backward.OutputSize).CopyTo(new Span<float>(destination + forward.OutputSize, backward.OutputSize));
            return;
        }

        for (nint i = 0; i < OutputStride; i += TOps.Count)
        {
            TVector left = TOps.Load(forwardRow + i);
            TVector right = TOps.Load(backwardRow + i);
            TOps.Store(destination + i, merge switch
            {
                Merge.Sum => TOps.Add(left, right),
                Merge.Multiply => TOps.Multiply(left, right),
                _ => TOps.Multiply(TOps.Broadcast(0.5f), TOps.Add(left, right)),
            });
        }
    }
}
