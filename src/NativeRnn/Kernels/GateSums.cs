namespace NativeRnn.Kernels;

/// <summary>The sums b + U x_t + W h_{t-1} of some gates of a cell. Both matrices have their gates' lanes block by block and the same panels.</summary>
internal sealed unsafe class GateSums
{
    private readonly WeightPanel[] _panels;

    /// <param name="input">U.</param>
    /// <param name="bias">b.</param>
    /// <param name="recurrent">W.</param>
    /// <param name="gates">How many gates.</param>
    /// <param name="isSmall">See <see cref="IsSmall"/>.</param>
    /// <param name="candidateBias">See <see cref="CandidateBias"/>.</param>
    public GateSums(PackedMatrix input, AlignedBuffer bias, PackedMatrix recurrent, int gates, bool isSmall, AlignedBuffer? candidateBias = null)
    {
        IsSmall = isSmall;
        Input = input;
        Bias = bias;
        Recurrent = recurrent;
        CandidateBias = candidateBias;
        WaitsForWeights = (long)recurrent.Columns * bias.Length > 128 * 1024 / sizeof(float);
        _panels = recurrent.Panels.ToArray();
        for (int i = 0; i < _panels.Length; i++)
        {
            ref WeightPanel panel = ref _panels[i];
            // The input of large ones is projected apart, with panels of its own.
            panel = new WeightPanel(
                panel.Vectors, panel.Offset, panel.Weights, panel.Columns,
                isSmall ? input.Panels[i].Weights : null, input.Columns,
                candidateBias is null ? null : candidateBias.Pointer + panel.Offset / 3, isSmall && gates == 1);
        }
    }

    /// <summary>
    /// Whether the cell's weights are so few that they stay in the first-level cache, where a step adds its input itself. The sums' chains then go on from U
    /// to W, so the answer is the same for every vector width.
    /// </summary>
    public bool IsSmall { get; }

    /// <summary>
    /// Whether W is so large, more than 128 KiB, that a step waits for little but its loads: there an epilogue's second pass would fill no wait and only store and load
    /// what the first one has at hand.
    /// </summary>
    public bool WaitsForWeights { get; }

    /// <summary>U.</summary>
    public PackedMatrix Input { get; }

    /// <summary>b.</summary>
    public AlignedBuffer Bias { get; }

    /// <summary>W.</summary>
    public PackedMatrix Recurrent { get; }

    /// <summary>
    /// Where the last of three gates has two sums, b + U x_t and c + W h_{t-1}, the c; else null. The first then lie in <see cref="CellStep.Scratch"/>.
    /// </summary>
    public AlignedBuffer? CandidateBias { get; }

    /// <summary>The panels of both matrices. Good while this object is reachable.</summary>
    public ReadOnlySpan<WeightPanel> Panels => _panels;

    /// <summary>Floats of the sums of one sequence.</summary>
    public int Length => Bias.Length;
}
