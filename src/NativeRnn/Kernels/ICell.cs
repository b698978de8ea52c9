namespace NativeRnn.Kernels;

/// <summary>A recurrent cell as a type argument of <see cref="RecurrentKernel{TVector, TOps, TCell}"/>.</summary>
internal unsafe interface ICell
{
    /// <summary>Length of what is fed back, and of the output.</summary>
    int OutputSize { get; }

    /// <summary>Whether there is a cell state beside the hidden state.</summary>
    bool HasCellState { get; }

    /// <summary>Floats of working memory a sequence needs.</summary>
    int ScratchPerSequence { get; }

    /// <summary>Floats of working memory that the cell's products take for a number of sequences.</summary>
    long ProductScratchSize(int batch);

    /// <summary>Computes one time step.</summary>
    void Step(in CellStep step);
}
