namespace NativeRnn;

/// <summary>An input sequence with the output the model must give for it, carried in the weight file.</summary>
public sealed class SelfTest
{
    private readonly float[] _input;
    private readonly float[] _output;

    /// <summary>Creates a sample.</summary>
    /// <param name="input">One sequence, <c>[steps, features]</c> row-major.</param>
    /// <param name="output">The expected output, <c>[1 or steps, outputs]</c> row-major; of an encoder-decoder, any number of rows.</param>
    public SelfTest(ReadOnlySpan<float> input, ReadOnlySpan<float> output)
    {
        _input = input.ToArray();
        _output = output.ToArray();
    }

    private SelfTest(float[] input, float[] output)
    {
        _input = input;
        _output = output;
    }

    /// <summary>The input sequence, <c>[steps, features]</c> row-major.</summary>
    public ReadOnlySpan<float> Input => _input;

    /// <summary>The expected output, <c>[1 or steps, outputs]</c> row-major.</summary>
    public ReadOnlySpan<float> Output => _output;

    internal WeightTensor InputTensor => WeightTensor.Float32(_input);

    internal WeightTensor OutputTensor => WeightTensor.Float32(_output);

    /// <summary>Runs a model on the sample.</summary>
    /// <param name="model">The model.</param>
    /// <returns>The largest absolute difference between expected and computed outputs; NaN if any difference is NaN.</returns>
    /// <exception cref="ArgumentException">The sample does not fit the model.</exception>
    public float LargestError(RnnModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ValidateFor(model.Architecture);
        float[] actual = OutputOf(model);
        float largest = 0;
        for (int i = 0; i < actual.Length; i++)
            largest = float.Max(largest, float.Abs(actual[i] - _output[i]));
        return largest;
    }

    /// <summary>Creates a sample from arrays that nobody else keeps, without copying them.</summary>
    internal static SelfTest Adopt(float[] input, float[] output) => new(input, output);

    /// <summary>The sample of the same input whose output is what a model of the same layers gives.</summary>
    internal SelfTest For(RnnModel model) => new(_input, OutputOf(model));

    internal void ValidateFor(Architecture architecture)
    {
        int steps = _input.Length / architecture.InputSize;
        if (steps == 0 || _input.Length != steps * architecture.InputSize)
            throw new ArgumentException($"The self-test's input has {_input.Length} values, which is not a positive number of steps of {architecture.InputSize} features.");
        if (architecture.Decoder is not null)
        {
            if (_output.Length == 0 || _output.Length % architecture.OutputSize != 0)
                throw new ArgumentException($"The self-test's output has {_output.Length} values, which is not a positive number of rows of {architecture.OutputSize}.");
            return;
        }

        int expected = architecture.OutputRows(steps) * architecture.OutputSize;
        if (_output.Length != expected)
            throw new ArgumentException($"The self-test's output has {_output.Length} values, but the network gives {expected}.");
    }

    private float[] OutputOf(RnnModel model)
    {
        using RnnSession session = model.CreateSession(new SessionOptions { MaxSteps = _input.Length / model.Architecture.InputSize });
        float[] output = new float[_output.Length];
        session.Run(_input, output);
        return output;
    }
}
