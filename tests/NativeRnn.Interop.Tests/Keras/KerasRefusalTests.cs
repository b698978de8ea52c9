using System.Text;
using System.Text.Json.Nodes;

namespace NativeRnn.Interop.Tests.Keras;

/// <summary>What is not supported is refused by the name of the layer and the setting; damaged files never do anything else.</summary>
public sealed class KerasRefusalTests
{
    /// <summary>
    /// The HDF5 library makes room for a length it reads, at most one array of 2 GiB of untouched pages, before it finds the file too short.
    /// </summary>
    private const long LargestAllocation = int.MaxValue + (64L << 20);

    private static readonly KerasModels Keras = new(seed: 1);

    public static TheoryData<string, string> Settings => new()
    {
        { """{"return_state": true}""", "layer 'rnn' (GRU): return_state=True" },
        { """{"time_major": true}""", "layer 'rnn' (GRU): time_major=True" },
        { """{"activation": "swish"}""", "layer 'rnn' (GRU): activation: the activation 'swish'" },
        { """{"recurrent_activation": {"class_name": "MyFunction", "config": {"name": "f"}}}""", "MyFunction is not an activation" },
        { """{"activation": "softmax"}""", "cannot be softmax" },
        { """{"dtype": "float16"}""", "layer 'rnn' (GRU) computes in 'float16'" },
        { """{"dtype": {"class_name": "DTypePolicy", "config": {"name": "mixed_bfloat16"}}}""", "computes in 'mixed_bfloat16'" },
        { """{"dtype": {"class_name": "QuantizedDTypePolicy", "config": {"name": "int8"}}}""", "dtype policy of class QuantizedDTypePolicy" },
        { """{"units": 5}""", "layer 'rnn' (GRU): kernel has shape [2, 9]; expected [2, 15]" },
        { """{"units": 1000000000000}""", "'units' is 1000000000000; expected a whole number between 1 and 65536" },
        { """{"units": "3"}""", "expected a whole number" },
        { """{"reset_after": false}""", "bias has shape [2, 9]; expected [9]" },
        { """{"use_bias": false}""", "the file has weights 'bias' [2, 9]" },
        { """{"new_setting": 2}""", "the setting 'new_setting' = 2 is not supported" },
        { """{"return_sequences": "yes"}""", "'return_sequences' is \"yes\"; expected true or false" },
    };

    public static TheoryData<string, string, string> Layers => new()
    {
        { "Masking", """{"mask_value": 0.0}""", "layer 'odd' (Masking) is not supported: steps are not skipped" },
        { "Embedding", """{"input_dim": 4}""", "layer 'odd' (Embedding) is supported as the first layer, behind an input of the shape [batch, steps]" },
        { "CuDNNGRU", "{}", "copy its weights to a GRU" },
        { "Sequential", "{}", "a model within a model" },
        { "Conv1D", """{"filters": 4}""", "layer 'odd' (Conv1D) is not supported" },
        { "Flatten", "{}", "joins the steps of a sequence" },
        { "ReLU", """{"max_value": 6.0}""", "a ReLU with max_value" },
        { "Softmax", """{"axis": 1}""", "a softmax over axis 1" },
        { "Activation", """{"activation": "mish"}""", "the activation 'mish'" },
        { "TimeDistributed", """{"layer": {"class_name": "Conv1D", "config": {"name": "c"}}}""", "around a Conv1D" },
        { "Bidirectional", """{"merge_mode": null, "layer": {"class_name": "GRU", "config": {"name": "c"}}}""", "merge_mode None gives two outputs" },
        { "Bidirectional", """{"merge_mode": "max", "layer": {"class_name": "GRU", "config": {"name": "c"}}}""", "merge_mode 'max'" },
        { "Bidirectional", """{"layer": {"class_name": "RNN", "config": {"name": "c"}}}""", "around a RNN" },
        { "InputLayer", """{"ragged": true}""", "ragged=True" },
        { "InputLayer", """{"batch_shape": [null, null, 2, 2]}""", "expected [batch, steps, features]" },
        { "InputLayer", """{"batch_shape": [null, null, 3]}""", "elsewhere it has 2 features" },
    };

    public static TheoryData<string, string> Configs => new()
    {
        { "not json", "the model_config is not JSON" },
        { """{"class_name": "Sequential", "class_name": "Functional"}""", "not JSON" },
        { "[]", "the model lacks 'class_name'" },
        { """{"class_name": "MyModel", "config": {}}""", "the model is of class MyModel" },
        { """{"class_name": "Sequential", "config": {"layers": 3}}""", "'layers' is 3; expected a list" },
        { """{"class_name": "Sequential", "config": {"layers": [{"class_name": "GRU", "config": 4}]}}""", "'config' is 4; expected an object" },
        { """{"class_name": "Sequential", "config": {"layers": []}}""", "no layer with weights" },
        { """{"class_name": "Sequential", "config": {"layers": [{"class_name": "GRU", "module": "my.layers", "config": {"name": "g"}}]}}""", "a class of its own" },
        { """{"class_name": "Sequential", "config": {"layers": [{"class_name": "GRU", "registered_name": "My>GRU", "config": {"name": "g"}}]}}""", "a class of its own (My>GRU)" },
        { Chain("""["a", 0, 0], ["b", 0, 0]""", """["c", 0, 0]"""), "exactly one is supported" },
        { Chain("""["a", 0, 0]""", """["missing", 0, 0]"""), "'missing' is missing or comes twice" },
        { Chain("""["a", 0, 0]""", """["c", 0, 1]"""), "exactly one is supported" },
        { Chain("""["a", 0, 0]""", """["circle", 0, 0]"""), "'circle' is missing or comes twice" },
        { Chain("""["a", 0, 0]""", """["twice", 0, 0]"""), "applied 2 times" },
        { Chain("""["a", 0, 0]""", """["two", 0, 0]"""), "has 2 inputs" },
        { Chain("""["a", 0, 0]""", """["called", 0, 0]"""), "is called with training = true" },
        { Chain("""["a", 0, 0]""", """["c", 0, 0]"""), "is not on the one chain" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Import_SettingOfALayer_IsRefused(string settings, string message)
    {
        KerasTestLayer layer = Keras.Recurrent("GRU", "rnn", 2, 3);
        foreach ((string name, JsonNode? value) in JsonNode.Parse(settings)!.AsObject())
            layer.Config[name] = value?.DeepClone();
        Refuses(message, KerasFile.Archive([KerasModels.Input(2), layer]));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Import_Layer_IsRefused(string className, string config, string message)
        => Refuses(message, KerasFile.Archive([KerasModels.Input(2), KerasModels.Plain(className, "odd", JsonNode.Parse(config)!.AsObject()), Keras.Recurrent("GRU", "rnn", 2, 3)]));

    [Fact]
    public void Import_InputOfSymbols_NeedsAnEmbeddingWithoutMask()
    {
        KerasTestLayer embedding = Keras.Embedding("e", 4, 2);
        embedding.Config["mask_zero"] = true;
        Refuses("layer 'e' (Embedding): mask_zero=True is not supported: steps are not skipped", KerasFile.Archive([KerasModels.Symbols(), embedding, Keras.Recurrent("GRU", "rnn", 2, 3)]));
        Refuses("layer 'rnn' (GRU): the input's shape is [batch, steps]", KerasFile.Archive([KerasModels.Symbols(), Keras.Recurrent("GRU", "rnn", 2, 3)]));
    }

    [Theory]
    [MemberData(nameof(Configs))]
    public void Import_ModelConfig_IsRefused(string config, string message)
        => Refuses(message, KerasFile.Hdf5([], config, "2.10.0"));

    [Theory]
    [InlineData(null, "does not say which version of Keras wrote it")]
    [InlineData("1.2.2", "only files of Keras 2 and 3")]
    [InlineData("newest", "is not a version")]
    public void Import_Version_IsRefused(string? version, string message)
        => Refuses(message, KerasFile.Hdf5([Keras.Recurrent("GRU", "rnn", 2, 3)], version));

    [Fact]
    public void Import_WeightsOnly_IsRefusedWithAdvice()
        => Refuses("save the whole model", KerasFile.Hdf5([Keras.Recurrent("GRU", "rnn", 2, 3)], modelConfig: null, "2.10.0"));

    [Fact]
    public void Import_SilentConfigOfUnclearVersion_IsRefused()
    {
        KerasTestLayer layer = Keras.Recurrent("GRU", "rnn", 2, 3);
        layer.Config.Remove("recurrent_activation");
        Refuses("lacks 'recurrent_activation', and Keras 2.2.4-tf does not tell", KerasFile.Hdf5([KerasModels.Input(2), layer], "2.2.4-tf"));
    }

    [Fact]
    public void Import_MissingOrUnknownWeights_AreRefusedByName()
    {
        KerasTestLayer missing = Keras.Recurrent("LSTM", "rnn", 2, 3);
        missing.Weights.Remove("recurrent_kernel");
        Refuses("layer 'rnn' (LSTM): the file lacks its recurrent_kernel", KerasFile.Archive([missing]));

        KerasTestLayer unknown = Keras.Recurrent("LSTM", "rnn", 2, 3);
        unknown.Weights["extra/scale"] = new KerasArray([1], 1);
        Refuses("the file has weights 'extra/scale' [1]", KerasFile.Archive([unknown]));
    }

    [Fact]
    public void Import_SavedState_MustBeZero()
    {
        KerasTestLayer layer = Keras.Recurrent("GRU", "rnn", 2, 3, new() { ["stateful"] = true });
        layer.Weights["vars/0"] = new KerasArray(new float[3], 1, 3);
        Assert.Equal(2, KerasAgreementTests.Import(KerasFile.Archive([layer])).Architecture.InputSize);
        layer.Weights["vars/0"] = new KerasArray([0, 1, 0], 1, 3);
        Refuses("was saved in a state other than zero", KerasFile.Archive([layer]));
    }

    [Fact]
    public void Import_OtherBytes_AreRefused()
    {
        Refuses("neither a .keras archive nor an HDF5 file", []);
        Refuses("neither a .keras archive nor an HDF5 file", Encoding.UTF8.GetBytes("model: gru"));
        Refuses("the zip archive is damaged", Encoding.UTF8.GetBytes("PK and no more"));
        Refuses("the archive has no metadata.json", KerasFile.Zip(("config.json", [])));
        Refuses("model.weights.h5 says it unpacks", KerasFile.Zip(
            ("metadata.json", """{"keras_version": "3.6.0"}"""u8.ToArray()),
            ("config.json", """{"class_name": "Sequential", "config": {"layers": []}}"""u8.ToArray()),
            ("model.weights.h5", new byte[100 << 20])));
    }

    /// <summary>
    /// A file whose weights link to those of another file, by its full path. The writer knows links within a file only, so one of these is
    /// turned into the other: link type 64 for 1, and as value a zero byte and two texts that end in one.
    /// </summary>
    [Fact]
    public void Import_LinkToAnotherFile_IsRefused()
    {
        KerasTestLayer[] layers = [KerasModels.Input(2), Keras.Recurrent("GRU", "rnn", 2, 3)];
        string other = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(other, KerasFile.Hdf5(layers));
        try
        {
            string link = $"|{other}|/model_weights/rnn|";
            byte[] file = KerasFile.Hdf5WithLink(layers, "rnn", link);
            Refuses("damaged or not supported", file);

            int value = file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(link));
            // Before the value: type, character set, length of the name (4 bytes), name, length of the value (2 bytes).
            int type = value - 2 - "rnn".Length - 4 - 2;
            Assert.Equal(1, file[type]);
            file[type] = 64;
            foreach (ref byte character in file.AsSpan(value, link.Length))
                character = character == '|' ? (byte)0 : character;

            Refuses("the HDF5 data link to another file, which is not supported", file);
        }
        finally
        {
            File.Delete(other);
        }
    }

    [Fact]
    public void Import_AFolder_IsRefusedWithAdvice()
        => Assert.Contains("a SavedModel is not supported", Assert.Throws<ModelImportException>(() => NativeRnn.Interop.Keras.KerasImporter.Import(Path.GetTempPath())).Message);

    /// <summary>Every truncation and random damage: an import or a refusal, within bounds of memory.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Import_DamagedFile_IsReadOrRefused(bool isArchive)
    {
        KerasTestLayer[] layers = [KerasModels.Input(2), Keras.Recurrent("GRU", "rnn", 2, 3), Keras.Dense("dense", 3, 1)];
        byte[] file = isArchive ? KerasFile.Archive(layers) : KerasFile.Hdf5(layers);
        Random random = new(5);
        int refused = 0;
        for (int trial = 0; trial < 400; trial++)
        {
            byte[] damaged = trial % 4 == 0 ? file[..random.Next(file.Length)] : [.. file];
            for (int flips = trial % 4; flips > 0; flips--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                KerasAgreementTests.Import(damaged);
            }
            catch (ModelImportException)
            {
                refused++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < LargestAllocation, $"trial {trial}: {allocated} bytes allocated");
        }

        Assert.True(refused > 100, $"only {refused} of 400 were refused");
    }

    /// <summary>A functional model of Keras 2: a -> b -> c and some ends that are wrong.</summary>
    private static string Chain(string inputs, string output) => $$"""
        {"class_name": "Functional", "config": {"input_layers": [{{inputs}}], "output_layers": [{{output}}], "layers": [
          {"class_name": "InputLayer", "name": "a", "config": {"name": "a"}, "inbound_nodes": []},
          {"class_name": "Dropout", "name": "b", "config": {"name": "b"}, "inbound_nodes": [[["a", 0, 0, {}]]]},
          {"class_name": "Dropout", "name": "c", "config": {"name": "c"}, "inbound_nodes": [[["b", 0, 0, {}]]]},
          {"class_name": "Dropout", "name": "circle", "config": {"name": "circle"}, "inbound_nodes": [[["circle", 0, 0, {}]]]},
          {"class_name": "Dropout", "name": "twice", "config": {"name": "twice"}, "inbound_nodes": [[["a", 0, 0, {}]], [["b", 0, 0, {}]]]},
          {"class_name": "Add", "name": "two", "config": {"name": "two"}, "inbound_nodes": [[["a", 0, 0, {}], ["b", 0, 0, {}]]]},
          {"class_name": "Dropout", "name": "called", "config": {"name": "called"}, "inbound_nodes": [[["a", 0, 0, {"training": true}]]]}
        ] } }
        """;

    private static void Refuses(string message, byte[] file)
        => Assert.Contains(message, Assert.Throws<ModelImportException>(() => KerasAgreementTests.Import(file)).Message);
}
