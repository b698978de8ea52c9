using NativeRnn.Kernels;

namespace NativeRnn;

/// <summary>
/// The part of a session that runs some sequences of a batch on one thread: their states, the rows between layers and the kernels'
/// working memory. Lengths are the session's to check.
/// </summary>
internal sealed unsafe class SessionSlice
{
    /// <summary>
    /// Rows that go through all layers before the next time steps do, so that those between layers stay in the cache, and a
    /// sequence of any length needs no more memory.
    /// </summary>
    private const int ChunkRows = 64;

    private const int MinChunkSteps = 8;

    private readonly Architecture _architecture;
    private readonly LayerKernel[] _kernels;
    private readonly int _sequenceKernels;
    private readonly bool _returnsSequence;
    private readonly int _chunkSteps;
    private readonly AlignedBuffer _buffer;
    private readonly float*[] _states;
    private readonly float*[] _outputs = new float*[2];
    private readonly float* _scratch;
    private readonly float[]? _startingState;

    /// <summary>The second chain of an encoder-decoder, or null.</summary>
    private readonly SessionSlice? _decoder;

    /// <summary>What the decoder reads at its first step, and the symbols it reads at the others: a row of its input for each sequence.</summary>
    private readonly AlignedBuffer? _decoderInput;

    public SessionSlice(Architecture architecture, Network network, float[]? startingState, int maxBatch, int maxSteps)
    {
        _architecture = architecture;
        _startingState = startingState;
        _kernels = network.Kernels;
        _sequenceKernels = network.SequenceKernels;
        // If the first layer gives but its last state, there are no rows between layers.
        _chunkSteps = _kernels is [{ KeepsSequence: false }, ..] ? int.MaxValue
            : architecture.BackwardLayer is null ? Math.Max(MinChunkSteps, ChunkRows / maxBatch) : maxSteps;

        _returnsSequence = architecture.ReturnsSequence;
        long outputSize = 0;
        long scratchSize = 0;
        long stateSize = 0;
        for (int i = 0; i < _kernels.Length; i++)
        {
            LayerKernel kernel = _kernels[i];
            int mostSteps = i < _sequenceKernels ? _chunkSteps : 1;
            outputSize = Math.Max(outputSize, Lines((long)(kernel.KeepsSequence ? mostSteps : 1) * maxBatch * kernel.OutputStride));
            scratchSize = Math.Max(scratchSize, kernel.ScratchSize(mostSteps, maxBatch));
            stateSize += Lines((long)maxBatch * kernel.StateStride);
        }

        _buffer = new AlignedBuffer(stateSize + 2 * outputSize + scratchSize);
        _states = new float*[_kernels.Length];
        float* next = _buffer.Pointer;
        for (int i = 0; i < _kernels.Length; i++)
        {
            _states[i] = next;
            next += Lines((long)maxBatch * _kernels[i].StateStride);
        }

        _outputs[0] = next;
        _outputs[1] = next + outputSize;
        _scratch = next + 2 * outputSize;
        ClearState(maxBatch);
        if (architecture.Decoder is not null)
        {
            _decoder = new SessionSlice(architecture.Decoder, network.Decoder!, startingState: null, maxBatch, maxSteps: 1);
            _decoderInput = new AlignedBuffer(Lines((long)maxBatch * architecture.Decoder.InputSize));
        }
    }

    /// <summary>Runs the first sequences of the slice from their states on.</summary>
    /// <param name="rows">Their input rows.</param>
    /// <param name="steps">Time steps.</param>
    /// <param name="batch">The number of sequences.</param>
    /// <param name="output">Receives their outputs one behind the other.</param>
    /// <param name="outputRows">The output rows of a sequence.</param>
    public void Run(in Rows rows, int steps, int batch, float* output, int outputRows)
    {
        Rows current = default;
        for (int first = 0; first < steps; first += _chunkSteps)
        {
            int chunk = Math.Min(_chunkSteps, steps - first);
            current = new Rows(rows.At(first), rows.StepStride, rows.SequenceStride);
            for (int i = 0; i < _sequenceKernels; i++)
                current = RunKernel(i, current, chunk, batch);
            if (_returnsSequence)
                CopyOut(current, chunk, batch, output, first, steps);
        }

        if (_decoder is not null)
        {
            Decode(batch, output, outputRows);
        }
        else if (!_returnsSequence)
        {
            for (int i = _sequenceKernels; i < _kernels.Length; i++)
                current = RunKernel(i, current, 1, batch);
            CopyOut(current, 1, batch, output, 0, 1);
        }

        // The buffers are pinned for as long as they are reachable, which is through this slice.
        GC.KeepAlive(this);
    }

    /// <summary>Sets the states of the first sequences to those that the model's sequences start from.</summary>
    public void ClearState(int batch)
    {
        for (int i = 0; i < _states.Length; i++)
            new Span<float>(_states[i], batch * _kernels[i].StateStride).Clear();
        for (int sequence = 0; sequence < batch && _startingState is not null; sequence++)
            CopyOneState(_startingState, sequence, save: false);
        GC.KeepAlive(this);
    }

    /// <summary>Copies the states of the first sequences out or in; their values lie as in an <see cref="RnnState"/>.</summary>
    public void CopyState(Span<float> values, int batch, bool save)
    {
        int size = _architecture.StateSize;
        for (int sequence = 0; sequence < batch; sequence++)
            CopyOneState(values.Slice(sequence * size, size), sequence, save);
        GC.KeepAlive(this);
    }

    /// <summary>Runs the decoder from the states that the encoder ended in; what it gives at a step is its input at the next.</summary>
    private void Decode(int batch, float* output, int outputRows)
    {
        SessionSlice decoder = _decoder!;
        decoder.TakeStates(this, batch);
        bool readsSymbols = decoder._architecture.Layers[0].Layer is Embedding;
        int size = decoder._architecture.OutputSize;
        int inputSize = decoder._architecture.InputSize;
        nint sequenceStride = (nint)outputRows * size;
        float* start = _decoderInput!.Pointer;
        new Span<float>(start, batch * inputSize).Clear();
        Rows input = new(start, 0, inputSize);
        for (int step = 0; step < outputRows; step++)
        {
            Rows current = input;
            for (int i = 0; i < decoder._states.Length; i++)
                current = decoder.RunKernel(i, current, 1, batch);
            decoder.CopyOut(current, 1, batch, output, step, outputRows);

            float* row = output + (nint)step * size;
            if (!readsSymbols)
                input = new Rows(row, 0, sequenceStride);
            for (int sequence = 0; sequence < batch && readsSymbols; sequence++)
                start[sequence] = SymbolSampler.MostLikely(new ReadOnlySpan<float>(row + sequence * sequenceStride, size));
        }
    }

    /// <summary>Copies the states of the encoder's recurrent layers, which are as many as the decoder's and of the same sizes.</summary>
    private void TakeStates(SessionSlice encoder, int batch)
    {
        int from = 0;
        for (int i = 0; i < _states.Length; i++)
        {
            int length = batch * _kernels[i].StateStride;
            if (length == 0)
                continue;
            while (encoder._kernels[from].StateStride == 0)
                from++;
            new ReadOnlySpan<float>(encoder._states[from++], length).CopyTo(new Span<float>(_states[i], length));
        }
    }

    private void CopyOneState(Span<float> values, int sequence, bool save)
    {
        for (int i = 0; i < _states.Length; i++)
        {
            LayerKernel kernel = _kernels[i];
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

    private static long Lines(long floats) => (floats + 15) & ~15L;

    private Rows RunKernel(int index, in Rows input, int steps, int batch)
    {
        LayerKernel kernel = _kernels[index];
        int stride = kernel.OutputStride;
        Rows output = new(_outputs[index & 1], (nint)batch * stride, stride);
        kernel.Run(input, output, _states[index], _scratch, steps, batch);
        return output;
    }

    private void CopyOut(in Rows rows, int steps, int batch, float* output, int firstStep, int totalSteps)
    {
        int size = _architecture.OutputSize;
        for (int sequence = 0; sequence < batch; sequence++)
        {
            float* destination = output + ((nint)sequence * totalSteps + firstStep) * size;
            for (int t = 0; t < steps; t++, destination += size)
                new ReadOnlySpan<float>(rows.At(t) + sequence * rows.SequenceStride, size).CopyTo(new Span<float>(destination, size));
        }
    }
}
