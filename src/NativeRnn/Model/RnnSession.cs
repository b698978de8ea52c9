using CommunityToolkit.HighPerformance;

namespace NativeRnn;

/// <summary>The state a run starts from.</summary>
public enum InitialState
{
    /// <summary>All zeros: each call is a sequence of its own.</summary>
    Zero = 0,

    /// <summary>
    /// Where the call before ended, or what <see cref="RnnSession.RestoreState"/> gave: each call continues the last.
    /// </summary>
    Carried = 1,
}

/// <summary>
/// A model made ready to run: owns every buffer, allocates nothing after it is created, and belongs to one thread at a time.
/// </summary>
public sealed class RnnSession : IDisposable
{
    internal RnnSession(RnnModel model, SessionOptions options) => throw new NotImplementedException();

    /// <summary>The model that the session runs.</summary>
    public RnnModel Model => throw new NotImplementedException();

    /// <summary>The vector width the session computes with; never <see cref="VectorWidth.Auto"/>.</summary>
    public VectorWidth VectorWidth => throw new NotImplementedException();

    /// <summary>Runs one sequence.</summary>
    /// <param name="input">The sequence, <c>[steps, features]</c>.</param>
    /// <param name="output">Receives <c>[outputs]</c> for a many-to-one network, <c>[steps, outputs]</c> row-major for a many-to-many one.</param>
    /// <param name="initialState">Where the state starts.</param>
    public void Run(ReadOnlySpan2D<float> input, Span<float> output, InitialState initialState = InitialState.Zero) => throw new NotImplementedException();

    /// <summary>Runs one sequence.</summary>
    /// <param name="input">The sequence, <c>[steps, features]</c> row-major.</param>
    /// <param name="output">Receives <c>[outputs]</c> for a many-to-one network, <c>[steps, outputs]</c> row-major for a many-to-many one.</param>
    /// <param name="initialState">Where the state starts.</param>
    public void Run(ReadOnlySpan<float> input, Span<float> output, InitialState initialState = InitialState.Zero) => throw new NotImplementedException();

    /// <summary>Runs several sequences of one length at once; each gives the same bits as run alone.</summary>
    /// <param name="inputs"><c>[batch, steps, features]</c> row-major.</param>
    /// <param name="batch">The number of sequences, at most <see cref="SessionOptions.MaxBatch"/>.</param>
    /// <param name="outputs">Receives <c>[batch, outputs]</c> or <c>[batch, steps, outputs]</c> row-major.</param>
    /// <param name="initialState">Where the states start.</param>
    public void RunBatch(ReadOnlySpan<float> inputs, int batch, Span<float> outputs, InitialState initialState = InitialState.Zero) => throw new NotImplementedException();

    /// <summary>Takes one time step and gives the network's output after it, carrying the state on.</summary>
    /// <param name="input">One time step, <c>[features]</c>.</param>
    /// <param name="output">Receives <c>[outputs]</c>.</param>
    public void Step(ReadOnlySpan<float> input, Span<float> output) => throw new NotImplementedException();

    /// <summary>Sets the state to zero.</summary>
    public void Reset() => throw new NotImplementedException();

    /// <summary>Copies the state out. Allocates nothing.</summary>
    /// <param name="destination">Receives the state; made for this architecture.</param>
    public void SaveState(RnnState destination) => throw new NotImplementedException();

    /// <summary>Sets the state, for <see cref="Step"/> and for runs with <see cref="InitialState.Carried"/>. Allocates nothing.</summary>
    /// <param name="source">The state; made for this architecture.</param>
    public void RestoreState(RnnState source) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
