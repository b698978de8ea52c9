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

    /// <summary>
    /// Whether every value is a finite number. A state with a NaN or an infinity gives no sensible output any more and recovers only by
    /// <see cref="RnnSession.Reset"/> or another state.
    /// </summary>
    public bool IsFinite
    {
        get
        {
            foreach (float value in _values)
            {
                if (!float.IsFinite(value))
                    return false;
            }

            return true;
        }
    }

    /// <summary>An independent copy.</summary>
    public RnnState Clone() => new(this);

    /// <summary>The bytes of a state file, which STATE.md describes.</summary>
    /// <param name="model">The model whose state it is.</param>
    /// <param name="attachment">What the program itself must remember with the state.</param>
    /// <exception cref="ArgumentException">The state does not fit the model, or is too large for a file.</exception>
    public byte[] ToBytes(RnnModel model, ReadOnlySpan<byte> attachment = default) => StateFile.ToBytes(this, model, attachment);

    /// <summary>Writes a state file: to a temporary file beside it, which is flushed to the disk and then replaces it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model whose state it is.</param>
    /// <param name="attachment">What the program itself must remember with the state.</param>
    /// <exception cref="ArgumentException">The state does not fit the model, or is too large for a file.</exception>
    /// <exception cref="IOException">The file cannot be written; what stood there before is unharmed.</exception>
    public void Save(string path, RnnModel model, ReadOnlySpan<byte> attachment = default)
        => StateFile.Save(this, path, model, attachment);

    /// <summary>Reads a state from the bytes of a state file.</summary>
    /// <param name="model">The model that is to go on from it.</param>
    /// <param name="file">The whole file.</param>
    /// <param name="attachment">Receives what was attached.</param>
    /// <exception cref="StateFormatException">The bytes are not a complete, unaltered state of the model.</exception>
    public static RnnState Parse(RnnModel model, ReadOnlySpan<byte> file, out byte[] attachment)
        => StateFile.Parse(model, file, out attachment, path: null);

    /// <summary>Reads a state file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model that is to go on from it.</param>
    /// <param name="attachment">Receives what was attached.</param>
    /// <exception cref="StateFormatException">The file is not a complete, unaltered state of the model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RnnState Load(string path, RnnModel model, out byte[] attachment) => StateFile.Load(path, model, out attachment);
}
