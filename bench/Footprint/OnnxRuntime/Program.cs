using System.Globalization;
using Microsoft.ML.OnnxRuntime;

// MODEL.onnx WINDOW.csv: prints the model's output for one window, a row a time step, on one thread.
string[] rows = File.ReadAllLines(args[1]);
float[] window = [.. rows.SelectMany(row => row.Split(',')).Select(number => float.Parse(number, CultureInfo.InvariantCulture))];

using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
using InferenceSession session = new(args[0], options);
using RunOptions run = new();
using OrtValue input = OrtValue.CreateTensorValueFromMemory(window, [1, rows.Length, window.Length / rows.Length]);
using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [session.InputNames[0]], [input], [session.OutputNames[0]]);
Console.WriteLine(outputs[0].GetTensorDataAsSpan<float>()[0].ToString("R", CultureInfo.InvariantCulture));
