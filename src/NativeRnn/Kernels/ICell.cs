namespace NativeRnn.Kernels;

/// <summary>A recurrent cell as a type argument of <see cref="RecurrentKernel{TVector, TOps, TCell}"/>.</summary>
internal unsafe interface ICell
{
    /// <summary>Length of what is fed back, and of the output.</summary>
    int OutputSize { get; }

    /// <summary>Whether there is a cell state beside the hidden state.</summary>
    bool HasCellState { get; }

    /// <summary>What the input is projected to: the sums of a step's projection, one behind the other.</summary>
    GateSums[] Sums { get; }

    /// <summary>Floats of working memory a sequence needs, <see cref="CellStep.ScratchStride"/>.</summary>
    int ScratchPerSequence { get; }

    /// <summary>Floats of working memory that the cell's recurrent products take for a number of sequences.</summary>
    long ProductScratchSize(int batch);

    /// <summary>Computes one time step.</summary>
    void Step(in CellStep step);
}
