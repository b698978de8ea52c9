using Microsoft.ML.OnnxRuntime;
using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Onnx;

namespace NativeRnn.Benchmarks.Contenders;

/// <summary>
/// ONNX Runtime's RNN, GRU or LSTM operator on one thread through I/O binding: values over arrays made once, weights as
/// initializers (which it packs beforehand), and of the outputs only the final states, so that it writes no more than we do.
/// </summary>
internal sealed class OnnxRuntimeContender : IContender
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly List<OrtValue> _values = [];
    private readonly List<OrtIoBinding> _bindings = [];
    private readonly float[][] _hidden;
    private readonly float[][] _memory;
    private readonly BenchmarkCase _case;
    private int _next;
    private int _last;

    public OnnxRuntimeContender(CaseData data) : this(data, "ONNX Runtime", OnnxModel.Write(data))
    {
    }

    /// <param name="data">The case's inputs.</param>
    /// <param name="name">What reports call it.</param>
    /// <param name="model">A model of the case's cell.</param>
    public OnnxRuntimeContender(CaseData data, string name, byte[] model)
    {
        Name = name;
        _case = data.Case;
        using Microsoft.ML.OnnxRuntime.SessionOptions options = new()
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        _session = new InferenceSession(model, options);

        long[] stateShape = [_case.Directions, _case.Batch, _case.Units];
        int stateLength = _case.Batch * _case.OutputSize;
        _hidden = [new float[stateLength], new float[stateLength]];
        _memory = [new float[stateLength], new float[stateLength]];
        OrtValue[] hidden = [.. _hidden.Select(state => Value(state, stateShape))];
        OrtValue[] memory = [.. _memory.Select(state => Value(state, stateShape))];

        float[] inputs = data.TimeMajorInputs();
        int calls = _case.IsStreaming ? CaseData.StreamedRows : 1;
        foreach (float[] rows in inputs.Chunk(inputs.Length / calls))
        {
            // Streaming: each call reads the states that the call before wrote.
            int from = _bindings.Count % 2;
            OrtIoBinding binding = _session.CreateIoBinding();
            binding.BindInput(OnnxModel.Input, Value(rows, [_case.Steps, _case.Batch, _case.InputSize]));
            Bind(binding, OnnxModel.InitialHidden, OnnxModel.FinalHidden, hidden, from);
            if (_case.Cell == CellKind.Lstm)
                Bind(binding, OnnxModel.InitialCell, OnnxModel.FinalCell, memory, from);
            _bindings.Add(binding);
        }
    }

    public string Name { get; }

    public void Run()
    {
        _session.RunWithBinding(_runOptions, _bindings[_next]);
        _last = _next;
        _next = (_next + 1) % _bindings.Count;
    }

    public void Reset()
    {
        _next = 0;
        foreach (float[] state in _hidden.Concat(_memory))
            state.AsSpan().Clear();
    }

    public void CopyOutput(Span<float> destination)
    {
        // [directions, batch, units] to [batch, directions * units].
        ReadOnlySpan<float> final = _hidden[1 - _last % 2];
        int units = _case.Units;
        for (int direction = 0; direction < _case.Directions; direction++)
        {
            for (int sequence = 0; sequence < _case.Batch; sequence++)
            {
                ReadOnlySpan<float> state = final.Slice((direction * _case.Batch + sequence) * units, units);
                state.CopyTo(destination[(sequence * _case.OutputSize + direction * units)..]);
            }
        }
    }

    public void Dispose()
    {
        _bindings.ForEach(binding => binding.Dispose());
        _values.ForEach(value => value.Dispose());
        _runOptions.Dispose();
        _session.Dispose();
    }

    private void Bind(OrtIoBinding binding, string input, string output, OrtValue[] states, int from)
    {
        if (_case.IsStreaming)
            binding.BindInput(input, states[from]);
        binding.BindOutput(output, states[1 - from]);
    }

    private OrtValue Value(float[] array, long[] shape)
    {
        OrtValue value = OrtValue.CreateTensorValueFromMemory(array, shape);
        _values.Add(value);
        return value;
    }
}
