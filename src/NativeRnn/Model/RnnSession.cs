using CommunityToolkit.HighPerformance;
using NativeRnn.Kernels;

namespace NativeRnn;

/// <summary>The state a run starts from.</summary>
public enum InitialState
{
    /// <summary>
    /// Zeros, or where a layer has one, its own initial state (<see cref="RecurrentLayer.HasInitialState"/>): each call is a sequence of
    /// its own.
    /// </summary>
    Zero = 0,

    /// <summary>
    /// Where the call before ended, or what <see cref="RnnSession.RestoreState"/> gave: each call continues the last. A network
    /// with a backward direction cannot continue a call, so there the state must be given anew before each run.
    /// </summary>
    Carried = 1,
}

/// <summary>
/// A model made ready to run: owns every buffer, allocates nothing after it is created, and belongs to one thread at a time: a call while
/// another thread's runs is refused with <see cref="InvalidOperationException"/>. States that decay are set to zero before they reach
/// the subnormal numbers: see <see cref="RecurrentLayer"/>.
/// </summary>
/// <remarks>
/// A NaN in an input spreads through a recurrent layer to its whole state and to every later output; an infinite input drives bounded gates
/// and candidates to their ends, or is NaN where it meets a weight of zero. Such a state is found by <see cref="RnnState.IsFinite"/> after
/// <see cref="SaveState"/>, ended by <see cref="Reset"/>, <see cref="RestoreState"/> or a run from <see cref="InitialState.Zero"/>, and
/// kept out by <see cref="SessionOptions.RequireFiniteInput"/>.
/// </remarks>
public sealed unsafe class RnnSession : IDisposable
{
    private readonly int _maxBatch;
    private readonly int _maxSteps;

    /// <summary>
    /// Slice i runs the sequences from i times <see cref="_sliceBatch"/> on, in a batch of any size, so that carried and restored states stay
    /// where they are.
    /// </summary>
    private readonly SessionSlice[] _slices;
    private readonly int _sliceBatch;
    private readonly ThreadTeam? _threads;
    private readonly InputCheck _inputCheck;
    private BatchRun _run;
    private bool _stateIsGiven;
    private SessionGuard _guard;

    internal RnnSession(RnnModel model, SessionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        Model = model;
        _maxBatch = options.MaxBatch;
        _maxSteps = options.MaxSteps;
        _inputCheck = new InputCheck(model.Architecture, options.RequireFiniteInput);
        VectorWidth = VectorWidths.Resolve(options.VectorWidth);
        Network network = model.NetworkFor(VectorWidth);
        float[]? startingState = StartingState.Of(model);
        _sliceBatch = (_maxBatch - 1) / options.Threads + 1;
        _slices = new SessionSlice[SlicesOf(_maxBatch)];
        for (int i = 0; i < _slices.Length; i++)
            _slices[i] = new SessionSlice(model.Architecture, network, startingState, SliceBatch(i, _maxBatch), _maxSteps);
        if (_slices.Length > 1)
            _threads = new ThreadTeam(_slices.Length, RunSlice);
    }

    /// <summary>The model that the session runs.</summary>
    public RnnModel Model { get; }

    /// <summary>The vector width the session computes with; never <see cref="VectorWidth.Auto"/>.</summary>
    public VectorWidth VectorWidth { get; }

    /// <summary>Runs one sequence.</summary>
    /// <param name="input">The sequence, <c>[steps, features]</c>; rows may lie apart.</param>
    /// <param name="output">Receives <c>[outputs]</c> of a many-to-one network, <c>[steps, outputs]</c> row-major of a many-to-many one,
    /// any number of rows <c>[rows, outputs]</c> of an encoder-decoder.</param>
    /// <param name="initialState">Where the state starts.</param>
    /// <exception cref="ArgumentException">A size does not fit the network, or the input holds what it must not.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the session.</exception>
    /// <exception cref="NotSupportedException">A network with a backward direction was asked to continue the last call.</exception>
    public void Run(ReadOnlySpan2D<float> input, Span<float> output, InitialState initialState = InitialState.Zero)
    {
        using SessionGuard.Turn turn = _guard.Enter();
        if (input.Width != Model.Architecture.InputSize)
            throw new ArgumentException($"A time step has {Model.Architecture.InputSize} features, but the rows of the input have {input.Width}.", nameof(input));
        int steps = input.Height;
        CheckSteps(steps, nameof(input));
        int outputRows = OutputRows(output.Length, 1, steps, nameof(output));
        // The span's pitch is not public; two rows tell it.
        nint stride = steps == 1
            ? input.Width
            : Unsafe.ByteOffset(ref input.DangerousGetReferenceAt(0, 0), ref input.DangerousGetReferenceAt(1, 0)) / sizeof(float);
        fixed (float* inputPointer = &input.DangerousGetReference())
        fixed (float* outputPointer = output)
            Run(new Rows(inputPointer, stride, 0), steps, 1, outputPointer, outputRows, initialState);
    }

    /// <summary>Runs one sequence.</summary>
    /// <param name="input">The sequence, <c>[steps, features]</c> row-major.</param>
    /// <param name="output">Receives <c>[outputs]</c> of a many-to-one network, <c>[steps, outputs]</c> row-major of a many-to-many one,
    /// any number of rows <c>[rows, outputs]</c> of an encoder-decoder.</param>
    /// <param name="initialState">Where the state starts.</param>
    /// <exception cref="ArgumentException">A size does not fit the network, or the input holds what it must not.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the session.</exception>
    /// <exception cref="NotSupportedException">A network with a backward direction was asked to continue the last call.</exception>
    public void Run(ReadOnlySpan<float> input, Span<float> output, InitialState initialState = InitialState.Zero)
        => RunBatch(input, 1, output, initialState);

    /// <summary>Runs several sequences of one length at once; each gives the same bits as run alone.</summary>
    /// <param name="inputs"><c>[batch, steps, features]</c> row-major.</param>
    /// <param name="batch">The number of sequences, at most <see cref="SessionOptions.MaxBatch"/>.</param>
    /// <param name="outputs">Receives <c>[batch, outputs]</c> of a many-to-one network, <c>[batch, steps, outputs]</c> of a many-to-many one,
    /// <c>[batch, rows, outputs]</c> with any number of rows of an encoder-decoder.</param>
    /// <param name="initialState">Where the states start.</param>
    /// <exception cref="ArgumentException">A size does not fit the network or the session, or the input holds what it must not.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the session.</exception>
    /// <exception cref="NotSupportedException">A network with a backward direction was asked to continue the last call.</exception>
    public void RunBatch(ReadOnlySpan<float> inputs, int batch, Span<float> outputs, InitialState initialState = InitialState.Zero)
    {
        using SessionGuard.Turn turn = _guard.Enter();
        if (batch < 1 || batch > _maxBatch)
            throw new ArgumentException($"The batch must be between 1 and {nameof(SessionOptions.MaxBatch)} = {_maxBatch}, but is {batch}.", nameof(batch));
        int features = Model.Architecture.InputSize;
        int steps = inputs.Length / features / batch;
        if ((long)steps * features * batch != inputs.Length)
            throw new ArgumentException($"The input has {inputs.Length} values, which is not {batch} sequence(s) of whole time steps of {features} features.", nameof(inputs));
        CheckSteps(steps, nameof(inputs));
        int outputRows = OutputRows(outputs.Length, batch, steps, nameof(outputs));

        fixed (float* inputPointer = inputs)
        fixed (float* outputPointer = outputs)
            Run(new Rows(inputPointer, features, (nint)steps * features), steps, batch, outputPointer, outputRows, initialState);
    }

    /// <summary>
    /// Takes one time step and gives the network's output after it, carrying the state on. Of an encoder-decoder it is the encoder's state
    /// that is carried: after each step the decoder writes anew from there.
    /// </summary>
    /// <param name="input">One time step, <c>[features]</c>.</param>
    /// <param name="output">Receives <c>[outputs]</c>, of an encoder-decoder any number of rows <c>[rows, outputs]</c>.</param>
    /// <exception cref="ArgumentException">A size does not fit the network, or the input holds what it must not.</exception>
    /// <exception cref="InvalidOperationException">Another thread is using the session.</exception>
    /// <exception cref="NotSupportedException">The network has a backward direction and needs the whole sequence.</exception>
    public void Step(ReadOnlySpan<float> input, Span<float> output)
    {
        using SessionGuard.Turn turn = _guard.Enter();
        Architecture architecture = Model.Architecture;
        if (architecture.BackwardLayer is not null || input.Length != architecture.InputSize)
            ThrowNoStep(architecture, input.Length, nameof(input));
        int outputRows = OutputRows(output.Length, 1, 1, nameof(output));

        fixed (float* inputPointer = input)
        fixed (float* outputPointer = output)
            Run(new Rows(inputPointer, 0, 0), 1, 1, outputPointer, outputRows, InitialState.Carried);
    }

    /// <summary>Sets the state to that of <see cref="InitialState.Zero"/>.</summary>
    public void Reset()
    {
        using SessionGuard.Turn turn = _guard.Enter();
        ClearState(_maxBatch);
        _stateIsGiven = true;
    }

    /// <summary>Copies the state out. Allocates nothing.</summary>
    /// <param name="destination">Receives the states of its number of sequences.</param>
    /// <exception cref="ArgumentException">The state is of another network or has more sequences than the session.</exception>
    public void SaveState(RnnState destination) => CopyState(destination, save: true);

    /// <summary>Sets the state, for <see cref="Step"/> and for runs with <see cref="InitialState.Carried"/>. Allocates nothing.</summary>
    /// <param name="source">The states of the first sequences.</param>
    /// <exception cref="ArgumentException">The state is of another network or has more sequences than the session.</exception>
    public void RestoreState(RnnState source) => CopyState(source, save: false);

    /// <summary>Ends the session's use and its threads; its memory goes back with the next garbage collection.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using the session.</exception>
    public void Dispose()
    {
        _guard.Dispose();
        _threads?.Dispose();
    }

    /// <summary>Apart from <see cref="Step"/>, which would feel the making of the message even where there is none to make.</summary>
    [DoesNotReturn]
    private static void ThrowNoStep(Architecture architecture, int length, string parameter)
        => throw (architecture.BackwardLayer is { } backward
            ? new NotSupportedException($"The network cannot take one step at a time: {backward.Name} needs the whole sequence.")
            : new ArgumentException($"A time step has {architecture.InputSize} features, but {length} values were given.", parameter));

    private void Run(in Rows rows, int steps, int batch, float* output, int outputRows, InitialState initialState)
    {
        if (_inputCheck.IsNeeded)
            _inputCheck.Check(rows, steps, batch);
        StartState(initialState, batch);
        _stateIsGiven = false;
        if (batch <= _sliceBatch)
        {
            _slices[0].Run(rows, steps, batch, output, outputRows);
            return;
        }

        _run = new BatchRun(rows, steps, batch, output, outputRows);
        _threads!.Run(SlicesOf(batch));
    }

    private void RunSlice(int index)
    {
        nint first = index * _sliceBatch;
        Rows rows = _run.Rows;
        float* output = _run.Output + first * _run.OutputRows * Model.Architecture.OutputSize;
        _slices[index].Run(
            new Rows(rows.Data + first * rows.SequenceStride, rows.StepStride, rows.SequenceStride), _run.Steps, SliceBatch(index, _run.Batch), output, _run.OutputRows);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StartState(InitialState initialState, int batch)
    {
        if (initialState == InitialState.Zero)
            ClearState(batch);
        else if (!_stateIsGiven && Model.Architecture.BackwardLayer is { } backward)
            ThrowNotContinued(backward);
    }

    [DoesNotReturn]
    private static void ThrowNotContinued(NamedLayer backward)
        => throw new NotSupportedException($"{backward.Name} runs backwards and cannot continue an earlier call; give its state with {nameof(RestoreState)} before the run.");

    private void ClearState(int batch)
    {
        for (int i = 0; i < SlicesOf(batch); i++)
            _slices[i].ClearState(SliceBatch(i, batch));
    }

    private void CopyState(RnnState state, bool save)
    {
        using SessionGuard.Turn turn = _guard.Enter();
        ArgumentNullException.ThrowIfNull(state);
        if (state.Size != Model.Architecture.StateSize)
            throw new ArgumentException($"The network's state has {Model.Architecture.StateSize} values a sequence, but the one given has {state.Size}.", nameof(state));
        if (state.Batch > _maxBatch)
            throw new ArgumentException($"The state is of {state.Batch} sequences, but the session runs at most {nameof(SessionOptions.MaxBatch)} = {_maxBatch}.", nameof(state));

        for (int i = 0; i < SlicesOf(state.Batch); i++)
            _slices[i].CopyState(state.Values[(i * _sliceBatch * state.Size)..], SliceBatch(i, state.Batch), save);
        _stateIsGiven |= !save;
    }

    private int SlicesOf(int batch) => (batch - 1) / _sliceBatch + 1;

    /// <summary>The sequences of a batch that fall to a slice.</summary>
    private int SliceBatch(int index, int batch) => Math.Min(_sliceBatch, batch - index * _sliceBatch);

    private void CheckSteps(int steps, string parameter)
    {
        if (steps < 1)
            throw new ArgumentException("A sequence has at least one time step.", parameter);
        if (steps > _maxSteps && Model.Architecture.BackwardLayer is { } backward)
            throw new ArgumentException($"{backward.Name} needs the whole sequence: {steps} steps are more than the session's {nameof(SessionOptions.MaxSteps)} = {_maxSteps}.", parameter);
    }

    /// <summary>The output rows of a sequence: as many as there are steps, one, or as many as a decoder is given room for.</summary>
    private int OutputRows(int length, int batch, int steps, string parameter)
    {
        Architecture architecture = Model.Architecture;
        int rows = architecture.Decoder is null ? architecture.OutputRows(steps) : Math.Max(1, length / architecture.OutputSize / batch);
        if ((long)batch * rows * architecture.OutputSize != length)
            ThrowNoRoom(architecture, length, batch, rows, parameter);
        return rows;
    }

    [DoesNotReturn]
    private static void ThrowNoRoom(Architecture architecture, int length, int batch, int rows, string parameter)
        => throw new ArgumentException(
            architecture.Decoder is null
                ? $"The output needs room for exactly {(long)batch * rows * architecture.OutputSize} values, but has {length}."
                : $"The output takes whole rows of {architecture.OutputSize} values for {batch} sequence(s), at least one each, but has room for {length} values.",
            parameter);

    /// <summary>What all slices of a run work on.</summary>
    private readonly struct BatchRun(Rows rows, int steps, int batch, float* output, int outputRows)
    {
        public readonly Rows Rows = rows;
        public readonly int Steps = steps;
        public readonly int Batch = batch;
        public readonly float* Output = output;
        public readonly int OutputRows = outputRows;
    }
}
