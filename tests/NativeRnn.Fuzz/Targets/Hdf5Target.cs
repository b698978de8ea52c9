using System.Text.Json.Nodes;
using NativeRnn.Interop;
using NativeRnn.Interop.Keras;
using NativeRnn.Interop.Tests.Keras;

namespace NativeRnn.Fuzz.Targets;

/// <summary>Keras models as HDF5.</summary>
internal class Hdf5Target(string ending = ".h5") : FileTarget(ending)
{
    public override IEnumerable<string> Words =>
    [
        "class_name", "config", "layers", "name", "units", "activation", "use_bias", "return_sequences", "go_backwards", "reset_after", "Sequential",
        "Functional", "GRU", "LSTM", "SimpleRNN", "Dense", "Bidirectional", "TimeDistributed", "merge_mode", "layer", "backward_layer", "inbound_nodes",
        "true", "false", "null", "tanh", "hard_sigmoid", "TREE", "SNOD", "HEAP", "GCOL", "OHDR", "FRHP",
    ];

    public override IEnumerable<byte[]> Seeds() => Networks().SelectMany(layers => (byte[][])[KerasFile.Hdf5(layers), KerasFile.H5py(layers)]);

    protected sealed override object? Read(string path) => KerasImporter.Import(path);

    protected override bool IsRefusal(Exception exception) => exception is ModelImportException;

    protected override void Use(object? result, byte[] file) => ModelUse.Run((RnnModel)result!);

    protected static IEnumerable<KerasTestLayer[]> Networks()
    {
        KerasModels keras = new(seed: 1);
        JsonObject sequences = new() { ["return_sequences"] = true };
        yield return [keras.Recurrent("SimpleRNN", "a", 1, 1)];
        yield return [KerasModels.Input(2), keras.Recurrent("GRU", "a", 2, 1), keras.Dense("b", 1, 1)];
        yield return [keras.Recurrent("LSTM", "a", 1, 1, sequences), keras.TimeDistributedDense("c", 1, 1, "relu")];
        yield return [KerasModels.Bidirectional("a", keras.Recurrent("GRU", "x", 1, 1), keras.Recurrent("GRU", "x", 1, 1), "concat", own: false)];
    }
}
