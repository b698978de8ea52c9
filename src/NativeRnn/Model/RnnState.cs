namespace NativeRnn;

/// <summary>
/// What a network remembers between time steps: for each recurrent layer h, then c for an LSTM (o for an
/// <see cref="OutputRecurrentRnn"/>); a bidirectional layer has its forward state, then its backward one. The values do not depend
/// on processor or vector width, so a state saved on one machine continues on another.
/// </summary>
public sealed class RnnState
{
    private readonly float[] _values;

    /// <summary>Creates the zero state of an architecture, whatever its layers start from.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="batch">The number of sequences.</param>
    public RnnState(Architecture architecture, int batch = 1)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        Batch = batch;
        Size = architecture.StateSize;
        _values = new float[checked(batch * Size)];
    }

    private RnnState(RnnState other)
    {
        Batch = other.Batch;
        Size = other.Size;
        _values = [.. other._values];
    }

    /// <summary>The number of sequences.</summary>
    public int Batch { get; }

    /// <summary>Floats a sequence's state has.</summary>
    public int Size { get; }

    /// <summary>The values, <c>[batch, size]</c> row-major.</summary>
    public Span<float> Values => _values;

    /// <summary>An independent copy.</summary>
    public RnnState Clone() => new(this);
}
