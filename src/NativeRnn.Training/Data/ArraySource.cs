namespace NativeRnn.Training;

/// <summary>Samples held in memory, one array each.</summary>
public sealed class ArraySource : SampleSource
{
    private readonly float[][] _inputs;
    private readonly float[][] _targets;

    /// <summary>Creates a source; the arrays are not copied and must not change while it is in use.</summary>
    /// <param name="inputs">For each sample <c>[steps, features]</c> row-major; at least one sample, all of one length.</param>
    /// <param name="targets">For each sample <c>[rows, outputs]</c> row-major, all of one length: 1 row, one a step, or for a decoder any number.</param>
    /// <param name="inputSize">Features a time step has.</param>
    /// <param name="outputSize">Values a target row has.</param>
    /// <exception cref="ArgumentException">There are no samples, or their numbers or lengths do not fit together.</exception>
    public ArraySource(IReadOnlyList<float[]> inputs, IReadOnlyList<float[]> targets, int inputSize, int outputSize)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputSize, 1);
        if (inputs.Count == 0)
            throw new ArgumentException("A source needs at least one sample.", nameof(inputs));
        if (inputs.Count != targets.Count)
            throw new ArgumentException($"There are {inputs.Count} inputs, but {targets.Count} targets.", nameof(targets));

        _inputs = [.. inputs];
        _targets = [.. targets];
        InputSize = inputSize;
        OutputSize = outputSize;
        Steps = _inputs[0].Length / inputSize;
        TargetRows = _targets[0].Length / outputSize;
        if (Steps == 0)
            throw new ArgumentException($"A sample needs at least one step of {inputSize} features, but has {_inputs[0].Length} values.", nameof(inputs));
        if (TargetRows == 0)
            throw new ArgumentException($"A sample needs at least one target row of {outputSize}, but has {_targets[0].Length} values.", nameof(targets));
        for (int i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i].Length != Steps * inputSize)
                throw new ArgumentException($"Input {i} has {_inputs[i].Length} values, but {Steps} x {inputSize} were expected.", nameof(inputs));
            if (_targets[i].Length != TargetRows * outputSize)
                throw new ArgumentException($"Target {i} has {_targets[i].Length} values, but {TargetRows} x {outputSize} were expected.", nameof(targets));
        }
    }

    /// <inheritdoc/>
    public override int Count => _inputs.Length;

    /// <inheritdoc/>
    public override int Steps { get; }

    /// <inheritdoc/>
    public override int InputSize { get; }

    /// <inheritdoc/>
    public override int TargetRows { get; }

    /// <inheritdoc/>
    public override int OutputSize { get; }

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<float> targets)
    {
        int inputLength = Steps * InputSize;
        int targetLength = TargetRows * OutputSize;
        for (int i = 0; i < indices.Length; i++)
        {
            _inputs[indices[i]].CopyTo(inputs.Slice(i * inputLength, inputLength));
            _targets[indices[i]].CopyTo(targets.Slice(i * targetLength, targetLength));
        }
    }
}
