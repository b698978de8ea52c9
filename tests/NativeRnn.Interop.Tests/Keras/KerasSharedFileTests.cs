using System.IO.Compression;
using System.Text.Json.Nodes;
using NativeRnn.Interop.Keras;
using NativeRnn.Tests.Samples;
using PureHDF;

namespace NativeRnn.Interop.Tests.Keras;

/// <summary>A file that Keras itself wrote, against Keras's equations on the arrays read from it directly.</summary>
public sealed class KerasSharedFileTests
{
    [Fact]
    public void Import_FileOfKeras3_GivesKerassOutput()
    {
        string path = SharedFile("keras/jena_univariate.keras");
        Assert.SkipUnless(File.Exists(path), "the data folder ../shared/data is absent");

        using ZipArchive zip = ZipFile.OpenRead(path);
        MemoryStream weights = new();
        using (Stream entry = zip.GetEntry("model.weights.h5")!.Open())
            entry.CopyTo(weights);
        weights.Position = 0;
        using var file = H5File.Open(weights);
        KerasTestLayer[] layers =
        [
            Lstm("lstm", 1, returnSequences: true),
            Lstm("lstm_1", 60, returnSequences: false),
            Dense("dense", 60, 30, "relu"),
            Dense("dense_1", 30, 10, "relu"),
            Dense("dense_2", 10, 1, "linear"),
        ];
        double[][] rows = new KerasModels(seed: 3).Inputs(60, 1);
        double expected = Assert.Single(Assert.Single(KerasReference.Run(layers, rows, keras3: true)));

        using RnnSession session = KerasImporter.Import(path).CreateSession();
        float[] output = new float[1];
        session.Run([.. rows.Select(row => (float)row[0])], output);
        Closeness.AssertWithin(2e-6, [expected], output, path);

        KerasTestLayer Lstm(string name, int inputs, bool returnSequences) => new(
            "LSTM",
            name,
            new() { ["units"] = 60, ["activation"] = "tanh", ["recurrent_activation"] = "sigmoid", ["return_sequences"] = returnSequences },
            new()
            {
                ["kernel"] = Array($"{name}/cell/vars/0", inputs, 240),
                ["recurrent_kernel"] = Array($"{name}/cell/vars/1", 60, 240),
                ["bias"] = Array($"{name}/cell/vars/2", 240),
            });

        KerasTestLayer Dense(string name, int inputs, int units, string activation) => new(
            "Dense",
            name,
            new JsonObject { ["activation"] = activation },
            new() { ["kernel"] = Array($"{name}/vars/0", inputs, units), ["bias"] = Array($"{name}/vars/1", units) });

        KerasArray Array(string name, params int[] shape) => new(file.Dataset("layers/" + name).Read<float[]>(), shape);
    }

    private static string SharedFile(string name)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "NativeRnn.sln")))
            folder = folder.Parent;
        return Path.Combine(folder?.Parent?.FullName ?? "", "shared", "data", name);
    }
}
