namespace NativeRnn.Soak;

/// <summary>Models with random weights, the same in every run.</summary>
internal static class SeededModels
{
    private const int InputSize = 14;
    private const int Units = 32;

    public static IEnumerable<(string Name, RnnModel Model)> OfEachCell()
    {
        yield return ("simple_rnn", Create(new SimpleRnn(Units)));
        yield return ("output_recurrent_rnn", Create(new OutputRecurrentRnn(Units, 3)));
        yield return ("gru, reset before", Create(new Gru(Units)));
        yield return ("gru, reset after", Create(new Gru(Units) { ResetAfter = true }));
        yield return ("lstm", Create(new Lstm(Units)));
        yield return ("lstm, peepholes", Create(new Lstm(Units) { Peepholes = true }));
    }

    /// <summary>A model of 0.8 MB, so that a signal can come in the midst of its writing.</summary>
    public static RnnModel ToSave(int seed) => Create(new Gru(256), seed);

    private static RnnModel Create(Layer cell, int seed = 1)
    {
        Architecture architecture = new(InputSize, [cell, new Dense(1)]);
        Random random = new(seed);
        return new RnnModel(
            architecture,
            architecture.Parameters.ToDictionary(
                shape => shape.Name,
                shape => Enumerable.Range(0, (int)shape.Count).Select(_ => (random.NextSingle() - 0.5f) / MathF.Sqrt(Math.Max(1, shape.Columns))).ToArray()));
    }
}
