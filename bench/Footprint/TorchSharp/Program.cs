using NativeRnn.Footprint;
using NativeRnn.TorchHost;
using TorchSharp;

// WEIGHTS WINDOW: the forecast of one window, on one thread.
OlderLibstdcxx.Adapt();
ScaledWindow window = ScaledWindow.Read(args[1]);
torch.set_num_threads(1);
using IDisposable inferenceMode = torch.inference_mode();
using GruForecast network = new(window.Features);
network.load(args[0]);
network.eval();
using torch.Tensor input = torch.tensor(window.Values, [window.Steps, 1, window.Features]);
using torch.Tensor output = network.call(input);
window.Print(output.item<float>());
