using System.Text.RegularExpressions;

namespace NativeRnn.Interop.Torch;

/// <summary>
/// The one nn.RNN, nn.GRU or nn.LSTM of a file: <c>PREFIX.weight_ih_l0</c> [gates * units, inputs], <c>weight_hh_l0</c>
/// [gates * units, units], <c>bias_ih_l0</c> and <c>bias_hh_l0</c>; l1 and on for further layers, <c>_reverse</c> for the other direction.
/// </summary>
internal sealed partial class TorchRecurrent(SafetensorsFile file, Dictionary<string, SafetensorsTensor> tensors, TorchImportOptions options)
{
    private readonly string _prefix = FindPrefix(tensors);

    /// <summary>bias=False leaves out both biases everywhere.</summary>
    private readonly bool _hasBias = tensors.Keys.Any(name => RecurrentName().Match(name).Groups["parameter"].Value.StartsWith("bias", StringComparison.Ordinal));

    /// <summary>Takes the module's tensors out of the others and adds its layers.</summary>
    /// <returns>The sizes of its input and of its output.</returns>
    public (int InputSize, int OutputSize) AddTo(ImportedLayers layers)
    {
        int count = 0;
        while (tensors.ContainsKey($"{_prefix}weight_ih_l{count}"))
            count++;
        bool isBidirectional = tensors.ContainsKey($"{_prefix}weight_ih_l0_reverse");

        if (isBidirectional && options.Head is null)
            throw new ModelImportException($"'{_prefix}' is bidirectional, and its weights do not tell what is read of it: say --head last (the final state h_n of both directions), laststep (output[:, -1]) or sequence");
        bool takesLastStep = isBidirectional && options.Head == TorchHead.LastStep;

        int inputSize = 0;
        int size = 0;
        for (int layer = 0; layer < count; layer++)
        {
            bool returnSequences = layer < count - 1 || options.Head == TorchHead.Sequence || takesLastStep;
            (RecurrentLayer forward, int inputs, Dictionary<string, float[]> weights) = ReadDirection($"_l{layer}", returnSequences);
            if (layer == 0)
                inputSize = size = inputs;
            if (inputs != size)
                throw new ModelImportException($"'{_prefix}weight_ih_l{layer}' takes {inputs} features, but the layer before it gives {size}");

            if (isBidirectional)
            {
                (RecurrentLayer backward, int backwardInputs, Dictionary<string, float[]> backwardWeights) = ReadDirection($"_l{layer}_reverse", returnSequences);
                if (backwardInputs != inputs || backward.Units != forward.Units || backward.Kind != forward.Kind)
                    throw new ModelImportException($"the directions of layer {layer} of '{_prefix}' differ in size");
                Dictionary<string, float[]> both = weights.ToDictionary(pair => "forward." + pair.Key, pair => pair.Value);
                foreach ((string name, float[] values) in backwardWeights)
                    both.Add("backward." + name, values);
                layers.Add(new Bidirectional(forward, backward), both);
            }
            else
            {
                layers.Add(forward, weights);
            }

            size = layers.Last!.OutputSize(inputs);
        }

        if (takesLastStep)
            layers.Add(new LastStep(), []);
        return (inputSize, size);
    }

    private static string FindPrefix(Dictionary<string, SafetensorsTensor> tensors)
    {
        HashSet<string> prefixes = [];
        foreach (SafetensorsTensor tensor in tensors.Values)
        {
            Match match = RecurrentName().Match(tensor.Name);
            if (!match.Success)
                continue;
            if (match.Groups["parameter"].Value == "weight_hr")
                throw new ModelImportException($"{tensor} is the projection of an nn.LSTM with proj_size, which is not supported");
            prefixes.Add(match.Groups["prefix"].Value);
        }

        return prefixes.Count switch
        {
            1 => prefixes.Single(),
            0 => throw new ModelImportException("the file has no weights of an nn.RNN, nn.GRU or nn.LSTM (weight_ih_l0, ...)"),
            _ => throw new ModelImportException($"the file has several recurrent modules ({string.Join(", ", prefixes.Order().Select(name => $"'{name}'"))}), whose order it does not tell; one with num_layers is supported"),
        };
    }

    private (RecurrentLayer Layer, int InputSize, Dictionary<string, float[]> Weights) ReadDirection(string suffix, bool returnSequences)
    {
        SafetensorsTensor inputWeights = Take("weight_ih" + suffix);
        SafetensorsTensor recurrentWeights = Take("weight_hh" + suffix);
        if (recurrentWeights.Shape is not [var rows and >= 1, var columns and >= 1 and <= Architecture.MaxSize] || rows % columns != 0 || rows / columns is not (1 or 3 or 4))
            throw new ModelImportException($"{recurrentWeights} is of no known module; expected [units, units] (RNN), [3 * units, units] (GRU) or [4 * units, units] (LSTM)");
        if (inputWeights.Shape is not [var inputRows, var inputs and >= 1 and <= Architecture.MaxSize] || inputRows != rows)
            throw new ModelImportException($"{inputWeights} does not fit {recurrentWeights}; expected [{rows}, inputs]");

        int units = (int)columns;
        RecurrentLayer layer = (rows / columns) switch
        {
            1 => new SimpleRnn(units)
            {
                Activation = options.Nonlinearity == TorchNonlinearity.Relu ? Activation.Relu : Activation.Tanh,
                ReturnSequences = returnSequences,
            },
            3 => new Gru(units) { ResetAfter = true, ReturnSequences = returnSequences },
            _ => new Lstm(units) { ReturnSequences = returnSequences },
        };
        if (layer is not SimpleRnn && options.Nonlinearity != TorchNonlinearity.Tanh)
            throw new ModelImportException($"{recurrentWeights} is of a {layer.Kind}, which has no nonlinearity to choose");

        bool isGru = layer is Gru;
        float[] inputBias = ReadBias("bias_ih" + suffix, rows, isGru);
        float[] recurrentBias = ReadBias("bias_hh" + suffix, rows, isGru);
        Dictionary<string, float[]> weights = new()
        {
            ["kernel"] = OurOrder(file.Read(inputWeights), isGru),
            ["recurrent_kernel"] = OurOrder(file.Read(recurrentWeights), isGru),
        };
        if (isGru)
        {
            weights["bias"] = inputBias;
            weights["recurrent_bias"] = recurrentBias;
        }
        else
        {
            // They are only ever added.
            weights["bias"] = [.. inputBias.Zip(recurrentBias, (first, second) => first + second)];
        }

        return (layer, (int)inputs, weights);
    }

    private float[] ReadBias(string name, long rows, bool isGru)
    {
        if (!_hasBias)
            return new float[rows];
        SafetensorsTensor bias = Take(name);
        return bias.Shape.SequenceEqual([rows])
            ? OurOrder(file.Read(bias), isGru)
            : throw new ModelImportException($"{bias} has another shape than expected, [{rows}]");
    }

    /// <summary>PyTorch's gates r, z, n of a GRU as z, r, n, in place; the i, f, g, o of an LSTM are in our order.</summary>
    private static float[] OurOrder(float[] values, bool isGru)
    {
        for (int i = 0; isGru && i < values.Length / 3; i++)
            (values[i], values[values.Length / 3 + i]) = (values[values.Length / 3 + i], values[i]);
        return values;
    }

    private SafetensorsTensor Take(string name)
        => tensors.Remove(_prefix + name, out SafetensorsTensor? tensor) ? tensor : throw new ModelImportException($"the file lacks '{_prefix}{name}'");

    [GeneratedRegex(@"^(?<prefix>.*?)(?<parameter>weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)_l[0-9]+(_reverse)?$")]
    private static partial Regex RecurrentName();
}
