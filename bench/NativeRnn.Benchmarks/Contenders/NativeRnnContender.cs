using NativeRnn.Benchmarks.Cases;

namespace NativeRnn.Benchmarks.Contenders;

internal sealed class NativeRnnContender : IContender
{
    private readonly RnnSession _session;
    private readonly float[] _inputs;
    private readonly float[] _output;
    private readonly int _batch;
    private readonly int _inputSize;
    private readonly bool _isStreaming;
    private int _next;

    public NativeRnnContender(CaseData data, string name = "NativeRnn", int threads = 1, WeightType weights = WeightType.Float32)
    {
        BenchmarkCase benchmarkCase = data.Case;
        Name = name;
        _session = CreateModel(data).Quantize(weights).CreateSession(new SessionOptions
        {
            MaxBatch = benchmarkCase.Batch,
            MaxSteps = benchmarkCase.Steps,
            VectorWidth = benchmarkCase.Width,
            Threads = threads,
        });
        _inputs = data.Inputs;
        _output = new float[benchmarkCase.Batch * benchmarkCase.OutputSize];
        _batch = benchmarkCase.Batch;
        _inputSize = benchmarkCase.InputSize;
        _isStreaming = benchmarkCase.IsStreaming;
    }

    public string Name { get; }

    public VectorWidth VectorWidth => _session.VectorWidth;

    public void Run()
    {
        if (!_isStreaming)
        {
            _session.RunBatch(_inputs, _batch, _output);
            return;
        }

        _session.Step(_inputs.AsSpan(_next * _inputSize, _inputSize), _output);
        _next = (_next + 1) % CaseData.StreamedRows;
    }

    public void Reset()
    {
        _session.Reset();
        _next = 0;
    }

    public void CopyOutput(Span<float> destination) => _output.CopyTo(destination);

    public void Dispose() => _session.Dispose();

    private static RnnModel CreateModel(CaseData data)
    {
        BenchmarkCase benchmarkCase = data.Case;
        RecurrentLayer cell = benchmarkCase.Cell switch
        {
            CellKind.SimpleRnn => new SimpleRnn(benchmarkCase.Units),
            CellKind.Lstm => new Lstm(benchmarkCase.Units),
            CellKind.GruResetBefore => new Gru(benchmarkCase.Units),
            _ => new Gru(benchmarkCase.Units) { ResetAfter = true },
        };
        Architecture architecture = new(benchmarkCase.InputSize, [benchmarkCase.IsBidirectional ? new Bidirectional(cell) : cell]);
        Dictionary<string, float[]> weights = architecture.Parameters.ToDictionary(
            shape => shape.Name,
            shape => data.Weights(
                shape.Name.Contains(".backward.", StringComparison.Ordinal) ? 1 : 0, shape.Name[(shape.Name.LastIndexOf('.') + 1)..]));
        return new RnnModel(architecture, weights);
    }
}
