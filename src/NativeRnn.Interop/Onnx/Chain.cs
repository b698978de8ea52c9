namespace NativeRnn.Interop.Onnx;

/// <summary>The layers from the input up to a point of the graph; equal chains are equal layers with the very same weights.</summary>
/// <param name="Below">The layers below; null for the input itself.</param>
/// <param name="Layer">The last layer; null for the input itself.</param>
/// <param name="Weights">The last layer's weights by parameter, such as <c>kernel</c>.</param>
/// <param name="Size">Features after it; 0 for an input whose size is not known yet.</param>
internal sealed record Chain(Chain? Below, Layer? Layer, LayerWeights Weights, int Size)
{
    private static readonly LayerWeights NoWeights = [];

    public static Chain Input { get; } = new(null, null, NoWeights, 0);

    /// <summary>The number of layers.</summary>
    private int Length { get; } = Below is null ? 0 : Below.Length + 1;

    /// <exception cref="ModelImportException">There are too many layers.</exception>
    public Chain Then(Layer layer, LayerWeights weights, int size)
        => Length < Architecture.MaxLayers
            ? new Chain(this, layer, weights, size)
            : throw new ModelImportException($"The graph has more than {Architecture.MaxLayers} layers.");

    /// <summary>The sequence turned round; twice is not at all.</summary>
    public Chain Reversed() => Layer is Reverse ? Below! : Then(new Reverse(), NoWeights, Size);

    /// <summary>The last step alone, taken as early as can be.</summary>
    public Chain Last() => Layer switch
    {
        RecurrentLayer { ReturnSequences: true } recurrent => this with { Layer = recurrent with { ReturnSequences = false } },
        Dense or Dropout => Below!.Last().Then(Layer, Weights, Size),
        _ => Then(new LastStep(), NoWeights, Size),
    };

    public Chain ThenDropout(float rate) => Then(new Dropout(rate), NoWeights, Size);

    /// <summary>Joins two directions of one input, or finds that they are none.</summary>
    /// <returns>The chain that ends with a bidirectional layer, and perhaps the choice of one step of it; null if the two do not fit.</returns>
    public static Chain? TryJoin(Chain forward, Chain backward, Merge merge)
    {
        // The last step of both, out[:, -1], and the first: one of the two directions has it as its final state.
        if (Sequence(forward) is { } forwardSequence && backward is { Layer: LastStep, Below: { } backwardSequence })
            return TryJoin(forwardSequence, backwardSequence, merge)?.Last();
        if (forward is { Layer: LastStep, Below: { Layer: Reverse, Below: { } sequence } } && Sequence(backward) is { } other)
            return TryJoin(sequence, other.Reversed(), merge)?.Reversed().Last();

        Chain turned = backward.Layer is Reverse ? backward.Below! : backward;
        if (forward.Layer is not RecurrentLayer ahead || turned.Layer is not RecurrentLayer back
            || turned.Below != forward.Below!.Reversed()
            || ahead.ReturnSequences != back.ReturnSequences || ahead.ReturnSequences != (backward.Layer is Reverse)
            || (merge != Merge.Concat && forward.Size != backward.Size))
        {
            return null;
        }

        LayerWeights weights = [];
        foreach ((string name, float[] values) in forward.Weights)
            weights.Add("forward." + name, values);
        foreach ((string name, float[] values) in turned.Weights)
            weights.Add("backward." + name, values);
        int size = merge == Merge.Concat ? forward.Size + backward.Size : forward.Size;
        return forward.Below!.Then(new Bidirectional(ahead, back) { Merge = merge }, weights, size);
    }

    /// <summary>The network of these layers.</summary>
    /// <param name="inputSize">Features of the input, where they are known; symbols have one.</param>
    /// <exception cref="ModelImportException">The features of the input are not known, or too many.</exception>
    /// <exception cref="ArgumentException">The layers are too many, too large, or do not fit together.</exception>
    public RnnModel ToModel(long? inputSize)
    {
        List<Chain> links = [];
        for (Chain link = this; link.Layer is not null; link = link.Below!)
            links.Add(link);
        links.Reverse();
        int features = (links is [{ Layer: Embedding }, ..] ? 1 : inputSize) switch
        {
            > 0 and <= Architecture.MaxSize and long size => (int)size,
            null => throw new ModelImportException("The graph does not tell the number of input features."),
            _ => throw new ModelImportException($"The input has {inputSize} features."),
        };
        Architecture architecture = new(features, links.Select(link => link.Layer!));
        Dictionary<string, WeightTensor> weights = [];
        for (int i = 0; i < links.Count; i++)
        {
            foreach ((string name, float[] values) in links[i].Weights)
                weights.Add($"{architecture.Layers[i].Name}.{name}", WeightTensor.Float32(values));
        }

        return RnnModel.Adopt(architecture, weights);
    }

    /// <summary>The sequence of which a chain takes the final state.</summary>
    private static Chain? Sequence(Chain chain) => chain.Layer is RecurrentLayer { ReturnSequences: false } layer
        ? chain with { Layer = layer with { ReturnSequences = true } }
        : null;
}
