namespace NativeRnn.Kernels;

/// <summary>The cell of <see cref="OutputRecurrentRnn"/>: h_t = f(W o_{t-1} + U x_t + b), o_t = V h_t + c.</summary>
internal readonly unsafe struct OutputRecurrentRnnCell<TVector, TOps, TActivation>(
    int outputs, PackedMatrix recurrentKernel, TActivation activation, PackedMatrix outputKernel, AlignedBuffer outputBias) : ICell
    where TOps : struct, IVectorOps<TVector>
    where TActivation : struct, IVectorActivation
{
    public int OutputSize => outputs;

    public bool HasCellState => false;

    /// <summary>h_t, which only the output of the same step needs, and what the products take.</summary>
    public int ScratchPerSequence => recurrentKernel.Lanes + Math.Max(recurrentKernel.ScratchPerSequence, outputKernel.ScratchPerSequence);

    public void Step(in CellStep step)
    {
        nint hiddenStride = recurrentKernel.Lanes;
        float* scratch = step.Scratch + step.Batch * hiddenStride;
        RecurrentProduct<TVector, TOps>.Run(
            recurrentKernel, step.Projection, step.ProjectionStride, step.Previous, step.PreviousStride, step.Batch, scratch,
            new ActivateAndStore<TVector, TOps, TActivation>(activation, step.Scratch, hiddenStride));
        RecurrentProduct<TVector, TOps>.Run(
            outputKernel, outputBias.Pointer, 0, step.Scratch, hiddenStride, step.Batch, scratch,
            new ActivateAndStore<TVector, TOps, LinearActivation>(default, step.Next, step.NextStride));
    }
}
