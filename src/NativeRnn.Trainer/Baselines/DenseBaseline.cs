using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary>
/// A network without memory: a dense layer with relu over all values of a window and one linear unit, trained as the spec says its
/// own network is trained.
/// </summary>
internal sealed class DenseBaseline
{
    private readonly PreparedData _data;
    private readonly RnnModel _model;

    private DenseBaseline(PreparedData data, RnnModel model)
    {
        _data = data;
        _model = model;
    }

    /// <exception cref="InputException">The window has too many values.</exception>
    /// <exception cref="TrainingDivergedException">The training diverged.</exception>
    public static DenseBaseline Train(PreparedData data, TrainingOptions options, int units)
    {
        FlatWindows training = new(data.Windows.ToSource(data.Training));
        if (training.InputSize > Architecture.MaxSize)
            throw new InputException($"the window has {training.InputSize} values, but a dense layer takes {Architecture.MaxSize} at most");
        Architecture architecture = new(training.InputSize, [new Dense(units) { Activation = Activation.Relu }, new Dense(1)]);
        FlatWindows? validation = data.Validation is null ? null : new(data.Windows.ToSource(data.Validation));
        return new DenseBaseline(data, new Training.Trainer(architecture, options).Train(training, validation).Model);
    }

    /// <summary>The forecasts for some windows, in the target's unit.</summary>
    public double[] Forecast(WindowSet windows)
    {
        FlatWindows source = new(_data.Windows.ToSource(windows));
        using RnnSession session = _model.CreateSession();
        float[] inputs = new float[source.InputSize];
        float[] target = new float[1];
        float[] output = new float[1];
        double[] forecasts = new double[source.Count];
        for (int i = 0; i < forecasts.Length; i++)
        {
            source.Read([i], inputs, target);
            session.Run(inputs, output);
            forecasts[i] = output[0] * _data.Recipe.TargetDeviation + _data.Recipe.TargetMean;
        }

        return forecasts;
    }
}
