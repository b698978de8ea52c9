namespace NativeRnn;

/// <summary>The vector widths the kernels exist in.</summary>
public enum VectorWidth
{
    /// <summary>The widest that the processor accelerates.</summary>
    Auto = 0,

    /// <summary>One float at a time.</summary>
    Scalar = 1,

    /// <summary>Four floats: SSE or NEON.</summary>
    Vector128 = 2,

    /// <summary>Eight floats: AVX2.</summary>
    Vector256 = 3,

    /// <summary>Sixteen floats: AVX-512.</summary>
    Vector512 = 4,
}

/// <summary>What a session is made for.</summary>
public sealed record SessionOptions
{
    /// <summary>The largest number of sequences a call may run at once.</summary>
    public int MaxBatch { get; init; } = 1;

    /// <summary>
    /// The longest sequence a network with a backward direction accepts, for it must keep all of it. Networks that only look
    /// back take sequences of any length, whatever is said here.
    /// </summary>
    public int MaxSteps { get; init; } = 1024;

    /// <summary>
    /// The threads <see cref="RnnSession.RunBatch"/> may use; 1, the default, is the caller's alone. A session with more owns threads that sleep
    /// between calls and end with <see cref="RnnSession.Dispose"/>. Each has a fixed share of <see cref="MaxBatch"/> sequences, rounded up: a
    /// batch that fits into the first share stays on the caller's thread. More threads than sequences are not started. The bits are the same.
    /// </summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Whether NaN and infinite inputs are refused with an <see cref="ArgumentException"/> before they change the state. False, the default, spares
    /// looking at every input: then they are computed with, as <see cref="RnnSession"/> says.
    /// </summary>
    public bool RequireFiniteInput { get; init; }

    /// <summary>
    /// The vector width to use. On processors with fused multiply-add every width gives the same bits, so there is no reason to
    /// change this but testing and measuring.
    /// </summary>
    public VectorWidth VectorWidth { get; init; } = VectorWidth.Auto;
}
