using Microsoft.ML.OnnxRuntime;

namespace NativeRnn.Interop.Tests.Onnx;

/// <summary>Runs ONNX models in ONNX Runtime: what an imported or exported model is measured against.</summary>
internal static class OnnxRuntimeRun
{
    /// <returns>The model's first output, row-major.</returns>
    public static float[] Of(byte[] model, float[] input, params long[] shape)
    {
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(input, shape);
        return Of(model, value)[0];
    }

    /// <summary>Runs a model with several inputs, in the order in which it names them.</summary>
    /// <returns>The model's outputs, each row-major.</returns>
    public static float[][] Of(byte[] model, params OrtValue[] inputs)
    {
        using Microsoft.ML.OnnxRuntime.SessionOptions options = new() { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using InferenceSession session = new(model, options);
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, session.InputNames, inputs, session.OutputNames);
        return [.. outputs.Select(output => output.GetTensorDataAsSpan<float>().ToArray())];
    }
}
