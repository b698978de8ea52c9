using static NativeRnn.Tests.Reference.ReferenceAlgebra;

namespace NativeRnn.Tests.Reference;

/// <summary>
/// A whole network in double precision, written from the layers' equations in naive loops and sharing no code with the library
/// but the records that describe layers. What the library computes is measured against this.
/// </summary>
internal sealed class ReferenceNetwork
{
    private readonly List<ReferenceCell> _cells = [];
    private double[]? _stateLeft;

    private ReferenceNetwork(double[]? initialState) => _stateLeft = initialState;

    /// <summary>Runs one sequence.</summary>
    /// <param name="architecture">The layers.</param>
    /// <param name="weights">The weights by name.</param>
    /// <param name="inputs">The time steps.</param>
    /// <param name="initialState">The state in the layout of <see cref="RnnState"/>, null for what the layers start from.</param>
    public static ReferenceRun Run(
        Architecture architecture,
        IReadOnlyDictionary<string, float[]> weights,
        double[][] inputs,
        double[]? initialState = null)
    {
        ReferenceNetwork network = new(initialState);
        double[][] rows = inputs;
        foreach (NamedLayer layer in architecture.Layers)
            rows = network.RunLayer(layer.Layer, layer.InputSize, new ReferenceWeights(weights, layer.Name + "."), rows);

        Assert.Empty(network._stateLeft ?? []);
        return new ReferenceRun(rows, [.. network._cells.SelectMany(cell => cell.State)]);
    }

    private double[][] RunLayer(Layer layer, int inputSize, ReferenceWeights weights, double[][] rows) => layer switch
    {
        RecurrentLayer recurrent => RunRecurrent(recurrent, inputSize, weights, rows),
        Bidirectional bidirectional => RunBidirectional(bidirectional, inputSize, weights, rows),
        Dense dense => RunDense(dense, inputSize, weights, rows),
        Embedding embedding => RunEmbedding(embedding, weights, rows),
        Dropout => rows,
        Reverse => [.. Enumerable.Reverse(rows)],
        LastStep => [rows[^1]],
        _ => throw new ArgumentException($"No reference for {layer.Kind}."),
    };

    private double[][] RunRecurrent(RecurrentLayer layer, int inputSize, ReferenceWeights weights, double[][] rows)
    {
        double[][] outputs = CreateCell(layer, inputSize, weights).Run(rows);
        return layer.ReturnSequences ? outputs : [outputs[^1]];
    }

    private double[][] RunBidirectional(Bidirectional layer, int inputSize, ReferenceWeights weights, double[][] rows)
    {
        ReferenceCell forward = CreateCell(layer.Forward, inputSize, weights.Inner("forward"));
        ReferenceCell backward = CreateCell(layer.Backward, inputSize, weights.Inner("backward"));
        double[][] forwardOutputs = forward.Run(rows);
        double[][] backwardOutputs = backward.Run(rows.Reverse());

        // Many-to-one takes what each direction says after its own last step, which for the backward one is step 0 of the input.
        if (!layer.Forward.ReturnSequences)
            return [Join(layer.Merge, forwardOutputs[^1], backwardOutputs[^1])];

        Array.Reverse(backwardOutputs);
        return [.. forwardOutputs.Zip(backwardOutputs, (ahead, back) => Join(layer.Merge, ahead, back))];
    }

    private static double[] Join(Merge merge, double[] forward, double[] backward) => merge switch
    {
        Merge.Concat => [.. forward, .. backward],
        Merge.Sum => Sum(forward, backward),
        Merge.Multiply => Product(forward, backward),
        Merge.Average => [.. Sum(forward, backward).Select(value => value / 2)],
        _ => throw new ArgumentOutOfRangeException(nameof(merge)),
    };

    private static double[][] RunDense(Dense layer, int inputSize, ReferenceWeights weights, double[][] rows)
    {
        double[,] v = weights.Matrix("kernel", layer.Units, inputSize);
        double[] c = weights.Vector("bias", layer.Units);
        return [.. rows.Select(row => Apply(layer.Activation, Sum(Times(v, row), c)))];
    }

    private static double[][] RunEmbedding(Embedding layer, ReferenceWeights weights, double[][] rows)
    {
        double[,] table = weights.Matrix("embeddings", layer.Symbols, layer.Units);
        return [.. rows.Select(row => Enumerable.Range(0, layer.Units).Select(unit => table[(int)row[0], unit]).ToArray())];
    }

    private ReferenceCell CreateCell(RecurrentLayer layer, int inputSize, ReferenceWeights weights)
    {
        var cell = ReferenceCell.Create(layer, inputSize, weights);
        int size = cell.State.Length;
        cell.State = _stateLeft?[..size] ?? cell.State;
        _stateLeft = _stateLeft?[size..];
        _cells.Add(cell);
        return cell;
    }
}
