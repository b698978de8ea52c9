using NativeRnn.Benchmarks.Contenders;
using NativeRnn.Benchmarks.Measuring;
using NativeRnn.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace NativeRnn.Benchmarks.Report;

/// <summary>Characters drawn one after another, each being the next input, by ours and by TorchSharp on the same weights.</summary>
/// <param name="TokensPerSecond">Ours, the median of the rounds.</param>
/// <param name="TorchTokensPerSecond">TorchSharp's.</param>
/// <param name="BytesAllocated">Managed bytes a token of ours allocates.</param>
/// <param name="TorchBytesAllocated">TorchSharp's.</param>
/// <param name="LargestDifference">Of the probabilities that both give for a fixed text.</param>
internal sealed record GenerationSpeedResult(
    double TokensPerSecond, double TorchTokensPerSecond, double BytesAllocated, double TorchBytesAllocated, double LargestDifference)
{
    /// <summary>Whether both compute the same.</summary>
    public bool Agrees => LargestDifference <= Agreement.Tolerance;
}

/// <summary>Measures <see cref="GenerationSpeedResult"/> on a network of the sizes of models/shakespeare, one thread each.</summary>
internal static class GenerationSpeed
{
    public const int Symbols = 65, EmbeddingUnits = 48, Units = 224, LayerCount = 2;

    private const int ComparedSteps = 50;
    private const int Seed = 1;

    private static readonly Architecture Network = new(1,
    [
        new Embedding(Symbols, EmbeddingUnits),
        .. Enumerable.Repeat(new Gru(Units) { ResetAfter = true, ReturnSequences = true }, LayerCount),
        new Dense(Symbols) { Activation = Activation.Softmax },
    ]);

    /// <summary>Rounds of ours and of TorchSharp's in turn, after some of warm-up.</summary>
    public static GenerationSpeedResult Run(bool isQuick)
    {
        int rounds = isQuick ? 1 : 7;
        MeasurementPlan warmUp = MeasurementPlan.ForCases(isQuick);
        int tokens = isQuick ? 100 : 2000;
        RnnModel model = new(Network, WeightInitializer.Create(Network, Seed));
        using SymbolGenerator generator = new(model);
        int[] text = new int[tokens];
        torch.set_num_threads(1);
        using IDisposable inferenceMode = torch.inference_mode();
        using TorchGenerator peer = new(model);

        List<double> ours = [], theirs = [];
        double bytes = 0, torchBytes = 0;
        for (int round = -warmUp.WarmUpBursts; round < rounds; round++)
        {
            (double rate, bytes) = Measure(() => generator.Generate([0], text), tokens);
            (double torchRate, torchBytes) = Measure(() => peer.Generate(text), tokens);
            if (round < 0)
            {
                Thread.Sleep(warmUp.WarmUpPause);
                continue;
            }

            ours.Add(rate);
            theirs.Add(torchRate);
        }

        ours.Sort();
        theirs.Sort();
        return new GenerationSpeedResult(ours[ours.Count / 2], theirs[theirs.Count / 2], bytes, torchBytes, LargestDifference(model, peer));
    }

    private static (double TokensPerSecond, double BytesAToken) Measure(Action generate, int tokens)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        generate();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (tokens / seconds, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / tokens);
    }

    private static double LargestDifference(RnnModel model, TorchGenerator peer)
    {
        using RnnSession session = model.CreateSession();
        session.Reset();
        peer.Reset();
        float[] own = new float[Symbols];
        double largest = 0;
        for (int step = 0; step < ComparedSteps; step++)
        {
            int symbol = step * step % Symbols;
            session.Step([symbol], own);
            float[] other = peer.Probabilities(symbol);
            for (int i = 0; i < Symbols; i++)
                largest = Math.Max(largest, Math.Abs(own[i] - other[i]));
        }

        return largest;
    }

    /// <summary>nn.Embedding, nn.GRU and nn.Linear, with a softmax and torch.multinomial behind them.</summary>
    private sealed class TorchGenerator : IDisposable
    {
        private readonly TorchSharp.Modules.Embedding _embedding = torch.nn.Embedding(Symbols, EmbeddingUnits);
        private readonly GRU _gru = torch.nn.GRU(EmbeddingUnits, Units, LayerCount);
        private readonly Linear _dense = torch.nn.Linear(Units, Symbols);
        private torch.Tensor _state = torch.zeros(LayerCount, 1, Units);

        public TorchGenerator(RnnModel model)
        {
            using (torch.no_grad())
            {
                using torch.Tensor table = torch.tensor(model.Weights("embedding.embeddings").ToArray(), [Symbols, EmbeddingUnits]);
                _embedding.weight!.copy_(table);
            }

            TorchWeights.Set(_gru, _dense, name => model.Weights(name).ToArray());
            torch.manual_seed(Seed);
        }

        public void Reset()
        {
            _state.Dispose();
            _state = torch.zeros(LayerCount, 1, Units);
        }

        public void Generate(int[] text)
        {
            Reset();
            int symbol = 0;
            for (int i = 0; i < text.Length; i++)
            {
                using DisposeScope scope = torch.NewDisposeScope();
                torch.Tensor drawn = torch.multinomial(Forward(symbol), 1);
                symbol = (int)drawn.item<long>();
                text[i] = symbol;
            }
        }

        public float[] Probabilities(int symbol)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            return [.. Forward(symbol).data<float>()];
        }

        public void Dispose()
        {
            _state.Dispose();
            _embedding.Dispose();
            _gru.Dispose();
            _dense.Dispose();
        }

        private torch.Tensor Forward(int symbol)
        {
            torch.Tensor input = _embedding.call(torch.tensor(new long[] { symbol }, [1, 1]));
            (torch.Tensor output, torch.Tensor state) = _gru.call(input, _state);
            _state.Dispose();
            _state = state.MoveToOuterDisposeScope();
            return torch.nn.functional.softmax(_dense.call(output).view(Symbols), dim: 0);
        }
    }
}
