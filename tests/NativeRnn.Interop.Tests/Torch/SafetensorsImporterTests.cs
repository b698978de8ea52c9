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
        { "'a' [2, 2], 'b' [2, 2] do not tell their order: say --modules a,b, in the order", ["a.weight_ih_l0 6 2", "a.weight_hh_l0 6 2", "b.weight_ih_l0 6 2", "b.weight_hh_l0 6 2"], "" },
        { "no order of the modules 'a' [2, 3], 'b' [2, 4] fits together", ["a.weight_ih_l0 6 3", "a.weight_hh_l0 6 2", "b.weight_ih_l0 6 4", "b.weight_hh_l0 6 2"], "" },
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
        { "do not tell their order", ["r.weight_ih_l0 6 2", "r.weight_hh_l0 6 2", "emb.weight 2 2"], "" },
        { "too large for an embedding", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "emb.weight 70000 3"], "" },
        { "'f.bias' [3] does not fit 'f.weight' [2, 2]; expected [2]", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "f.weight 2 2", "f.bias 3"], "" },
        { "no order of the modules", ["r.weight_ih_l0 6 3", "r.weight_hh_l0 6 2", "f.weight 2 5", "f.bias 2"], "" },
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

    /// <summary>
    /// Embedding, two recurrent modules, a linear layer between them and one behind: the same as each module imported alone, one behind the
    /// other, whether their sizes or names tell the order.
    /// </summary>
    [Theory]
    [InlineData(3, false)]
    [InlineData(5, false)]
    [InlineData(4, true)]
    public void Import_SeveralModules_AreAppliedInOrder(int middle, bool isNamed)
    {
        Random random = new(middle);
        List<(string Name, long[] Shape, float[] Values)> tensors =
        [
            Draw("fc.weight", 2, 6), Draw("fc.bias", 2), Draw("emb.weight", 9, 3),
            Draw("second.weight_ih_l0", 9, middle), Draw("second.weight_hh_l0", 9, 3), Draw("second.weight_ih_l0_reverse", 9, middle), Draw("second.weight_hh_l0_reverse", 9, 3),
            Draw("first.weight_ih_l0", 16, 3), Draw("first.weight_hh_l0", 16, 4), Draw("first.bias_ih_l0", 16), Draw("first.bias_hh_l0", 16),
            Draw("mid.weight", middle, 4),
        ];
        TorchImportOptions options = new() { Head = TorchHead.Last, Modules = isNamed ? ["emb", "first", "mid", "second", "fc"] : [] };

        RnnModel model = Import(SafetensorsBytes.Write(tensors), options);

        Assert.Equal(["embedding", "lstm", "dense", "bidirectional", "dense"], model.Architecture.Layers.Select(layer => layer.Layer.Kind));
        float[] symbols = [4, 8, 0, 3, 1];
        RnnModel first = Import(SafetensorsBytes.Write([.. tensors[2..3], .. tensors[7..11]]), new TorchImportOptions { Head = TorchHead.Sequence });
        float[] rows = Run(first, symbols, 4);
        float[] between = [.. Enumerable.Range(0, 5).SelectMany(step => Times(tensors[^1].Values, rows[(4 * step)..(4 * step + 4)]))];
        RnnModel second = Import(SafetensorsBytes.Write([.. tensors[..2], .. tensors[3..7]]), new TorchImportOptions { Head = TorchHead.Last });
        Closeness.AssertWithin(Tolerance, [.. Run(second, between, 0).Select(value => (double)value)], Run(model, symbols, 0), "modules");

        (string, long[], float[]) Draw(string name, params long[] shape)
            => (name, shape, [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => (float)(random.NextDouble() - 0.5))]);

        static float[] Run(RnnModel model, float[] input, int sequenceOutputs)
        {
            float[] output = new float[sequenceOutputs > 0 ? 5 * sequenceOutputs : model.Architecture.OutputSize];
            using RnnSession session = model.CreateSession();
            session.Run(input, output);
            return output;
        }

        static IEnumerable<float> Times(float[] matrix, float[] x)
            => Enumerable.Range(0, matrix.Length / x.Length).Select(row => x.Select((value, i) => value * matrix[row * x.Length + i]).Sum());
    }

    [Theory]
    [InlineData("a,b,c", "the file has no module 'c', but 'a', 'b'")]
    [InlineData("a", "the modules a were named, but the file has 'a', 'b': each must be named once")]
    [InlineData("a,a", "each must be named once")]
    public void Import_NamesOfModules_AreChecked(string names, string expected)
    {
        byte[] file = SafetensorsBytes.Write(
        [
            ("a.weight_ih_l0", [6, 2], new float[12]), ("a.weight_hh_l0", [6, 2], new float[12]),
            ("b.weight_ih_l0", [6, 2], new float[12]), ("b.weight_hh_l0", [6, 2], new float[12]),
        ]);

        Assert.Contains(expected, Assert.Throws<ModelImportException>(() => Import(file, new TorchImportOptions { Modules = names.Split(',') })).Message);
        Assert.Equal(2, Import(file, new TorchImportOptions { Modules = ["b", "a"] }).Architecture.Layers.Count);
    }

    /// <summary>nn.GRUCell, whose loop over the steps is what a layer does.</summary>
    [Fact]
    public void Import_Cell_IsALayer()
    {
        (string, long[], float[])[] Tensors(string suffix) =>
        [
            ("c.weight_ih" + suffix, [6, 3], [.. Enumerable.Range(0, 18).Select(i => i / 20f)]),
            ("c.weight_hh" + suffix, [6, 2], [.. Enumerable.Range(0, 12).Select(i => -i / 15f)]),
            ("c.bias_ih" + suffix, [6], [1, 2, 3, 4, 5, 6]), ("c.bias_hh" + suffix, [6], [6, 5, 4, 3, 2, 1]),
        ];

        Assert.Equal(Import(SafetensorsBytes.Write(Tensors("_l0"))).ToBytes(), Import(SafetensorsBytes.Write(Tensors(""))).ToBytes());
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
            "is no nn.RNN, so it has no nonlinearity to choose",
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
