using System.Buffers.Binary;

namespace NativeRnn.Tests.Format;

/// <summary>
/// Files made to do harm, their checksum right. Whatever the bytes say, the answer is a model or a
/// <see cref="ModelFormatException"/>, and the memory taken stays within what FORMAT.md promises.
/// </summary>
public sealed class ModelHostileTests
{
    /// <summary>
    /// What a file may take besides twice its size, at the most; those with few inputs and layers stay below a quarter of it.
    /// </summary>
    private const long LargestConstantAllowance = 4 << 20;

    // Weights, samples, statistics and letters may be anything, and one of the six values is often what stood there. A quantised file has fewer
    // bytes of weights, and of int8's scales a part of the bytes is bound.
    [Theory]
    [InlineData(WeightType.Float32, 1000, 2000)]
    [InlineData(WeightType.BFloat16, 1000, 2000)]
    [InlineData(WeightType.Int8, 1000, 2000)]
    public void Parse_EveryByteReplaced_IsRefusedOrIsTheOneFileOfWhatItSays(WeightType type, int fewest, int most)
    {
        byte[] original = SampleModels.ForecasterOf(type).ToBytes();
        int accepted = 0;
        for (int at = 0; at < original.Length - 4; at++)
        {
            foreach (byte value in (byte[])[0x00, 0x01, 0x02, 0x7F, 0x80, 0xFF])
            {
                byte[] file = [.. original];
                file[at] = value;
                accepted += ParseWithinBounds(ModelBytes.WithChecksum(file)) ? 1 : 0;
            }
        }

        Assert.InRange(accepted, fewest, most);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(64)]
    public void Parse_AllBitsSetAnywhere_IsRefusedOrAcceptedWithinBounds(int count)
    {
        byte[] original = SampleModels.Forecaster.ToBytes();
        for (int at = 0; at + count <= original.Length - 4; at++)
        {
            byte[] file = [.. original];
            file.AsSpan(at, count).Fill(0xFF);
            ParseWithinBounds(ModelBytes.WithChecksum(file));
        }
    }

    /// <summary>
    /// A number of 2, 4 or 8 bytes stands at every offset of what describes the model, so that every field of every kind of layer, table, recipe
    /// and vocabulary is once at each of these values.
    /// </summary>
    [Fact]
    public void Parse_EveryFieldAtItsExtremes_IsRefusedOrAcceptedWithinBounds()
    {
        long[] extremes = [0, 1, -1, int.MaxValue, long.MinValue, Architecture.MaxSize, Architecture.MaxSize + 1];
        int accepted = 0, refused = 0;
        byte[] number = new byte[sizeof(long)];
        foreach (byte[] original in Originals())
        {
            int described = Described(original);
            foreach (long extreme in extremes)
            {
                BinaryPrimitives.WriteInt64LittleEndian(number, extreme);
                foreach (int length in (int[])[2, 4, 8])
                {
                    for (int at = 8; at + length <= described; at++)
                    {
                        byte[] file = [.. original];
                        number.AsSpan(0, length).CopyTo(file.AsSpan(at));
                        if (ParseWithinBounds(ModelBytes.WithChecksum(file)))
                            accepted++;
                        else
                            refused++;
                    }
                }
            }
        }

        Assert.True(accepted > 100 && refused > 10_000, $"{accepted} accepted, {refused} refused");
    }

    /// <summary>A length that is not the file's own is refused at once; here header and checksum say that the file ends where it does.</summary>
    [Fact]
    public void Parse_EndingAtEveryLength_IsRefused()
    {
        foreach (byte[] original in Originals())
        {
            for (int length = 36; length < original.Length; length++)
            {
                byte[] file = original[..length];
                BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(8), length);
                Assert.False(ParseWithinBounds(ModelBytes.WithChecksum(file)), $"{length} of {original.Length} bytes");
            }
        }
    }

    [Fact]
    public void Parse_RandomBytesReplaced_IsRefusedOrAcceptedWithinBounds()
    {
        Random random = new(20);
        byte[][] originals = [.. Originals()];
        for (int run = 0; run < 20_000; run++)
        {
            byte[] file = [.. originals[run % originals.Length]];
            // Where the table, the architecture and the recipe are; the tensors accept anything.
            int described = Described(file);
            for (int i = random.Next(1, 4); i > 0; i--)
                file[random.Next(16, described)] = (byte)random.Next(256);
            ParseWithinBounds(ModelBytes.WithChecksum(file));
        }
    }

    /// <summary>As much architecture as fits in the least file: nothing but the largest number of the largest records.</summary>
    [Fact]
    public void Parse_MostLayersInTheSmallestFile_TakesBoundedMemory()
    {
        Bidirectional layer = new(new OutputRecurrentRnn(1, 1) { ReturnSequences = true }) { Merge = Merge.Sum };
        byte[] file = SampleModels.WithRandomWeights(new Architecture(1, Enumerable.Repeat<Layer>(layer, 256))).ToBytes();

        Assert.True(ParseWithinBounds(file, LargestConstantAllowance));

        int table = 24 * UInt32At(file, 24);
        byte[] withoutTensors = [.. file[..32], .. file.AsSpan(32 + table, UInt32At(file, 16)), 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(withoutTensors.AsSpan(24), 0);
        BinaryPrimitives.WriteInt64LittleEndian(withoutTensors.AsSpan(8), withoutTensors.Length);
        Assert.False(ParseWithinBounds(ModelBytes.WithChecksum(withoutTensors), LargestConstantAllowance));
    }

    [Fact]
    public void Parse_SizesOfALargeModelInASmallFile_IsRefusedBeforeAnythingIsAllocated()
    {
        // 65,536 inputs and 1,300 units: 2.6e8 weights, just under the limit, of which the file holds none.
        byte[] file = ModelBytes.Edited(SampleModels.Forecaster.ToBytes(), "200:00000100 212:14050000 36:3C0F0000 40:00000100");

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => RnnModel.Parse(file));

        Assert.Contains(
            "[3900, 65536] ends at byte 1022362048, but the file's contents at 836", exception.Message, StringComparison.Ordinal);
        Assert.False(ParseWithinBounds(file));
    }

    [Fact]
    public void Parse_LargestRecipe_TakesBoundedMemory()
    {
        // Names of one and two characters: the most objects for their bytes.
        const int InputCount = 2100;
        ForecastRecipe recipe = SampleModels.Forecaster.Recipe! with
        {
            Inputs =
            [
                .. Enumerable.Range(0, InputCount)
                    .Select(i => $"{(char)('a' + i % 26)}{i / 26}")
                    .Select(name => new RecipeInput(name, $"[{name}]", 0, 1)),
            ],
        };
        RnnModel model = SampleModels.WithRandomWeights(new Architecture(InputCount, [new Gru(1), new Dense(1)])).WithRecipe(recipe);

        Assert.True(ParseWithinBounds(model.ToBytes(), LargestConstantAllowance));
    }

    [Theory]
    [InlineData(1, WeightType.Float32)]
    [InlineData(65_536, WeightType.Float32)]
    [InlineData(65_536, WeightType.BFloat16)]
    [InlineData(65_536, WeightType.Int8)]
    public void Parse_HonestModel_TakesTheWeightsOnce(int units, WeightType type)
    {
        Dictionary<string, float[]> weights = new() { ["dense.kernel"] = new float[8 * units], ["dense.bias"] = new float[units] };
        const int Steps = 4;
        byte[] file = new RnnModel(new Architecture(8, [new Dense(units)]), weights)
            .WithSelfTest(new SelfTest(new float[Steps * 8], new float[Steps * units])).Quantize(type).ToBytes();

        Assert.InRange(Allocated.By(() => RnnModel.Parse(file)), 1, file.Length + 16_384);
    }

    [Fact]
    public void ToBytes_RecipeBeyondTheLimits_IsRefused()
    {
        ForecastRecipe recipe = SampleModels.Forecaster.Recipe!;

        InvalidOperationException name = Assert.Throws<InvalidOperationException>(
            () => SampleModels.Forecaster.WithRecipe(recipe with { TimeColumn = new string('t', 65_536) }).ToBytes());
        InvalidOperationException whole = Assert.Throws<InvalidOperationException>(
            () => SampleModels.Forecaster.WithRecipe(recipe with { TimeColumn = new string('t', 65_500) }).ToBytes());
        InvalidOperationException surrogate = Assert.Throws<InvalidOperationException>(
            () => SampleModels.Forecaster.WithRecipe(recipe with { Unit = "\uD800" }).ToBytes());

        Assert.Equal("The recipe's time column has 65536 bytes in UTF-8, but a file holds 65535 at most.", name.Message);
        Assert.Equal("The recipe takes 65630 bytes, but a file holds 65536 at most.", whole.Message);
        Assert.Equal("The recipe's unit is not valid Unicode and cannot be written.", surrogate.Message);
    }

    [Fact]
    public void Parse_RecipeOfTheLargestLength_IsRead()
    {
        ForecastRecipe recipe = SampleModels.Forecaster.Recipe! with { TimeColumn = new string('t', 65_500 - 94) };
        RnnModel model = SampleModels.Forecaster.WithRecipe(recipe);

        Assert.Equal(model.Recipe!.TimeColumn, RnnModel.Parse(model.ToBytes()).Recipe!.TimeColumn);
    }

    private static IEnumerable<byte[]> Originals() =>
    [
        .. Enum.GetValues<WeightType>().Select(type => SampleModels.ForecasterOf(type).ToBytes()),
        SampleModels.WithRandomWeights(new Architecture(1, [new Embedding(2, 1), new Dense(2)])).WithVocabulary(new Vocabulary(TokenKind.Characters, ["a", "b"])).ToBytes(),
        .. SampleModels.Variants.Values.Select(architecture => SampleModels.WithRandomWeights(architecture).ToBytes()),
    ];

    /// <summary>Where the table, the architecture and the recipe end.</summary>
    private static int Described(byte[] file) => 32 + 24 * UInt32At(file, 24) + UInt32At(file, 16) + UInt32At(file, 20);

    private static int UInt32At(byte[] file, int offset) => (int)BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(offset));

    private static bool ParseWithinBounds(byte[] file, long constantAllowance = 1 << 20)
    {
        RnnModel? model = null;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            model = RnnModel.Parse(file);
        }
        catch (ModelFormatException)
        {
            // The other of the two right answers.
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, 2L * file.Length + constantAllowance);
        if (model is not null)
            Assert.Equal(file, model.ToBytes());
        return model is not null;
    }
}
