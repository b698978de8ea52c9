namespace NativeRnn.Tests.Reference;

/// <summary>A recurrent layer's one time step in double precision.</summary>
internal abstract class ReferenceCell(int stateSize)
{
    /// <summary>What one step hands to the next, in the layout of <see cref="RnnState"/>.</summary>
    public double[] State { get; set; } = new double[stateSize];

    /// <summary>Takes one time step and gives the layer's output after it.</summary>
    public abstract double[] Step(double[] x);

    /// <summary>The cell, its state that before the first step.</summary>
    public static ReferenceCell Create(RecurrentLayer layer, int inputSize, ReferenceWeights weights)
    {
        ReferenceCell cell = CreateAtZero(layer, inputSize, weights);
        if (layer.HasInitialState)
        {
            cell.State = layer switch
            {
                Lstm => [.. weights.Vector("initial_hidden", layer.Units), .. weights.Vector("initial_cell", layer.Units)],
                OutputRecurrentRnn output => weights.Vector("initial_output", output.Outputs),
                _ => weights.Vector("initial_hidden", layer.Units),
            };
        }

        return cell;
    }

    private static ReferenceCell CreateAtZero(RecurrentLayer layer, int inputSize, ReferenceWeights weights) => layer switch
    {
        SimpleRnn simple => new ReferenceSimpleRnn(simple, inputSize, weights),
        OutputRecurrentRnn output => new ReferenceOutputRecurrentRnn(output, inputSize, weights),
        Gru gru => new ReferenceGru(gru, inputSize, weights),
        Lstm lstm => new ReferenceLstm(lstm, inputSize, weights),
        _ => throw new ArgumentException($"No reference for {layer.Kind}."),
    };

    /// <summary>The outputs of every step of a sequence, in the order of the inputs given.</summary>
    public double[][] Run(IEnumerable<double[]> inputs) => [.. inputs.Select(Step)];
}
