namespace NativeRnn.Training;

/// <summary>
/// The loss of a network on one batch and its gradient with respect to every weight and input: what a training step computes, by the same
/// code, in any precision.
/// </summary>
/// <typeparam name="T">float, as in training, or double, to check gradients against finite differences.</typeparam>
public sealed class LossGradient<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal LossGradient(double loss, T[] outputs, T[] inputs, IReadOnlyDictionary<string, T[]> parameters)
    {
        Loss = loss;
        Outputs = outputs;
        Inputs = inputs;
        Parameters = parameters;
    }

    /// <summary>The loss of the batch.</summary>
    public double Loss { get; }

    /// <summary>The network's outputs, <c>[batch, rows, outputs]</c>.</summary>
    public IReadOnlyList<T> Outputs { get; }

    /// <summary>The gradient with respect to the inputs, <c>[batch, steps, features]</c>.</summary>
    public IReadOnlyList<T> Inputs { get; }

    /// <summary>The gradient with respect to each parameter, row-major, by the names of <see cref="Architecture.Parameters"/>.</summary>
    public IReadOnlyDictionary<string, T[]> Parameters { get; }

    /// <summary>Computes loss and gradient of a batch.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="weights">A row-major array for each of <see cref="Architecture.Parameters"/>, by name.</param>
    /// <param name="inputs"><c>[batch, steps, features]</c>.</param>
    /// <param name="targets"><c>[batch, rows, outputs]</c> with 1 row a sequence (the loss is that of the last step) or one a step; for a
    /// decoder, which reads each row at the step behind it, any number.</param>
    /// <param name="batch">The number of sequences.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="dropoutSeed">What dropout masks are drawn from, or null to drop nothing.</param>
    /// <exception cref="ArgumentException">Weights, inputs, targets or loss do not fit the network.</exception>
    [SuppressMessage("Design", "CA1000", Justification = "The result's type names the precision asked for.")]
    public static LossGradient<T> Compute(
        Architecture architecture,
        IReadOnlyDictionary<string, T[]> weights,
        ReadOnlySpan<T> inputs,
        ReadOnlySpan<T> targets,
        int batch,
        Loss loss,
        ulong? dropoutSeed = null)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        loss.ValidateFor(architecture);
        int steps = inputs.Length / (batch * architecture.InputSize);
        if (steps == 0 || inputs.Length != steps * batch * architecture.InputSize)
            throw new ArgumentException($"{inputs.Length} input values are not a whole number of steps for {batch} sequences of {architecture.InputSize} features.", nameof(inputs));
        int rows = targets.Length / (batch * architecture.OutputSize);
        if (targets.Length != rows * batch * architecture.OutputSize || rows == 0 || (architecture.Decoder is null && rows != 1 && rows != (architecture.ReturnsSequence ? steps : 1)))
            throw new ArgumentException($"{targets.Length} target values do not fit {batch} sequences of {steps} steps with {architecture.OutputSize} outputs {(architecture.ReturnsSequence ? "a step" : "a sequence")}.", nameof(targets));

        Weights<T> shared = new(architecture, weights);
        Extent extent = new(steps, batch);
        TrainableNetwork<T> network = new(shared, loss, extent, rows, wantsInputGradient: true);
        RandomStream? dropout = dropoutSeed is { } seed ? new RandomStream(seed, purpose: 0) : null;
        network.Forward(inputs, extent, dropout, targets, new TeacherForcing(1));
        double divisor = network.Divisor((long)batch * rows);
        double sum = network.Loss(targets, divisor);
        T[] gradients = new T[shared.InputMajor.Length];
        network.Backward(gradients);

        T[] inputGradient = new T[inputs.Length];
        Pointwise.SwapOuter(network.InputGradient, steps, batch, architecture.InputSize, inputGradient);
        T[] outputs = new T[network.Outputs.Length];
        Pointwise.SwapOuter<T>(network.Predict(), network.OutputExtent.Steps, batch, architecture.OutputSize, outputs);
        return new LossGradient<T>(sum / divisor, outputs, inputGradient, shared.Export(gradients));
    }
}
