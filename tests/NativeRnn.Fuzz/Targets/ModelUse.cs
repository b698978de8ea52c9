namespace NativeRnn.Fuzz.Targets;

/// <summary>Does with a model from anywhere what a program would.</summary>
internal static class ModelUse
{
    private const int Steps = 3;

    /// <summary>Above this, running takes longer than a fuzzer has.</summary>
    private const int LargestWork = 1 << 16;

    public static void Run(RnnModel model)
    {
        Architecture architecture = model.Architecture;
        _ = model.Summary();
        // Packing copies every weight; a layer without weights can be large in a small file.
        if (architecture.ParameterCount + architecture.AllLayers.Sum(layer => (long)layer.OutputSize) > LargestWork)
            return;
        using RnnSession session = model.CreateSession(new SessionOptions { MaxSteps = Steps });
        float[] input = new float[Steps * architecture.InputSize];
        float[] output = new float[architecture.OutputRows(Steps) * architecture.OutputSize];
        for (int i = 0; i < input.Length; i++)
            input[i] = architecture.Layers[0].Layer is Embedding ? 0 : (i % 3) switch { 0 => 1.5f, 1 => -1e30f, _ => float.NaN };
        session.Run(input, output);
        if (architecture.BackwardLayer is null)
        {
            session.Reset();
            session.Step(input.AsSpan(0, architecture.InputSize), output.AsSpan(0, architecture.OutputSize));
        }

        if (model.SelfTest is { Input.Length: < LargestWork } selfTest)
            selfTest.LargestError(model);
        if (model.Recipe is { } recipe && (long)recipe.Window * recipe.Inputs.Count < LargestWork)
            new Forecaster(model).Dispose();
    }
}
