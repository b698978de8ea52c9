namespace NativeRnn.Kernels;

/// <summary>One time step of a cell for a batch of sequences: where everything lies.</summary>
internal unsafe ref struct CellStep
{
    /// <summary>x_t of each sequence where it has not been projected, else null.</summary>
    public float* Input;

    public nint InputStride;

    /// <summary>b + U x_t of each sequence, in the order of <see cref="ICell.Sums"/>; working memory, which has them unless <see cref="Input"/> does.</summary>
    public float* Projection;

    public nint ProjectionStride;

    /// <summary>h_{t-1} (o_{t-1} of an output-recurrent cell) of each sequence.</summary>
    public float* Previous;

    public nint PreviousStride;

    /// <summary>Receives h_t; never the same memory as <see cref="Previous"/>, which other panels still read.</summary>
    public float* Next;

    public nint NextStride;

    /// <summary>The cell state of each sequence, updated in place; the second part of the state.</summary>
    public float* Cell;

    public nint CellStride;

    public float* Scratch;

    public nint ScratchStride;

    /// <summary>Working memory of each of the cell's products in turn.</summary>
    public float* ProductScratch;

    public int Batch;

    /// <summary>Whether to walk the weights from the last panel to the first, as every other step does.</summary>
    public bool IsBackward;
}
