namespace NativeRnn.Training;

/// <summary>The loss functions; y is a target, p the network's output for it.</summary>
public enum LossKind
{
    /// <summary>|y - p|. Its gradient at y = p is taken as 0.</summary>
    MeanAbsoluteError = 0,

    /// <summary>(y - p)^2.</summary>
    MeanSquaredError = 1,

    /// <summary>(y - p)^2 / 2 where |y - p| is at most delta, delta (|y - p| - delta / 2) beyond (Huber, 1964).</summary>
    Huber = 2,

    /// <summary>-y ln p - (1 - y) ln(1 - p), for a last dense layer with sigmoid activation and targets from 0 to 1.</summary>
    BinaryCrossEntropy = 3,

    /// <summary>-sum_i y_i ln p_i, for a last dense layer with softmax activation and targets that add up to 1.</summary>
    CategoricalCrossEntropy = 4,
}

/// <summary>
/// What training minimises: the mean over batch, target rows and outputs; for <see cref="LossKind.CategoricalCrossEntropy"/>, which
/// already sums over the outputs, over batch and target rows. (A textbook's cost of a many-to-many network is often the sum over the
/// steps; the mean differs by the constant factor steps and keeps the learning rate independent of the sequence length.) With one
/// target row a sequence, the loss is taken at the last step alone, even of a network that gives an output every step.
/// Both cross-entropies are computed from the inputs of the last activation, so that they stay finite for saturated outputs.
/// </summary>
/// <param name="Kind">The function.</param>
/// <param name="Delta">Where a Huber loss turns from square to linear; 0 for every other function.</param>
public readonly record struct Loss(LossKind Kind, double Delta = 0)
{
    /// <inheritdoc cref="LossKind.MeanAbsoluteError"/>
    public static Loss MeanAbsoluteError => new(LossKind.MeanAbsoluteError);

    /// <inheritdoc cref="LossKind.MeanSquaredError"/>
    public static Loss MeanSquaredError => new(LossKind.MeanSquaredError);

    /// <inheritdoc cref="LossKind.BinaryCrossEntropy"/>
    public static Loss BinaryCrossEntropy => new(LossKind.BinaryCrossEntropy);

    /// <inheritdoc cref="LossKind.CategoricalCrossEntropy"/>
    public static Loss CategoricalCrossEntropy => new(LossKind.CategoricalCrossEntropy);

    /// <inheritdoc cref="LossKind.Huber"/>
    /// <param name="delta">Where it turns from square to linear; above zero.</param>
    public static Loss Huber(double delta = 1) => new(LossKind.Huber, delta);

    /// <summary>Checks that the loss can train a network.</summary>
    /// <param name="architecture">The network.</param>
    /// <exception cref="ArgumentException">The loss is undefined, or needs another last layer; the message says which.</exception>
    public void ValidateFor(Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        if (!Enum.IsDefined(Kind) || (Kind == LossKind.Huber && !(Delta > 0 && double.IsFinite(Delta))))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"There is no loss {Kind} with delta {Delta}; a Huber loss takes a finite delta above 0."));

        NamedLayer last = (architecture.Decoder ?? architecture).Layers[^1];
        ActivationKind? head = (last.Layer as Dense)?.Activation.Kind;
        if (Kind == LossKind.BinaryCrossEntropy && head != ActivationKind.Sigmoid)
            throw new ArgumentException($"Binary cross-entropy needs a last dense layer with sigmoid activation, but {last.Name} is not one.");
        if (Kind == LossKind.CategoricalCrossEntropy && head != ActivationKind.Softmax)
            throw new ArgumentException($"Categorical cross-entropy needs a last dense layer with softmax activation, but {last.Name} is not one.");
        if (Kind == LossKind.CategoricalCrossEntropy && last.OutputSize < 2)
            throw new ArgumentException($"Categorical cross-entropy needs at least two outputs, but {last.Name} has one, which softmax makes 1 whatever the weights.");
    }
}
