using NativeRnn.Benchmarks.Cases;
using TorchSharp;
using TorchSharp.Modules;

namespace NativeRnn.Benchmarks.Contenders;

/// <summary>
/// torch.nn.RNN, GRU or LSTM in inference mode on one thread, inputs and zero states made beforehand, results disposed at once. Its
/// GRU is always reset after.
/// </summary>
internal sealed class TorchSharpContender : IContender
{
    /// <summary>PyTorch's gate orders in terms of ours: r, z, n from z, r, n; i, f, g, o as ours.</summary>
    private static readonly int[] GruOrder = [1, 0, 2];

    private readonly IDisposable _inferenceMode;
    private readonly torch.nn.Module _module;
    private readonly CellKind _cell;
    private readonly bool _isStreaming;
    private readonly int _directions;
    private readonly torch.Tensor[] _inputs;
    private readonly torch.Tensor _zero;
    private torch.Tensor _hidden;
    private torch.Tensor _memory;
    private int _next;

    public TorchSharpContender(CaseData data)
    {
        if (data.Case.Cell == CellKind.GruResetBefore)
            throw new ArgumentException("torch.nn.GRU applies the reset gate after the product only.", nameof(data));

        torch.set_num_threads(1);
        _inferenceMode = torch.inference_mode();
        BenchmarkCase benchmarkCase = data.Case;
        _cell = benchmarkCase.Cell;
        _isStreaming = benchmarkCase.IsStreaming;
        _directions = benchmarkCase.Directions;
        _module = CreateModule(data);

        long batch = benchmarkCase.Batch, features = benchmarkCase.InputSize;
        float[] inputs = data.TimeMajorInputs();
        _inputs = _isStreaming
            ? [.. inputs.Chunk((int)features).Select(row => torch.tensor(row, [1, batch, features]))]
            : [torch.tensor(inputs, [data.InputRows, batch, features])];
        _zero = torch.zeros(_directions, batch, benchmarkCase.Units);
        _hidden = _zero.clone();
        _memory = _zero.clone();
    }

    public string Name => "TorchSharp";

    public void Run()
    {
        torch.Tensor input = _inputs[_next];
        torch.Tensor hidden = _isStreaming ? _hidden : _zero;
        torch.Tensor memory = _isStreaming ? _memory : _zero;
        torch.Tensor output, newHidden;
        switch (_module)
        {
            case LSTM lstm:
                (output, newHidden, torch.Tensor newMemory) = lstm.call(input, (hidden, memory));
                _memory.Dispose();
                _memory = newMemory;
                break;
            case GRU gru:
                (output, newHidden) = gru.call(input, hidden);
                break;
            default:
                (output, newHidden) = ((RNN)_module).call(input, hidden);
                break;
        }

        output.Dispose();
        _hidden.Dispose();
        _hidden = newHidden;
        if (_isStreaming)
            _next = (_next + 1) % CaseData.StreamedRows;
    }

    public void Reset()
    {
        _next = 0;
        _hidden.Dispose();
        _memory.Dispose();
        _hidden = _zero.clone();
        _memory = _zero.clone();
    }

    public void CopyOutput(Span<float> destination)
    {
        using torch.Tensor batchMajor = _hidden.transpose(0, 1).contiguous();
        batchMajor.data<float>().ToArray().CopyTo(destination);
    }

    public void Dispose()
    {
        foreach (torch.Tensor input in _inputs)
            input.Dispose();
        _zero.Dispose();
        _hidden.Dispose();
        _memory.Dispose();
        _module.Dispose();
        _inferenceMode.Dispose();
    }

    private torch.nn.Module CreateModule(CaseData data)
    {
        long inputSize = data.Case.InputSize, units = data.Case.Units;
        bool isBidirectional = data.Case.IsBidirectional;
        torch.nn.Module module = _cell switch
        {
            CellKind.SimpleRnn => torch.nn.RNN(inputSize, units, bidirectional: isBidirectional),
            CellKind.Lstm => torch.nn.LSTM(inputSize, units, bidirectional: isBidirectional),
            _ => torch.nn.GRU(inputSize, units, bidirectional: isBidirectional),
        };
        module.eval();
        Dictionary<string, Parameter> parameters = module.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        int[] order = _cell == CellKind.GruResetAfter ? GruOrder : [.. Enumerable.Range(0, data.Case.Gates)];
        for (int direction = 0; direction < _directions; direction++)
        {
            string suffix = direction == 0 ? "l0" : "l0_reverse";
            Set("weight_ih_", "kernel");
            Set("weight_hh_", "recurrent_kernel");
            Set("bias_ih_", "bias");
            if (_cell == CellKind.GruResetAfter)
                Set("bias_hh_", "recurrent_bias");
            else
                parameters["bias_hh_" + suffix].zero_();

            void Set(string name, string ours)
            {
                Parameter parameter = parameters[name + suffix];
                using torch.Tensor values = torch.tensor(data.Weights(direction, ours, order), parameter.shape);
                parameter.copy_(values);
            }
        }

        return module;
    }
}
