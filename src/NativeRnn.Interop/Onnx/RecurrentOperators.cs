namespace NativeRnn.Interop.Onnx;

/// <summary>
/// RNN, GRU and LSTM, forward, reverse and in both directions. Their gates are named and ordered as in the operators' specifications;
/// what a node says and we cannot compute is refused.
/// </summary>
internal static class RecurrentOperators
{
    private delegate (RecurrentLayer Layer, LayerWeights Weights) Direction(int direction);

    /// <returns>The outputs, or null for an operator of another sort.</returns>
    public static Value[]? Apply(OnnxNode node) => node.Operator switch
    {
        "RNN" => Run(node, 1, ReadRnn),
        "GRU" => Run(node, 3, ReadGru),
        "LSTM" => Run(node, 4, ReadLstm),
        _ => null,
    };

    private static Value[] Run(OnnxNode node, int gates, Func<OnnxNode, RecurrentWeights, Direction> read)
    {
        string direction = node.Text("direction") ?? "forward";
        bool isBatchFirst = node.Flag("layout");
        node.Ignore("output_sequence");
        if (direction is not ("forward" or "reverse" or "bidirectional"))
            node.Refuse($"has the attribute direction = {direction}, expected forward, reverse or bidirectional");

        Signal input = node.Signal(0);
        if (input.Rank != 3)
            node.Refuse($"has the input {input.ShapeText()}, expected three dimensions");
        int timeDimension = isBatchFirst ? 1 : 0;
        // A cell of one step has no time axis before it.
        Axis? time = input.Dimensions[timeDimension] switch
        {
            [] => new Axis("time", AxisRole.Time, 1),
            [Axis axis] when axis.TryBe(AxisRole.Time) => axis,
            _ => null,
        };
        if (time is null)
            throw node.Error($"has the input {input.ShapeText()}, expected time as dimension {timeDimension}");
        Axis[] batch = input.Dimensions[1 - timeDimension];
        if (batch is not ([] or [_]) || (batch is [Axis only] && !only.TryBe(AxisRole.Batch)))
            throw node.Error($"has the input {input.ShapeText()}, expected the batch as dimension {1 - timeDimension}");
        if (input.Dimensions[2] is [Axis last])
            last.TryBe(AxisRole.Features);
        if (!input.IsFeatures(2))
            node.Refuse($"has the input {input.ShapeText()}, expected the features as dimension 2");
        Chain below = SignalJoining.Join(node, input);
        RecurrentWeights weights = RecurrentWeights.Read(node, gates, direction == "bidirectional" ? 2 : 1);
        bool fits = below.Size == 0 ? input.Dimensions[2][0].TryHaveSize(weights.InputSize) : below.Size == weights.InputSize;
        if (!fits)
            node.Refuse($"has the input {input.ShapeText()}, but weights for {weights.InputSize} features");
        RequireOwnLengths(node, time);
        float[][]? hidden = InitialStates.Read(node, 5, "initial_h", weights, isBatchFirst);
        float[][]? cell = node.Operator == "LSTM" ? InitialStates.Read(node, 6, "initial_c", weights, isBatchFirst) : null;
        bool isClipped = node.Has("clip");
        float clip = node.Number("clip", 0);
        if (isClipped && !(clip > 0 && float.IsFinite(clip)))
            node.Refuse(FormattableString.Invariant($"has the attribute clip = {clip}, expected a number above 0"));

        Direction layers = read(node, weights);
        Chain[] sequences = new Chain[weights.Directions], finals = new Chain[weights.Directions];
        for (int i = 0; i < weights.Directions; i++)
        {
            (RecurrentLayer layer, LayerWeights parameters) = layers(i);
            layer = layer with { Clip = clip, HasInitialState = hidden is not null || cell is not null };
            if (layer.HasInitialState)
                parameters["initial_hidden"] = hidden?[i] ?? new float[layer.Units];
            if (layer is Lstm { HasInitialState: true })
                parameters["initial_cell"] = cell?[i] ?? new float[layer.Units];
            bool isReverse = direction == "reverse" || i == 1;
            finals[i] = (isReverse ? below.Reversed() : below).Then(layer, parameters, layer.Units);
            Chain sequence = finals[i] with { Layer = layer with { ReturnSequences = true } };
            sequences[i] = isReverse ? sequence.Reversed() : sequence;
        }

        Axis[] parts = weights.Directions == 1 ? [] : [SignalSelection.PartsAxis(2)];
        Axis[] features = [new Axis("features", AxisRole.Features, weights.Units)];
        Axis[][] all = isBatchFirst ? [batch, [time], parts, features] : [[time], parts, batch, features];
        Axis[][] final = isBatchFirst ? [batch, parts, features] : [parts, batch, features];
        return [new Signal(all, sequences), new Signal(final, finals), new CellState()];
    }

    /// <summary>A sequence is run at its own length: all of the time axis, or where the graph is given lengths, what they say.</summary>
    private static void RequireOwnLengths(OnnxNode node, Axis time)
    {
        if (node.Context.IsPadded)
        {
            if (node[4] is not RunInput { Dimensions: not null } given)
                throw node.Error("has no sequence_lens, but other nodes have, so that it goes on over the padding, which is not supported");
            if (!node.Context.Options.UnpaddedSequences)
                node.Refuse($"has as sequence_lens the graph's input '{given.Name}', but a network here has one input: say that every sequence is given at its own length, without padding (--sequence-lengths own)");
        }
        else if (node[4] is { } lengths && !LayoutOperators.IsWhole(lengths, time))
        {
            node.Refuse("has sequence_lens other than the whole length, which is not supported: give each sequence at its own length");
        }
    }

    private static Direction ReadRnn(OnnxNode node, RecurrentWeights weights)
    {
        Activation[] activations = OnnxActivations.OfRecurrent(node, ["Tanh"], weights.Directions);
        return direction =>
        {
            SimpleRnn layer = new(weights.Units) { Activation = activations[direction] };
            return (layer, weights.Of(direction, [0]));
        };
    }

    private static Direction ReadGru(OnnxNode node, RecurrentWeights weights)
    {
        Activation[] activations = OnnxActivations.OfRecurrent(node, ["Sigmoid", "Tanh"], weights.Directions);
        bool isResetAfter = node.Flag("linear_before_reset");
        return direction =>
        {
            Gru layer = new(weights.Units)
            {
                ResetAfter = isResetAfter,
                RecurrentActivation = activations[2 * direction],
                Activation = activations[2 * direction + 1],
            };
            return (layer, weights.Of(direction, [0, 1, 2], keepsRecurrentBias: isResetAfter));
        };
    }

    private static Direction ReadLstm(OnnxNode node, RecurrentWeights weights)
    {
        Activation[] activations = OnnxActivations.OfRecurrent(node, ["Sigmoid", "Tanh", "Tanh"], weights.Directions);
        bool isCoupled = node.Flag("input_forget");
        return direction =>
        {
            Activation gate = activations[3 * direction], candidate = activations[3 * direction + 1], output = activations[3 * direction + 2];
            if (isCoupled && !GateOrder.IsSymmetric(gate))
                node.Refuse($"has input_forget = 1 with the gate activation {gate}, which is supported for sigmoids only");
            float[]? peephole = weights.Peephole(direction);
            Lstm layer = new(weights.Units)
            {
                CoupledGates = isCoupled,
                Peepholes = peephole is not null,
                RecurrentActivation = gate,
                Activation = candidate,
            };
            if (output != candidate)
                layer = layer with { OutputActivation = output };
            LayerWeights parameters = weights.Of(direction, isCoupled ? GateOrder.CoupledFromOnnx : GateOrder.LstmFromOnnx);
            if (peephole is not null)
                parameters["peephole"] = GateOrder.Reorder(peephole, 3, isCoupled ? GateOrder.CoupledPeepholes : GateOrder.Peepholes);
            if (isCoupled)
            {
                foreach ((string name, float[] values) in parameters)
                    GateOrder.NegateFirst(values, name == "peephole" ? 2 : 3);
            }

            return (layer, parameters);
        };
    }
}
