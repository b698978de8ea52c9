using System.Text.Json;

namespace NativeRnn.Interop.Keras;

/// <summary>Turns a chain of Keras layers into our layers, one after the other.</summary>
internal sealed class KerasNetwork
{
    private readonly KerasVersion _version;
    private readonly KerasWeights _weights;
    private readonly ImportedLayers _layers = new();
    private int? _inputSize;
    private int _size;
    private bool _isSequence = true;

    /// <summary>Whether the input is [batch, steps], numbers of symbols, which only an embedding takes.</summary>
    private bool _isSymbols;

    private KerasNetwork(KerasVersion version, KerasWeights weights)
    {
        _version = version;
        _weights = weights;
    }

    /// <summary>Makes the model.</summary>
    /// <exception cref="ModelImportException">A layer is not supported, or its weights do not fit it.</exception>
    public static RnnModel Build(KerasTopology topology, KerasVersion version, KerasWeights weights)
    {
        KerasNetwork network = new(version, weights);
        if (topology.InputShape is { } shape)
            network.TakeInputShape(shape, "the model");
        foreach (KerasLayer layer in topology.Chain)
            network.Add(layer);
        return network._layers.Build(network._inputSize ?? throw new ModelImportException("the model has no layer with weights"));
    }

    private void Add(KerasLayer layer)
    {
        KerasConfig config = new(layer.Config, layer.Where);
        config.RefuseReducedPrecision();
        if ((config.Find("batch_shape") ?? config.Find("batch_input_shape")) is { } shape)
            TakeInputShape(shape, layer.Where);
        if (_isSymbols && layer.ClassName is not ("InputLayer" or "Embedding"))
            throw new ModelImportException($"{layer.Where}: the input's shape is [batch, steps]; expected [batch, steps, features], or an Embedding behind it");

        switch (layer.ClassName)
        {
            case "Embedding":
                AddEmbedding(layer, config);
                break;
            case "InputLayer":
                config.RefuseFlag("sparse", "inputs here are dense");
                config.RefuseFlag("ragged", "sequences here are run one by one, each of its own length");
                config.RefuseRest();
                break;
            case "SimpleRNN" or "GRU" or "LSTM":
                AddRecurrent(layer);
                break;
            case "Bidirectional":
                AddBidirectional(layer, config);
                break;
            case "Dense":
                AddDense(config, _weights.Of(layer));
                break;
            case "TimeDistributed":
                AddTimeDistributed(layer, config);
                break;
            case "Dropout":
                AddDropout(config);
                break;
            case "SpatialDropout1D" or "GaussianDropout" or "AlphaDropout" or "GaussianNoise":
                // They act while training only.
                config.Number("rate", 0);
                config.Number("stddev", 0);
                config.RefuseRest();
                break;
            case "Flatten":
                if (_isSequence)
                    throw new ModelImportException($"{layer.Where} joins the steps of a sequence, which is not supported; a Flatten is one that changes nothing, behind a layer that gives its last state");
                config.Find("data_format");
                config.RefuseRest();
                break;
            default:
                Activation activation = KerasActivations.FromLayer(layer.ClassName, config, _version) ?? throw Unsupported(layer);
                config.RefuseRest();
                if (_inputSize is null)
                    throw new ModelImportException($"{layer.Where}: the model does not say its input's shape");
                _layers.AddActivation(activation, _size);
                break;
        }
    }

    private void AddEmbedding(KerasLayer layer, KerasConfig config)
    {
        if (_layers.Last is not null || _inputSize is not null)
            throw new ModelImportException($"{layer.Where} is supported as the first layer, behind an input of the shape [batch, steps]");
        int symbols = config.Size("input_dim"), units = config.Size("output_dim");
        config.RefuseFlag("mask_zero", "steps are not skipped by their value; give each sequence at its own length instead");
        config.RefuseRest();
        KerasTensors tensors = _weights.Of(layer);
        _layers.Add(new Embedding(symbols, units), new() { ["embeddings"] = tensors.Take("embeddings", symbols, units) });
        tensors.RefuseRest(mayHoldState: false);
        _inputSize = 1;
        _isSymbols = false;
        _size = units;
    }

    private void AddRecurrent(KerasLayer layer)
    {
        RequireSequence(layer);
        KerasTensors tensors = _weights.Of(layer);
        int inputSize = InputSize(tensors, "kernel");
        var recurrent = KerasRecurrent.Read(layer, tensors, "", inputSize, _version);
        tensors.RefuseRest(recurrent.IsStateful);

        // As Keras does, which leaves the outputs in the order of that run.
        if (recurrent.GoesBackwards)
            _layers.Add(new Reverse(), []);
        _layers.Add(recurrent.Layer, recurrent.Weights);
        Follow(recurrent.Layer.Units, recurrent.Layer.ReturnSequences);
    }

    private void AddBidirectional(KerasLayer layer, KerasConfig config)
    {
        RequireSequence(layer);
        Merge merge = ReadMerge(config);
        KerasLayer forward = Inner(layer, config.Find("layer") ?? throw new ModelImportException($"{layer.Where} lacks 'layer'"));
        KerasLayer? ownBackward = config.Find("backward_layer") is { } entry ? Inner(layer, entry) : null;
        config.RefuseRest();

        KerasTensors tensors = _weights.Of(layer);
        int inputSize = InputSize(tensors, "forward.kernel");
        var ahead = KerasRecurrent.Read(forward, tensors, "forward.", inputSize, _version);
        var back = KerasRecurrent.Read(ownBackward ?? forward, tensors, "backward.", inputSize, _version);
        if (ahead.GoesBackwards || (ownBackward is not null && !back.GoesBackwards))
            throw new ModelImportException($"{layer.Where}: go_backwards is supported as Bidirectional sets it, False in the forward and True in the backward layer");
        tensors.RefuseRest(ahead.IsStateful);

        Dictionary<string, float[]> weights = [];
        foreach ((string name, float[] values) in ahead.Weights)
            weights.Add("forward." + name, values);
        foreach ((string name, float[] values) in back.Weights)
            weights.Add("backward." + name, values);
        Bidirectional both = new(ahead.Layer, back.Layer) { Merge = merge };
        _layers.Add(both, weights);
        Follow(both.OutputSize(inputSize), ahead.Layer.ReturnSequences);
    }

    private static KerasLayer Inner(KerasLayer layer, JsonElement entry)
    {
        var inner = KerasLayer.Read(entry, layer.Where);
        return KerasRecurrent.Is(inner.ClassName)
            ? inner
            : throw new ModelImportException($"{layer.Where} around a {inner.ClassName} is not supported; expected SimpleRNN, GRU or LSTM");
    }

    private static Merge ReadMerge(KerasConfig config)
    {
        if (!config.Has("merge_mode"))
            return Merge.Concat;
        return config.Find("merge_mode") is null
            ? throw new ModelImportException($"{config.Where}: merge_mode None gives two outputs, which is not supported")
            : config.Text("merge_mode") switch
            {
                "concat" => Merge.Concat,
                "sum" => Merge.Sum,
                "mul" => Merge.Multiply,
                "ave" => Merge.Average,
                string other => throw new ModelImportException($"{config.Where}: merge_mode '{other}' is not supported; expected concat, sum, mul or ave"),
            };
    }

    private void AddTimeDistributed(KerasLayer layer, KerasConfig config)
    {
        RequireSequence(layer);
        var inner = KerasLayer.Read(config.Find("layer") ?? throw new ModelImportException($"{layer.Where} lacks 'layer'"), layer.Where);
        if (inner.ClassName != "Dense")
            throw new ModelImportException($"{layer.Where} around a {inner.ClassName} is not supported; expected Dense");
        config.RefuseRest();

        KerasConfig dense = new(inner.Config, $"{layer.Where}: {inner.Where}");
        dense.RefuseReducedPrecision();
        AddDense(dense, _weights.Of(layer));
    }

    private void AddDense(KerasConfig config, KerasTensors tensors)
    {
        int units = config.Size("units");
        Activation activation = KerasActivations.Read(config, "activation", _version, Activation.Linear);
        bool hasBias = config.Flag("use_bias", otherwise: true);
        config.RefuseRest();

        Dictionary<string, float[]> weights = new()
        {
            ["kernel"] = tensors.TakeTransposed("kernel", InputSize(tensors, "kernel"), units),
            ["bias"] = hasBias ? tensors.Take("bias", units) : new float[units],
        };
        tensors.RefuseRest(mayHoldState: false);
        _layers.Add(new Dense(units) { Activation = activation }, weights);
        Follow(units, keepsSequence: true);
    }

    private void AddDropout(KerasConfig config)
    {
        float rate = config.Number("rate", 0);
        config.RefuseRest();
        if (rate is >= 0 and < 1)
            _layers.Add(new Dropout(rate), []);
    }

    private void Follow(int size, bool keepsSequence)
    {
        _size = size;
        _isSequence &= keepsSequence;
    }

    private void RequireSequence(KerasLayer layer)
    {
        if (!_isSequence)
            throw new ModelImportException($"{layer.Where} needs a sequence, but a layer before it gives its last state only");
    }

    /// <summary>Features of the rows so far; the first layer's weights say it where nothing else does.</summary>
    private int InputSize(KerasTensors tensors, string role)
    {
        if (_inputSize is null)
            _inputSize = _size = tensors.Rows(role);
        return _size;
    }

    private void TakeInputShape(JsonElement shape, string where)
    {
        if (_layers.Last is not null)
            return;

        // Keras 2 sometimes writes a tuple as {"class_name": "__tuple__", "items": [...]}.
        JsonElement list = Json.Find(shape, "items") ?? shape;
        if (list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == 2 && _inputSize is null)
        {
            _isSymbols = true;
            return;
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != 3)
            throw new ModelImportException($"{where}: the input's shape is {Json.Shorten(shape)}; expected [batch, steps, features]");
        JsonElement features = list[2];
        if (features.ValueKind == JsonValueKind.Null)
            return;
        if (features.ValueKind != JsonValueKind.Number || !features.TryGetInt32(out int size) || size is < 1 or > Architecture.MaxSize)
            throw new ModelImportException($"{where}: the input's shape is {Json.Shorten(shape)}; expected between 1 and {Architecture.MaxSize} features");
        if (_inputSize is { } known && known != size)
            throw new ModelImportException($"{where}: the input's shape is {Json.Shorten(shape)}, but elsewhere it has {known} features");
        _inputSize = _size = size;
    }

    private static ModelImportException Unsupported(KerasLayer layer) => new(layer.ClassName switch
    {
        "Masking" => $"{layer.Where} is not supported: steps are not skipped by their value; give each sequence at its own length instead",
        "CuDNNGRU" or "CuDNNLSTM" => $"{layer.Where} is not supported; load the model in Keras, copy its weights to a {layer.ClassName[5..]}, and save that",
        "Sequential" or "Functional" or "Model" => $"{layer.Where}: a model within a model is not supported",
        _ => $"{layer.Where} is not supported",
    });
}
