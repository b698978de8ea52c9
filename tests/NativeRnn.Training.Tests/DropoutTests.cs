namespace NativeRnn.Training.Tests;

public sealed class DropoutTests
{
    private const int Batch = 16;
    private const int Steps = 5;
    private const int Units = 4;

    /// <summary>Outputs <c>[sequence][step][unit]</c> of a layer of linear units with given weights, for inputs of one.</summary>
    private static double[][][] Outputs(Layer layer, Dictionary<string, double[]> weights, ulong? seed)
    {
        Architecture architecture = new(Units, [layer]);
        double[] inputs = [.. Enumerable.Repeat(1.0, Batch * Steps * Units)];
        LossGradient<double> result = LossGradient<double>.Compute(
            architecture, weights, inputs, new double[inputs.Length], Batch, Loss.MeanSquaredError, seed);
        return [.. result.Outputs.Chunk(Steps * Units).Select(sequence => sequence.Chunk(Units).ToArray())];
    }

    private static double[] Identity { get; } = [.. Enumerable.Range(0, Units * Units).Select(i => i % (Units + 1) == 0 ? 1.0 : 0)];

    private static SimpleRnn Linear => new(Units) { Activation = Activation.Linear, ReturnSequences = true };

    private static Dictionary<string, double[]> SimpleWeights(double[] kernel, double[] recurrent, double bias) => new()
    {
        ["simple_rnn.kernel"] = kernel,
        ["simple_rnn.recurrent_kernel"] = recurrent,
        ["simple_rnn.bias"] = [.. Enumerable.Repeat(bias, Units)],
    };

    [Fact]
    public void Dropout_OfARecurrentLayer_IsOneMaskASequence()
    {
        double[][][] outputs = Outputs(
            Linear with { Dropout = 0.6f }, SimpleWeights(Identity, new double[Units * Units], 0), seed: 1);
        Assert.All(outputs, sequence => Assert.All(sequence, step => Assert.Equal(sequence[0], step)));
        double[] masks = [.. outputs.SelectMany(sequence => sequence[0])];
        Assert.All(masks, factor => Assert.True(factor == 0 || Math.Abs(factor - 2.5) < 1e-6));
        // 64 draws kept with probability 0.4: the standard deviation of their number is 3.9.
        Assert.InRange(masks.Count(factor => factor > 0), 26 - 16, 26 + 16);
        Assert.Contains(outputs, sequence => !sequence[0].SequenceEqual(outputs[0][0]));
    }

    [Fact]
    public void RecurrentDropout_IsOneMaskASequenceOnTheFeedback()
    {
        double[][][] outputs = Outputs(
            Linear with { RecurrentDropout = 0.5f }, SimpleWeights(new double[Units * Units], Identity, 1), seed: 1);
        double[] kept = [1, 3, 7, 15, 31], dropped = [1, 1, 1, 1, 1];
        int keptCount = 0;
        foreach (double[][] sequence in outputs)
        {
            for (int unit = 0; unit < Units; unit++)
            {
                double[] course = [.. sequence.Select(step => step[unit])];
                Assert.Equal(course[1] > 2 ? kept : dropped, course);
                keptCount += course[1] > 2 ? 1 : 0;
            }
        }

        Assert.InRange(keptCount, 16, 48);
    }

    [Fact]
    public void RecurrentDropout_OfAGru_LeavesTheCarriedStateAlone()
    {
        // Without a recurrent kernel nothing enters a recurrent product, so nothing may change.
        Gru layer = new(Units) { ReturnSequences = true, RecurrentDropout = 0.5f };
        Dictionary<string, double[]> weights = new()
        {
            ["gru.kernel"] = [.. Identity, .. Identity, .. Identity],
            ["gru.recurrent_kernel"] = new double[3 * Units * Units],
            ["gru.bias"] = new double[3 * Units],
        };
        Assert.Equal(Outputs(layer, weights, seed: null), Outputs(layer, weights, seed: 1));
    }

    [Fact]
    public void DropoutLayer_DropsEachStepByItself()
    {
        double[][][] outputs = Outputs(new Dropout(0.5f), [], seed: 1);
        Assert.Contains(outputs, sequence => !sequence[0].SequenceEqual(sequence[1]));
        Assert.All(outputs.SelectMany(sequence => sequence).SelectMany(step => step), value => Assert.True(value is 0 or 2));
    }

    [Fact]
    public void Dropout_WithoutSeed_DropsNothing()
    {
        IEnumerable<double> values = Outputs(new Dropout(0.5f), [], seed: null).SelectMany(sequence => sequence).SelectMany(step => step);
        Assert.All(values, value => Assert.Equal(1, value));
    }
}
