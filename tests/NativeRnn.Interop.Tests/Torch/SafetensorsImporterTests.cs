using NativeRnn.Interop.Torch;
using NativeRnn.Tests.Samples;
using NativeRnn.Vectors;

namespace NativeRnn.Interop.Tests.Torch;

/// <summary>Imported networks against what PyTorch computed, and what is refused.</summary>
public sealed class SafetensorsImporterTests
{
    private const double Tolerance = 2e-6;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Torch", "Vectors");
    private static readonly TorchVectorCase[] Vectors = TorchVectorCase.Read(Path.Combine(Folder, "torch.json"));

    public static TheoryData<string> Names => [.. Vectors.Select(value => value.Name)];

    public static TheoryData<string, string[], string> Refused => new()
    {
        { "no weights of an nn.RNN", ["head.weight 2 3", "head.bias 2"], "" },
        { "nn.LSTM with proj_size", ["r.weight_hr_l0 2 4", "r.weight_ih_l0 16 3", "r.weight_hh_l0 16 2"], "" },
        { "several recurrent modules ('a.', 'b.')", ["a.weight_ih_l0 6 3", "a.weight_hh_l0 6 2", "b.weight_ih_l0 6 2", "b.weight_hh_l0 6 2"], "" },
        { "'r.weight_hh_l0' [10, 2] is of no known module", ["r.weight_ih_l0 10 3", "r.weight_hh_l0 10 2"], "" },
        { "'r.weight_ih_l0' [9, 3] does not fit", ["r.weight_ih_l0 9 3", "r.weight_hh_l0 6 2"], "" },
        { "lacks 'r.weight_hh_l0'", ["r.weight_ih_l0 6 3"], "" },
        { "lacks 'r.bias_hh_l0'", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "r.bias_ih_l0 6"], "" },
        { "'r.bias_hh_l0' [2, 3] has another shape", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "r.bias_ih_l0 6", "r.bias_hh_l0 2 3"], "" },
        { "lacks 'r.bias_ih_l1'", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "r.bias_ih_l0 6", "r.bias_hh_l0 6", "r.weight_ih_l1 6 2", "r.weight_hh_l1 6 2"], "" },
        { "takes 3 features, but the layer before it gives 2", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "r.weight_ih_l1 6 3", "r.weight_hh_l1 6 2"], "" },
        { "'r.weight_ih_l2' [6, 2]", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "r.weight_ih_l2 6 2", "r.weight_hh_l2 6 2"], "" },
        { "lacks 'r.weight_ih_l1_reverse'", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "r.weight_ih_l0_reverse 6 3", "r.weight_hh_l0_reverse 6 2", "r.weight_ih_l1 6 4", "r.weight_hh_l1 6 2"], "" },
        { "'norm.weight' [2]", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "norm.weight 2", "norm.bias 2"], "" },
        { "may be an embedding", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "emb.weight 9 3"], "" },
        { "no order of the linear layers", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "f.weight 2 5", "f.bias 2"], "" },
        { "do not tell their order", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "f.weight 2 2", "f.bias 2", "g.weight 2 2", "g.bias 2"], "relu" },
        { "2 linear layers and 0 activations", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "f.weight 4 2", "f.bias 4", "g.weight 1 4", "g.bias 1"], "" },
        { "0 linear layers and 1 activations", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2"], "relu" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Import_NetworkOfPyTorch_GivesItsOutput(string name)
    {
        TorchVectorCase value = Assert.Single(Vectors, value => value.Name == name);
        RnnModel model = SafetensorsImporter.Import(Path.Combine(Folder, name + ".safetensors"), new TorchImportOptions
        {
            Head = Enum.Parse<TorchHead>(value.Head, ignoreCase: true),
            Nonlinearity = Enum.Parse<TorchNonlinearity>(value.Nonlinearity, ignoreCase: true),
            Activations = [.. value.Activations.Select(Activation.Parse)],
        });
        float[] output = new float[value.Outputs.Length];
        using RnnSession session = model.CreateSession();
        session.Run([.. value.Inputs.Select(number => (float)number)], output);
        Closeness.AssertWithin(Tolerance, value.Outputs, output, name);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Import_WhatIsNotSupported_IsRefusedByName(string message, string[] tensors, string activation)
    {
        byte[] file = SafetensorsBytes.Write(tensors.Select(text =>
        {
            string[] parts = text.Split(' ');
            long[] shape = [.. parts[1..].Select(long.Parse)];
            return (parts[0], shape, new float[shape.Aggregate((product, size) => product * size)]);
        }));
        TorchImportOptions options = new() { Head = TorchHead.Last, Activations = activation.Length == 0 ? [] : [Activation.Parse(activation)] };
        Assert.Contains(message, Assert.Throws<ModelImportException>(() => Import(file, options)).Message);
    }

    [Fact]
    public void Import_BidirectionalWithoutHead_IsRefusedNamingBothMeanings()
    {
        byte[] file = SafetensorsBytes.Write(
        [
            ("weight_ih_l0", [6, 3], new float[18]), ("weight_hh_l0", [6, 2], new float[12]),
            ("weight_ih_l0_reverse", [6, 3], new float[18]), ("weight_hh_l0_reverse", [6, 2], new float[12]),
        ]);

        string message = Assert.Throws<ModelImportException>(() => Import(file)).Message;

        Assert.Contains("say --head last (the final state h_n of both directions), laststep (output[:, -1]) or sequence", message);
        Assert.Single(Import(file, new TorchImportOptions { Head = TorchHead.Last }).Architecture.Layers);
        Assert.Equal(2, Import(file, new TorchImportOptions { Head = TorchHead.LastStep }).Architecture.Layers.Count);
    }

    [Theory]
    [InlineData("model.pt")]
    [InlineData("model.PTH")]
    [InlineData("pytorch_model.bin")]
    public void Import_Pickle_IsRefusedWithoutBeingOpened(string path)
        => Assert.Equal(
            $"{path} is a PyTorch pickle, which can run any code: save the weights with safetensors.torch.save_file instead.",
            Assert.Throws<ModelImportException>(() => ModelImporter.Import(path)).Message);

    [Fact]
    public void Import_NonlinearityOfAGru_IsRefused()
    {
        byte[] file = SafetensorsBytes.Write([("weight_ih_l0", [6, 3], new float[18]), ("weight_hh_l0", [6, 2], new float[12])]);
        Assert.Contains(
            "which has no nonlinearity to choose",
            Assert.Throws<ModelImportException>(() => Import(file, new TorchImportOptions { Nonlinearity = TorchNonlinearity.Relu })).Message);
    }

    internal static RnnModel Import(byte[] file, TorchImportOptions? options = null)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(path, file);
            return SafetensorsImporter.Import(path, options ?? new TorchImportOptions());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
