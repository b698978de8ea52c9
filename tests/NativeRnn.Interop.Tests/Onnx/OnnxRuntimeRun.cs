using Microsoft.ML.OnnxRuntime;

namespace NativeRnn.Interop.Tests.Onnx;

/// <summary>Runs ONNX models in ONNX Runtime: what an imported or exported model is measured against.</summary>
internal static class OnnxRuntimeRun
{
    /// <returns>The model's first output, row-major.</returns>
    public static float[] Of(byte[] model, float[] input, params long[] shape)
    {
        using Microsoft.ML.OnnxRuntime.SessionOptions options = new() { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using InferenceSession session = new(model, options);
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(input, shape);
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [session.InputNames[0]], [value], [session.OutputNames[0]]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
