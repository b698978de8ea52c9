namespace NativeRnn.Kernels;

/// <summary>Runs a <see cref="Reverse"/> layer: copies the rows from the last to the first.</summary>
internal sealed unsafe class ReverseKernel(int size, int stride) : LayerKernel
{
    public override int OutputSize => size;

    public override int OutputStride => stride;

    public override bool KeepsSequence => true;

    public override long ScratchSize(int maxSteps, int maxBatch) => 0;

    public override void Run(in Rows input, in Rows output, float* state, float* scratch, int steps, int batch)
    {
        Rows reversed = input.Reversed(steps);
        for (int t = 0; t < steps; t++)
            CopyStep(reversed.At(t), input.SequenceStride, output.At(t), output.SequenceStride, size, batch);
    }
}
