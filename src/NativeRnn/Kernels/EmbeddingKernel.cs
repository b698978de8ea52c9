namespace NativeRnn.Kernels;

/// <summary>Runs an <see cref="Embedding"/> layer: copies, and widens, the row of each symbol. The session has checked the symbols' numbers.</summary>
internal sealed unsafe class EmbeddingKernel(WeightTensor embeddings, int units, int stride) : LayerKernel
{
    public override int OutputSize => units;

    public override int OutputStride => stride;

    public override bool KeepsSequence => true;

    public override long ScratchSize(int maxSteps, int maxBatch) => 0;

    public override void Run(in Rows input, in Rows output, float* state, float* scratch, int steps, int batch)
    {
        for (int t = 0; t < steps; t++)
        {
            for (int sequence = 0; sequence < batch; sequence++)
            {
                int symbol = (int)input.At(t)[sequence * input.SequenceStride];
                embeddings.CopyTo(symbol * units, new Span<float>(output.At(t) + sequence * output.SequenceStride, units));
            }
        }
    }
}
