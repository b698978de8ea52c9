namespace NativeRnn.Interop.Torch;

/// <summary>A module of a PyTorch network with its tensors, which are read when it is added.</summary>
/// <param name="name">As in the file: <c>model.lstm1</c>; empty for a module that was saved alone.</param>
internal abstract class TorchModule(string name)
{
    public string Name { get; } = name;

    /// <summary>Features it takes; 1 for an embedding.</summary>
    public abstract long InputSize { get; }

    /// <summary>Features it gives.</summary>
    public abstract long OutputSize { get; }

    /// <summary>How messages name it.</summary>
    public abstract override string ToString();
}

/// <summary>nn.Linear: y = W x + b.</summary>
/// <param name="name">The module's name.</param>
/// <param name="weight"><c>NAME.weight</c> [outputs, inputs].</param>
/// <param name="bias"><c>NAME.bias</c> [outputs]; null for <c>bias=False</c>.</param>
internal sealed class TorchLinear(string name, SafetensorsTensor weight, SafetensorsTensor? bias) : TorchModule(name)
{
    public override long InputSize => weight.Shape[1];

    public override long OutputSize => weight.Shape[0];

    public bool HasBias => bias is not null;

    public SafetensorsTensor Weight => weight;

    public void AddTo(ImportedLayers layers, SafetensorsFile file, Activation activation)
    {
        if (OutputSize is < 1 or > Architecture.MaxSize)
            throw new ModelImportException($"{weight} has {OutputSize} outputs; expected between 1 and {Architecture.MaxSize}");
        float[] kernel = file.Read(weight);
        layers.Add(
            new Dense((int)OutputSize) { Activation = activation },
            new() { ["kernel"] = kernel, ["bias"] = bias is null ? new float[OutputSize] : file.Read(bias) });
    }

    public override string ToString() => weight.ToString();
}

/// <summary>nn.Embedding: the row of a table.</summary>
/// <param name="name">The module's name.</param>
/// <param name="weight"><c>NAME.weight</c> [symbols, features].</param>
internal sealed class TorchEmbedding(string name, SafetensorsTensor weight) : TorchModule(name)
{
    public override long InputSize => 1;

    public override long OutputSize => weight.Shape[1];

    public void AddTo(ImportedLayers layers, SafetensorsFile file)
    {
        if (weight.Shape is not [>= 1 and <= Architecture.MaxSize and long symbols, >= 1 and <= Architecture.MaxSize and long units])
            throw new ModelImportException($"{weight} is too large for an embedding; expected at most {Architecture.MaxSize} symbols and features");
        layers.Add(new Embedding((int)symbols, (int)units), new() { ["embeddings"] = file.Read(weight) });
    }

    public override string ToString() => weight.ToString();
}
