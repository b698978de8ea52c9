using NativeRnn.Benchmarks;
using TorchSharp;
Console.WriteLine(OlderLibstdcxx.Adapt());
torch.set_num_threads(1);
Console.WriteLine(torch.__version__);
using var t = torch.nn.GRU(14, 32);
foreach (var (n, p) in t.named_parameters()) Console.WriteLine(n + " " + p);
Console.WriteLine(Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetVersionString());
