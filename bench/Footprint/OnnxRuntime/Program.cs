using Microsoft.ML.OnnxRuntime;
using NativeRnn.Footprint;

// MODEL.onnx WINDOW: the forecast of one window, on one thread.
ScaledWindow window = ScaledWindow.Read(args[1]);
using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
using InferenceSession session = new(args[0], options);
using RunOptions run = new();
using OrtValue input = OrtValue.CreateTensorValueFromMemory(window.Values, [window.Steps, 1, window.Features]);
using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [session.InputNames[0]], [input], [session.OutputNames[0]]);
window.Print(outputs[0].GetTensorDataAsSpan<float>()[0]);
