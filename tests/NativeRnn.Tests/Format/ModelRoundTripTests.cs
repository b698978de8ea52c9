using System.Reflection;
using System.Runtime.InteropServices;

namespace NativeRnn.Tests.Format;

public sealed class ModelRoundTripTests
{
    public static TheoryData<string> VariantNames => [.. SampleModels.Variants.Keys];

    [Theory]
    [MemberData(nameof(VariantNames))]
    public void Parse_BytesOfEachVariant_GivesLayersAndWeightsBitForBit(string variant)
    {
        RnnModel model = SampleModels.WithRandomWeights(SampleModels.Variants[variant]);

        AssertSameAfterRoundTrip(model);
    }

    [Theory]
    [MemberData(nameof(VariantNames))]
    public void Parse_BytesOfEachVariantWithSelfTest_GivesTheSelfTest(string variant)
    {
        Architecture architecture = SampleModels.Variants[variant];
        const int Steps = 3;
        int outputs = (architecture.ReturnsSequence ? Steps : 1) * architecture.OutputSize;
        float[] input = [.. Enumerable.Range(0, Steps * architecture.InputSize).Select(i => i / 7f)];
        float[] output = [.. Enumerable.Range(0, outputs).Select(i => i - 0.3f)];
        RnnModel model = SampleModels.WithRandomWeights(architecture).WithSelfTest(new SelfTest(input, output));

        RnnModel read = AssertSameAfterRoundTrip(model);

        Assert.NotNull(read.SelfTest);
        Assert.Equal(input, read.SelfTest.Input.ToArray());
        Assert.Equal(output, read.SelfTest.Output.ToArray());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(-9999.0)]
    public void Parse_BytesWithRecipe_GivesTheRecipe(double? missingValue)
    {
        RnnModel model = SampleModels.Forecaster.WithRecipe(SampleModels.Forecaster.Recipe! with { MissingValue = missingValue });

        RnnModel read = AssertSameAfterRoundTrip(model);

        Assert.NotNull(read.Recipe);
        Assert.Equal(model.Recipe!.Inputs, read.Recipe.Inputs);
        Assert.Equal(model.Recipe with { Inputs = read.Recipe.Inputs }, read.Recipe);
    }

    [Fact]
    public void Parse_BytesOfAllActivations_GivesTheSameActivations()
    {
        Activation[] activations =
        [
            .. Enum.GetValues<ActivationKind>()
                .Where(kind => kind is not (ActivationKind.LeakyRelu or ActivationKind.Elu))
                .Select(kind => new Activation(kind)),
            Activation.HardSigmoid(0.3f, -0.6f), Activation.ScaledTanh(1.5f, 0.7f), Activation.Affine(-2, 3), Activation.ThresholdedRelu(1),
            Activation.LeakyRelu(0.2f), Activation.LeakyRelu(float.Epsilon), Activation.Elu(), Activation.Elu(-3.5f),
        ];
        Architecture architecture = new(2, activations.Select(activation => new Dense(2) { Activation = activation }));

        AssertSameAfterRoundTrip(SampleModels.WithRandomWeights(architecture));
    }

    /// <summary>Finds out the setting that someone adds to a layer and forgets in the file.</summary>
    [Fact]
    public void Parse_EachSettingOfEachLayerChangedAlone_GivesTheChange()
    {
        Layer[] defaults =
        [
            new SimpleRnn(2), new OutputRecurrentRnn(2, 2), new Gru(2), new Lstm(2), new Bidirectional(new Gru(2)),
            new Dense(2), new Dropout(0), new Reverse(), new LastStep(), new Embedding(2, 2),
        ];
        IEnumerable<Type> kinds = typeof(Layer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract);
        Assert.Equal(
            kinds.Select(type => type.Name).Order(),
            defaults.Select(layer => layer.GetType().Name).Order());

        int settings = 0;
        foreach (Layer layer in defaults)
        {
            foreach (PropertyInfo property in layer.GetType().GetProperties().Where(property => property.CanWrite))
            {
                // A copy through the record's copy constructor, which "with" calls too.
                var changed = (Layer)layer.GetType().GetMethod("<Clone>$")!.Invoke(layer, null)!;
                property.SetValue(changed, OtherValue(property.PropertyType));
                Assert.NotEqual(layer, changed);

                AssertSameAfterRoundTrip(SampleModels.WithRandomWeights(new Architecture(2, [changed])));
                settings++;
            }
        }

        Assert.True(settings >= 22, $"only {settings} settings were tried");

        static object OtherValue(Type type)
            => type == typeof(bool) ? true
                : type == typeof(float) ? 0.125f
                : type == typeof(Activation) ? Activation.Elu(0.5f)
                : type == typeof(Merge) ? Merge.Average
                : throw new InvalidOperationException($"Say what another {type} is.");
    }

    [Fact]
    public void Parse_WeightsThatAreNoNumbers_KeepsTheirBits()
    {
        uint[] bits = [0x7FC12345, 0x7F812345, 0xFFC00001, 0x80000000, 0x00000001, 0x7F800000, 0xFF800000, 0x807FFFFF];
        float[] kernel = MemoryMarshal.Cast<uint, float>(bits).ToArray();
        RnnModel model = new(
            new Architecture(8, [new Dense(1)]),
            new Dictionary<string, float[]> { ["dense.kernel"] = kernel, ["dense.bias"] = [float.NaN] });

        var read = RnnModel.Parse(model.ToBytes());

        Assert.Equal(bits, MemoryMarshal.Cast<float, uint>(read.Weights("dense.kernel")).ToArray());
    }

    [Fact]
    public void Parse_PlainAndComposedExpressions_GivesBoth()
    {
        ForecastRecipe recipe = SampleModels.Forecaster.Recipe! with
        {
            Inputs = [new RecipeInput("wind", "[wind]", 1, 2), new RecipeInput("temp", "[wind]", 3, 4)],
        };

        var read = RnnModel.Parse(SampleModels.Forecaster.WithRecipe(recipe).ToBytes());

        Assert.Equal(recipe.Inputs, read.Recipe!.Inputs);
    }

    [Fact]
    public void Parse_Bytes_GivesAModelThatDoesNotSeeLaterChangesOfThem()
    {
        byte[] bytes = SampleModels.Line.ToBytes();
        var read = RnnModel.Parse(bytes);

        bytes.AsSpan().Clear();

        Assert.Equal(2, read.Weights("dense.kernel")[0]);
    }

    [Fact]
    public void ToBytes_GruOf32On14InputsWithRecipe_TakesAtMost1536BytesMoreThanItsWeights()
    {
        string[] columns =
        [
            "p (mbar)", "T (degC)", "Tpot (K)", "Tdew (degC)", "rh (%)", "VPmax (mbar)", "VPact (mbar)", "VPdef (mbar)", "sh (g/kg)",
            "H2OC (mmol/mol)", "rho (g/m**3)", "wv (m/s)", "max. wv (m/s)", "wd (deg)",
        ];
        RnnModel model = SampleModels.WithRandomWeights(new Architecture(14, [new Gru(32), new Dense(1)])).WithRecipe(new ForecastRecipe
        {
            TimeColumn = "Date Time",
            Target = "T (degC)",
            TargetMean = 9.4501,
            TargetDeviation = 8.4234,
            Unit = "°C",
            Window = 240,
            Horizon = 24,
            SamplingInterval = TimeSpan.FromHours(1),
            Inputs = [.. columns.Select((name, i) => new RecipeInput(name, $"[{name}]", 1.5 * i, 0.5 + i))],
        });

        long overhead = model.ToBytes().Length - 4 * model.Architecture.ParameterCount;

        Assert.InRange(overhead, 1, 1536);
    }

    private static RnnModel AssertSameAfterRoundTrip(RnnModel model)
    {
        byte[] bytes = model.ToBytes();
        var read = RnnModel.Parse(bytes);

        Assert.Equal(model.Architecture.InputSize, read.Architecture.InputSize);
        Assert.Equal(model.Architecture.Layers.Select(layer => layer.Layer), read.Architecture.Layers.Select(layer => layer.Layer));
        foreach (ParameterShape shape in model.Architecture.Parameters)
        {
            Assert.Equal(
                MemoryMarshal.Cast<float, int>(model.Weights(shape.Name)).ToArray(),
                MemoryMarshal.Cast<float, int>(read.Weights(shape.Name)).ToArray());
        }

        Assert.Equal(model.Recipe is null, read.Recipe is null);
        Assert.Equal(model.SelfTest is null, read.SelfTest is null);
        Assert.Equal(bytes, read.ToBytes());
        return read;
    }
}
