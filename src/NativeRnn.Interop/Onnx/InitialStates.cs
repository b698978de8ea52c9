namespace NativeRnn.Interop.Onnx;

/// <summary>The inputs initial_h and initial_c of a recurrent node, where they are constant and the same for every sequence of a batch.</summary>
internal static class InitialStates
{
    /// <summary>Reads one of them.</summary>
    /// <param name="node">The node.</param>
    /// <param name="input">Which of its inputs.</param>
    /// <param name="name">What the specification calls it.</param>
    /// <param name="weights">What tells directions and units.</param>
    /// <param name="isBatchFirst">Whether it is [batch, directions, units] rather than [directions, batch, units].</param>
    /// <returns>The state of each direction; null for zeros.</returns>
    public static float[][]? Read(OnnxNode node, int input, string name, RecurrentWeights weights, bool isBatchFirst)
    {
        Value? value = node[input];
        if (value is RunInput given)
        {
            return node.Context.Options.ZeroInitialStates
                ? null
                : throw node.Error($"has as {name} the graph's input '{given.Name}', but a network here has one input: say that sequences start from zeros (--initial-states zero); a session may be given other states");
        }

        if (value is null or Fill { IsZero: true } or Constant { IsZero: true })
            return null;
        int[] directions = [.. Enumerable.Range(0, weights.Directions)];
        if (value is Fill { Number: float same })
            return Array.ConvertAll(directions, _ => Enumerable.Repeat(same, weights.Units).ToArray());
        if (((value as Repeated)?.Rows ?? value) is not Constant { Numbers: { } numbers, Shape: var shape })
            throw node.Error($"has an {name} that is {OnnxNode.Describe(value)}, expected constant float32: give other states to the session");

        int batch = shape.Length == 3 ? shape[isBatchFirst ? 0 : 1] : 0;
        int[] expected = isBatchFirst ? [batch, weights.Directions, weights.Units] : [weights.Directions, batch, weights.Units];
        if (batch < 1 || !shape.AsSpan().SequenceEqual(expected))
            node.Refuse($"has an {name} of the shape [{string.Join(", ", shape)}], which does not fit {weights.Directions} directions of {weights.Units} units");
        return Array.ConvertAll(directions, direction =>
        {
            ReadOnlySpan<float> state = State(direction, 0);
            for (int sequence = 1; sequence < batch; sequence++)
            {
                if (!state.SequenceEqual(State(direction, sequence)))
                    node.Refuse($"has an {name} that differs from sequence to sequence, which is not supported: give the states to the session");
            }

            return state.ToArray();
        });

        ReadOnlySpan<float> State(int direction, int sequence)
            => numbers.AsSpan((isBatchFirst ? sequence * weights.Directions + direction : direction * batch + sequence) * weights.Units, weights.Units);
    }
}
