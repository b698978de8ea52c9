using System.Text.Json.Nodes;
using NativeRnn.Interop.Keras;
using NativeRnn.Tests.Samples;

namespace NativeRnn.Interop.Tests.Keras;

/// <summary>Imported models against Keras's equations on Keras's arrays, in every kind of file.</summary>
public sealed class KerasAgreementTests
{
    private const double Tolerance = 2e-6;
    private const int Features = 3;
    private const int Steps = 7;

    private static readonly JsonObject Sequences = new() { ["return_sequences"] = true };

    private static readonly Dictionary<string, Func<KerasModels, KerasTestLayer[]>> Models = CreateModels();

    public static TheoryData<string, string> Cases =>
        [.. from model in Models.Keys from file in (string[])["archive", "archive functional", "archive 2.13", "hdf5", "hdf5 functional", "hdf5 of Keras 3"] select (model, file)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Import_EveryKindOfFile_GivesKerassOutput(string model, string file)
    {
        KerasModels keras = new(seed: model.Length);
        KerasTestLayer[] layers = [KerasModels.Input(Features), .. Models[model](keras)];
        bool keras3 = file is "archive" or "archive functional" or "hdf5 of Keras 3";
        double[][] rows = keras.Inputs(Steps, Features);
        double[] expected = [.. KerasReference.Run(layers, rows, keras3).SelectMany(row => row)];

        RnnModel imported = Import(Write(layers, file));
        float[] input = [.. rows.SelectMany(row => row).Select(value => (float)value)];
        float[] output = new float[expected.Length];
        using RnnSession session = imported.CreateSession();
        session.Run(input, output);
        Closeness.AssertWithin(Tolerance, expected, output, $"{model}, {file}");
    }

    [Theory]
    [InlineData("archive")]
    [InlineData("archive functional")]
    [InlineData("hdf5")]
    [InlineData("hdf5 functional")]
    public void Import_Embedding_GivesKerassOutput(string file)
    {
        KerasModels keras = new(seed: 3);
        KerasTestLayer[] layers = [KerasModels.Symbols(), keras.Embedding("e", 9, 4), keras.Recurrent("GRU", "a", 4, 5, Sequences), keras.Dense("b", 5, 9, "softmax")];
        double[][] symbols = [[4], [0], [8], [3], [3]];
        double[] expected = [.. KerasReference.Run(layers, symbols, keras3: true).SelectMany(row => row)];

        using RnnSession session = Import(Write(layers, file)).CreateSession();

        float[] output = new float[expected.Length];
        session.Run([4, 0, 8, 3, 3], output);
        Closeness.AssertWithin(Tolerance, expected, output, file);
    }

    internal static RnnModel Import(byte[] file)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(path, file);
            return KerasImporter.Import(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Write(KerasTestLayer[] layers, string file) => file switch
    {
        "archive" => KerasFile.Archive(layers),
        "archive functional" => KerasFile.Archive(layers, functional: true),
        "archive 2.13" => KerasFile.Archive(layers, "2.13.1", container: "_layer_checkpoint_dependencies"),
        "hdf5" => KerasFile.Hdf5(layers),
        "hdf5 functional" => KerasFile.Hdf5(layers, functional: true),
        "hdf5 of Keras 3" => KerasFile.Hdf5(layers, "3.3.3"),
        _ => throw new ArgumentException(file),
    };

    private static Dictionary<string, Func<KerasModels, KerasTestLayer[]>> CreateModels()
    {
        Dictionary<string, Func<KerasModels, KerasTestLayer[]>> models = [];
        foreach (string kind in (string[])["SimpleRNN", "GRU", "LSTM"])
        {
            models[$"{kind}, dense"] = keras => [keras.Recurrent(kind, "a", Features, 4), keras.Dense("b", 4, 2)];
            models[$"{kind}, sequence"] = keras => [keras.Recurrent(kind, "a", Features, 5, Sequences)];
            models[$"{kind}, no bias, relu"] = keras =>
                [keras.Recurrent(kind, "a", Features, 3, new() { ["use_bias"] = false, ["activation"] = "relu" }), keras.Dense("b", 3, 1, bias: false)];
            models[$"{kind}, backwards"] = keras =>
                [keras.Recurrent(kind, "a", Features, 4, new() { ["go_backwards"] = true }), keras.Dense("b", 4, 2)];
            models[$"{kind}, backwards twice"] = keras =>
            [
                keras.Recurrent(kind, "a", Features, 4, new() { ["go_backwards"] = true, ["return_sequences"] = true }),
                keras.Dense("d", 4, 3, "relu"),
                keras.Recurrent(kind, "b", 3, 2, new() { ["go_backwards"] = true, ["return_sequences"] = true }),
            ];
            models[$"{kind}, forwards over reversed rows"] = keras =>
            [
                keras.Recurrent(kind, "a", Features, 4, new() { ["go_backwards"] = true, ["return_sequences"] = true }),
                keras.Recurrent(kind, "b", 4, 2),
            ];
            models[$"{kind}, output reversed"] = keras =>
                [keras.Recurrent(kind, "a", Features, 4, new() { ["go_backwards"] = true, ["return_sequences"] = true }), keras.Dense("d", 4, 3, "relu")];
            foreach (string merge in (string[])["concat", "sum", "mul", "ave"])
            {
                models[$"bidirectional {kind}, {merge}"] = keras =>
                [
                    KerasModels.Bidirectional("a", keras.Recurrent(kind, "x", Features, 3, Sequences), keras.Recurrent(kind, "x", Features, 3, Sequences), merge, own: false),
                    KerasModels.Bidirectional("b", keras.Recurrent(kind, "y", merge == "concat" ? 6 : 3, 2), keras.Recurrent(kind, "z", merge == "concat" ? 6 : 3, 2), merge, own: true),
                    keras.Dense("c", merge == "concat" ? 4 : 2, 1),
                ];
            }
        }

        models["GRU, reset before"] = keras => [keras.Recurrent("GRU", "a", Features, 4, new() { ["reset_after"] = false })];
        models["GRU, hard sigmoid"] = keras => [keras.Recurrent("GRU", "a", Features, 4, new() { ["recurrent_activation"] = "hard_sigmoid" })];
        models["LSTM, hard sigmoid"] = keras => [keras.Recurrent("LSTM", "a", Features, 4, new() { ["recurrent_activation"] = "hard_sigmoid" })];
        models["stacked, dropout, time distributed"] = keras =>
        [
            keras.Recurrent("LSTM", "a", Features, 4, Sequences),
            KerasModels.Plain("Dropout", "drop", new() { ["rate"] = 0.2, ["seed"] = null, ["noise_shape"] = null }),
            keras.Recurrent("LSTM", "b", 4, 3, Sequences),
            KerasModels.Plain("SpatialDropout1D", "spatial", new() { ["rate"] = 0.2 }),
            keras.TimeDistributedDense("c", 3, 2, "softplus"),
        ];
        models["activations"] = keras =>
        [
            keras.Recurrent("GRU", "a", Features, 4),
            KerasModels.Plain("Flatten", "flat", new() { ["data_format"] = "channels_last" }),
            KerasModels.Plain("Activation", "own", new() { ["activation"] = "relu" }),
            keras.Dense("b", 4, 3),
            KerasModels.Plain("LeakyReLU", "leaky", new() { ["negative_slope"] = 0.125 }),
            keras.Dense("c", 3, 3, "elu"),
            keras.Dense("d", 3, 3, "softmax"),
        ];
        return models;
    }
}
