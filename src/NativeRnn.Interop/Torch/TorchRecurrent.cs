namespace NativeRnn.Interop.Torch;

/// <summary>
/// An nn.RNN, nn.GRU or nn.LSTM: <c>PREFIX.weight_ih_l0</c> [gates * units, inputs], <c>weight_hh_l0</c> [gates * units, units],
/// <c>bias_ih_l0</c> and <c>bias_hh_l0</c>; l1 and on for further layers, <c>_reverse</c> for the other direction; nothing behind the names for
/// an nn.RNNCell, nn.GRUCell or nn.LSTMCell.
/// </summary>
internal sealed class TorchRecurrent : TorchModule
{
    private readonly string _prefix;
    private readonly List<Direction[]> _layers = [];

    /// <summary>Takes the module's tensors out of the others and checks their shapes against each other.</summary>
    /// <param name="prefix">What stands before the names of its tensors.</param>
    /// <param name="tensors">The tensors left, by name.</param>
    /// <exception cref="ModelImportException">One is missing, or does not fit the others.</exception>
    public TorchRecurrent(string prefix, Dictionary<string, SafetensorsTensor> tensors)
        : base(prefix.TrimEnd('.'))
    {
        _prefix = prefix;
        // bias=False leaves out both biases everywhere.
        bool hasBias = tensors.Keys.Any(name => name.StartsWith(prefix + "bias_", StringComparison.Ordinal));
        bool isCell = tensors.ContainsKey(prefix + "weight_ih") || tensors.ContainsKey(prefix + "weight_hh");
        bool isBidirectional = tensors.ContainsKey($"{prefix}weight_ih_l0_reverse");
        int count = isCell ? 1 : 0;
        while (!isCell && tensors.ContainsKey($"{prefix}weight_ih_l{count}"))
            count++;
        long size = -1;
        for (int layer = 0; layer < Math.Max(1, count); layer++)
        {
            string suffix = isCell ? "" : $"_l{layer}";
            Direction forward = Direction.Take(prefix, suffix, hasBias, tensors);
            if (size >= 0 && forward.Inputs != size)
                throw new ModelImportException($"'{prefix}weight_ih{suffix}' takes {forward.Inputs} features, but the layer before it gives {size}");
            Direction[] directions = isBidirectional ? [forward, Direction.Take(prefix, suffix + "_reverse", hasBias, tensors)] : [forward];
            if (Array.Exists(directions, other => (other.Inputs, other.Units, other.Gates) != (forward.Inputs, forward.Units, forward.Gates)))
                throw new ModelImportException($"the directions of layer {layer} of '{prefix}' differ in size");
            _layers.Add(directions);
            size = directions.Length * forward.Units;
        }
    }

    public override long InputSize => _layers[0][0].Inputs;

    public override long OutputSize => _layers[^1].Length * (long)_layers[^1][0].Units;

    /// <summary>Whether it is an nn.RNN, which has a nonlinearity to choose.</summary>
    public bool IsSimple => _layers[0][0].Gates == 1;

    /// <summary>Adds the module's layers.</summary>
    /// <param name="layers">The layers before it.</param>
    /// <param name="file">The file of its tensors.</param>
    /// <param name="head">What the module behind it takes of it.</param>
    /// <param name="nonlinearity">The activation of an nn.RNN.</param>
    public void AddTo(ImportedLayers layers, SafetensorsFile file, TorchHead? head, TorchNonlinearity nonlinearity)
    {
        bool isBidirectional = _layers[0].Length == 2;
        if (isBidirectional && head is null)
            throw new ModelImportException($"'{_prefix}' is bidirectional, and its weights do not tell what is read of it: say --head last (the final state h_n of both directions), laststep (output[:, -1]) or sequence");
        bool takesLastStep = isBidirectional && head == TorchHead.LastStep;
        foreach (Direction[] directions in _layers)
        {
            bool returnSequences = directions != _layers[^1] || head == TorchHead.Sequence || takesLastStep;
            (RecurrentLayer Layer, Dictionary<string, float[]> Weights)[] read = Array.ConvertAll(directions, direction => direction.Read(file, nonlinearity, returnSequences));
            if (read is [var forward, var backward])
            {
                Dictionary<string, float[]> both = forward.Weights.ToDictionary(pair => "forward." + pair.Key, pair => pair.Value);
                foreach ((string name, float[] values) in backward.Weights)
                    both.Add("backward." + name, values);
                layers.Add(new Bidirectional(forward.Layer, backward.Layer), both);
            }
            else
            {
                layers.Add(read[0].Layer, read[0].Weights);
            }
        }

        if (takesLastStep)
            layers.Add(new LastStep(), []);
    }

    public override string ToString() => $"'{Name}' [{OutputSize}, {InputSize}]";

    /// <summary>One direction of one layer.</summary>
    private sealed record Direction(
        SafetensorsTensor InputWeights, SafetensorsTensor RecurrentWeights, SafetensorsTensor? InputBias, SafetensorsTensor? RecurrentBias, int Gates, int Units, int Inputs)
    {
        public static Direction Take(string prefix, string suffix, bool hasBias, Dictionary<string, SafetensorsTensor> tensors)
        {
            SafetensorsTensor inputWeights = Tensor("weight_ih"), recurrentWeights = Tensor("weight_hh");
            if (recurrentWeights.Shape is not [var rows and >= 1, var columns and >= 1 and <= Architecture.MaxSize] || rows % columns != 0 || rows / columns is not (1 or 3 or 4))
                throw new ModelImportException($"{recurrentWeights} is of no known module; expected [units, units] (RNN), [3 * units, units] (GRU) or [4 * units, units] (LSTM)");
            if (inputWeights.Shape is not [var inputRows, var inputs and >= 1 and <= Architecture.MaxSize] || inputRows != rows)
                throw new ModelImportException($"{inputWeights} does not fit {recurrentWeights}; expected [{rows}, inputs]");
            return new Direction(
                inputWeights, recurrentWeights, hasBias ? Bias("bias_ih") : null, hasBias ? Bias("bias_hh") : null, (int)(rows / columns), (int)columns, (int)inputs);

            SafetensorsTensor Tensor(string name) => tensors.Remove(prefix + name + suffix, out SafetensorsTensor? tensor)
                ? tensor
                : throw new ModelImportException($"the file lacks '{prefix}{name}{suffix}'");

            SafetensorsTensor Bias(string name) => Tensor(name) is var bias && bias.Shape.SequenceEqual([rows])
                ? bias
                : throw new ModelImportException($"{bias} has another shape than expected, [{rows}]");
        }

        public (RecurrentLayer Layer, Dictionary<string, float[]> Weights) Read(SafetensorsFile file, TorchNonlinearity nonlinearity, bool returnSequences)
        {
            RecurrentLayer layer = Gates switch
            {
                1 => new SimpleRnn(Units)
                {
                    Activation = nonlinearity == TorchNonlinearity.Relu ? Activation.Relu : Activation.Tanh,
                    ReturnSequences = returnSequences,
                },
                3 => new Gru(Units) { ResetAfter = true, ReturnSequences = returnSequences },
                _ => new Lstm(Units) { ReturnSequences = returnSequences },
            };
            float[] inputBias = ReadBias(InputBias), recurrentBias = ReadBias(RecurrentBias);
            Dictionary<string, float[]> weights = new()
            {
                ["kernel"] = OurOrder(file.Read(InputWeights)),
                ["recurrent_kernel"] = OurOrder(file.Read(RecurrentWeights)),
                // They are only ever added, but in a GRU.
                ["bias"] = Gates == 3 ? inputBias : [.. inputBias.Zip(recurrentBias, (first, second) => first + second)],
            };
            if (Gates == 3)
                weights["recurrent_bias"] = recurrentBias;
            return (layer, weights);

            float[] ReadBias(SafetensorsTensor? bias) => bias is null ? new float[Gates * Units] : OurOrder(file.Read(bias));
        }

        /// <summary>PyTorch's gates r, z, n of a GRU as z, r, n; the i, f, g, o of an LSTM are in our order.</summary>
        private float[] OurOrder(float[] values)
        {
            if (Gates != 3)
                return values;
            int third = values.Length / 3;
            return [.. values[third..(2 * third)], .. values[..third], .. values[(2 * third)..]];
        }
    }
}
