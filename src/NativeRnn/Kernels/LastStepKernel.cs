namespace NativeRnn.Kernels;

/// <summary>Runs a <see cref="LastStep"/> layer: copies the last row.</summary>
internal sealed unsafe class LastStepKernel(int size, int stride) : LayerKernel
{
    public override int OutputSize => size;

    public override int OutputStride => stride;

    public override bool KeepsSequence => false;

    public override long ScratchSize(int maxSteps, int maxBatch) => 0;

    public override void Run(in Rows input, in Rows output, float* state, float* scratch, int steps, int batch)
        => CopyStep(input.At(steps - 1), input.SequenceStride, output.Data, output.SequenceStride, size, batch);
}
