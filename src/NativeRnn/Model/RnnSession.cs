using CommunityToolkit.HighPerformance;
using NativeRnn.Kernels;

namespace NativeRnn;

/// <summary>The state a run starts from.</summary>
public enum InitialState
{
    /// <summary>All zeros: each call is a sequence of its own.</summary>
    Zero = 0,

    /// <summary>
    /// Where the call before ended, or what <see cref="RnnSession.RestoreState"/> gave: each call continues the last. A network
    /// with a backward direction cannot continue a call, so there the state must be given anew before each run.
    /// </summary>
    Carried = 1,
}

/// <summary>
/// A model made ready to run: owns every buffer, allocates nothing after it is created, and belongs to one thread at a time. States that
/// decay are set to zero before they reach the subnormal numbers: see <see cref="RecurrentLayer"/>.
/// </summary>
public sealed unsafe class RnnSession : IDisposable
{
    /// <summary>
    /// Time steps that go through all layers before the next ones do: the rows between layers stay in the cache, and a
    /// sequence of any length needs no more memory.
    /// </summary>
    private const int ChunkRows = 64;

    private const int MinChunkSteps = 8;

    private readonly Network _network;
    private readonly int _maxBatch;
    private readonly int _maxSteps;
    private readonly int _chunkSteps;
    private readonly AlignedBuffer _buffer;
    private readonly float*[] _states;
    private readonly float*[] _outputs = new float*[2];
    private readonly float* _scratch;
    private bool _stateIsGiven;
    private bool _isDisposed;

    internal RnnSession(RnnModel model, SessionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxSteps, 1);
        Model = model;
        _maxBatch = options.MaxBatch;
        _maxSteps = options.MaxSteps;
        _network = model.NetworkFor(VectorWidths.Resolve(options.VectorWidth));
        _chunkSteps = model.Architecture.BackwardLayer is null ? Math.Max(MinChunkSteps, ChunkRows / _maxBatch) : _maxSteps;

        LayerKernel[] kernels = _network.Kernels;
        long outputSize = 0;
        long scratchSize = 0;
        long stateSize = 0;
        foreach (LayerKernel kernel in kernels)
        {
            outputSize = Math.Max(outputSize, Lines((long)_chunkSteps * _maxBatch * kernel.OutputStride));
            scratchSize = Math.Max(scratchSize, kernel.ScratchSize(_chunkSteps, _maxBatch));
            stateSize += Lines((long)_maxBatch * kernel.StateStride);
        }

        _buffer = new AlignedBuffer(stateSize + 2 * outputSize + scratchSize);
        _states = new float*[kernels.Length];
        float* next = _buffer.Pointer;
        for (int i = 0; i < kernels.Length; i++)
        {
            _states[i] = next;
            next += Lines((long)_maxBatch * kernels[i].StateStride);
        }

        _outputs[0] = next;
        _outputs[1] = next + outputSize;
        _scratch = next + 2 * outputSize;
    }

    /// <summary>The model that the session runs.</summary>
    public RnnModel Model { get; }

    /// <summary>The vector width the session computes with; never <see cref="VectorWidth.Auto"/>.</summary>
    public VectorWidth VectorWidth => _network.Width;

    /// <summary>Runs one sequence.</summary>
    /// <param name="input">The sequence, <c>[steps, features]</c>; rows may lie apart.</param>
    /// <param name="output">Receives <c>[outputs]</c> of a many-to-one network, <c>[steps, outputs]</c> row-major of a many-to-many one.</param>
    /// <param name="initialState">Where the state starts.</param>
    /// <exception cref="ArgumentException">A size does not fit the network.</exception>
    /// <exception cref="NotSupportedException">A network with a backward direction was asked to continue the last call.</exception>
    public void Run(ReadOnlySpan2D<float> input, Span<float> output, InitialState initialState = InitialState.Zero)
    {
        ThrowIfDisposed();
        if (input.Width != Model.Architecture.InputSize)
            throw new ArgumentException($"A time step has {Model.Architecture.InputSize} features, but the rows of the input have {input.Width}.", nameof(input));
        int steps = input.Height;
        CheckSteps(steps, nameof(input));
        CheckOutput(output.Length, 1, steps, nameof(output));
        // The span's pitch is not public; two rows tell it.
        nint stride = steps == 1
            ? input.Width
            : Unsafe.ByteOffset(ref input.DangerousGetReferenceAt(0, 0), ref input.DangerousGetReferenceAt(1, 0)) / sizeof(float);
        fixed (float* inputPointer = &input.DangerousGetReference())
        fixed (float* outputPointer = output)
            Run(new Rows(inputPointer, stride, 0), steps, 1, outputPointer, initialState);
    }

    /// <summary>Runs one sequence.</summary>
    /// <param name="input">The sequence, <c>[steps, features]</c> row-major.</param>
    /// <param name="output">Receives <c>[outputs]</c> of a many-to-one network, <c>[steps, outputs]</c> row-major of a many-to-many one.</param>
    /// <param name="initialState">Where the state starts.</param>
    /// <exception cref="ArgumentException">A size does not fit the network.</exception>
    /// <exception cref="NotSupportedException">A network with a backward direction was asked to continue the last call.</exception>
    public void Run(ReadOnlySpan<float> input, Span<float> output, InitialState initialState = InitialState.Zero)
        => RunBatch(input, 1, output, initialState);

    /// <summary>Runs several sequences of one length at once; each gives the same bits as run alone.</summary>
    /// <param name="inputs"><c>[batch, steps, features]</c> row-major.</param>
    /// <param name="batch">The number of sequences, at most <see cref="SessionOptions.MaxBatch"/>.</param>
    /// <param name="outputs">Receives <c>[batch, outputs]</c> of a many-to-one network, <c>[batch, steps, outputs]</c> of a many-to-many one.</param>
    /// <param name="initialState">Where the states start.</param>
    /// <exception cref="ArgumentException">A size does not fit the network or the session.</exception>
    /// <exception cref="NotSupportedException">A network with a backward direction was asked to continue the last call.</exception>
    public void RunBatch(ReadOnlySpan<float> inputs, int batch, Span<float> outputs, InitialState initialState = InitialState.Zero)
    {
        ThrowIfDisposed();
        if (batch < 1 || batch > _maxBatch)
            throw new ArgumentException($"The batch must be between 1 and {nameof(SessionOptions.MaxBatch)} = {_maxBatch}, but is {batch}.", nameof(batch));
        int features = Model.Architecture.InputSize;
        int steps = inputs.Length / features / batch;
        if ((long)steps * features * batch != inputs.Length)
            throw new ArgumentException($"The input has {inputs.Length} values, which is not {batch} sequence(s) of whole time steps of {features} features.", nameof(inputs));
        CheckSteps(steps, nameof(inputs));
        CheckOutput(outputs.Length, batch, steps, nameof(outputs));

        fixed (float* inputPointer = inputs)
        fixed (float* outputPointer = outputs)
            Run(new Rows(inputPointer, features, (nint)steps * features), steps, batch, outputPointer, initialState);
    }

    /// <summary>Takes one time step and gives the network's output after it, carrying the state on.</summary>
    /// <param name="input">One time step, <c>[features]</c>.</param>
    /// <param name="output">Receives <c>[outputs]</c>.</param>
    /// <exception cref="ArgumentException">A size does not fit the network.</exception>
    /// <exception cref="NotSupportedException">The network has a backward direction and needs the whole sequence.</exception>
    public void Step(ReadOnlySpan<float> input, Span<float> output)
    {
        ThrowIfDisposed();
        if (Model.Architecture.BackwardLayer is { } backward)
            throw new NotSupportedException($"The network cannot take one step at a time: {backward.Name} needs the whole sequence.");
        if (input.Length != Model.Architecture.InputSize)
            throw new ArgumentException($"A time step has {Model.Architecture.InputSize} features, but {input.Length} values were given.", nameof(input));
        CheckOutput(output.Length, 1, 1, nameof(output));

        fixed (float* inputPointer = input)
        fixed (float* outputPointer = output)
            Run(new Rows(inputPointer, 0, 0), 1, 1, outputPointer, InitialState.Carried);
    }

    /// <summary>Sets the state to zero.</summary>
    public void Reset()
    {
        ThrowIfDisposed();
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
    public void RestoreState(RnnState source)
    {
        CopyState(source, save: false);
        _stateIsGiven = true;
    }

    /// <summary>Ends the session's use; its memory goes back with the next garbage collection.</summary>
    public void Dispose() => _isDisposed = true;

    private static long Lines(long floats) => (floats + 15) & ~15L;

    private void Run(Rows rows, int steps, int batch, float* output, InitialState initialState)
    {
        CheckSymbols(rows, steps, batch);
        StartState(initialState, batch);
        LayerKernel[] kernels = _network.Kernels;
        Rows current = default;
        for (int first = 0; first < steps; first += _chunkSteps)
        {
            int chunk = Math.Min(_chunkSteps, steps - first);
            current = new Rows(rows.At(first), rows.StepStride, rows.SequenceStride);
            for (int i = 0; i < _network.SequenceKernels; i++)
                current = RunKernel(i, current, chunk, batch);
            if (Model.Architecture.ReturnsSequence)
                CopyOut(current, chunk, batch, output, first, steps);
        }

        if (!Model.Architecture.ReturnsSequence)
        {
            for (int i = _network.SequenceKernels; i < kernels.Length; i++)
                current = RunKernel(i, current, 1, batch);
            CopyOut(current, 1, batch, output, 0, 1);
        }

        _stateIsGiven = false;
        // The buffers are pinned for as long as they are reachable, which is through this session.
        GC.KeepAlive(this);
    }

    private Rows RunKernel(int index, in Rows input, int steps, int batch)
    {
        LayerKernel kernel = _network.Kernels[index];
        int stride = kernel.OutputStride;
        Rows output = new(_outputs[index & 1], (nint)batch * stride, stride);
        kernel.Run(input, output, _states[index], _scratch, steps, batch);
        return output;
    }

    private void CopyOut(in Rows rows, int steps, int batch, float* output, int firstStep, int totalSteps)
    {
        int size = Model.Architecture.OutputSize;
        for (int sequence = 0; sequence < batch; sequence++)
        {
            float* destination = output + ((nint)sequence * totalSteps + firstStep) * size;
            for (int t = 0; t < steps; t++, destination += size)
                new ReadOnlySpan<float>(rows.At(t) + sequence * rows.SequenceStride, size).CopyTo(new Span<float>(destination, size));
        }
    }

    private void StartState(InitialState initialState, int batch)
    {
        if (initialState == InitialState.Zero)
            ClearState(batch);
        else if (!_stateIsGiven && Model.Architecture.BackwardLayer is { } backward)
            throw new NotSupportedException($"{backward.Name} runs backwards and cannot continue an earlier call; give its state with {nameof(RestoreState)} before the run.");
    }

    private void ClearState(int batch)
    {
        for (int i = 0; i < _states.Length; i++)
            new Span<float>(_states[i], batch * _network.Kernels[i].StateStride).Clear();
        GC.KeepAlive(this);
    }

    private void CopyState(RnnState state, bool save)
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(state);
        if (state.Size != Model.Architecture.StateSize)
            throw new ArgumentException($"The network's state has {Model.Architecture.StateSize} values a sequence, but the one given has {state.Size}.", nameof(state));
        if (state.Batch > _maxBatch)
            throw new ArgumentException($"The state is of {state.Batch} sequences, but the session runs at most {nameof(SessionOptions.MaxBatch)} = {_maxBatch}.", nameof(state));

        Span<float> values = state.Values;
        for (int sequence = 0; sequence < state.Batch; sequence++)
        {
            for (int i = 0; i < _states.Length; i++)
            {
                LayerKernel kernel = _network.Kernels[i];
                float* part = _states[i] + (nint)sequence * kernel.StateStride;
                for (int p = 0; p < kernel.StateParts.Count; p++)
                {
                    (int length, int padded) = kernel.StateParts[p];
                    Span<float> own = new(part, length);
                    if (save)
                        own.CopyTo(values);
                    else
                        values[..length].CopyTo(own);
                    values = values[length..];
                    part += padded;
                }
            }
        }

        GC.KeepAlive(this);
    }

    private void CheckSteps(int steps, string parameter)
    {
        if (steps < 1)
            throw new ArgumentException("A sequence has at least one time step.", parameter);
        if (steps > _maxSteps && Model.Architecture.BackwardLayer is { } backward)
            throw new ArgumentException($"{backward.Name} needs the whole sequence: {steps} steps are more than the session's {nameof(SessionOptions.MaxSteps)} = {_maxSteps}.", parameter);
    }

    private void CheckOutput(int length, int batch, int steps, string parameter)
    {
        long expected = (long)batch * Model.Architecture.OutputRows(steps) * Model.Architecture.OutputSize;
        if (length != expected)
            throw new ArgumentException($"The output needs room for exactly {expected} values, but has {length}.", parameter);
    }

    /// <summary>An embedding reads the table's row that its input names, so a number that names none must not get there.</summary>
    private void CheckSymbols(in Rows rows, int steps, int batch)
    {
        if (Model.Architecture.Layers[0].Layer is not Embedding embedding)
            return;
        for (int t = 0; t < steps; t++)
        {
            for (int sequence = 0; sequence < batch; sequence++)
            {
                float symbol = rows.At(t)[sequence * rows.SequenceStride];
                if (!(symbol >= 0 && symbol < embedding.Symbols && symbol == float.Truncate(symbol)))
                    throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Step {t} must be the number of a symbol, from 0 to {embedding.Symbols - 1}, but is {symbol}."));
            }
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);
}
