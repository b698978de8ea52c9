namespace NativeRnn.Tests.Models;

/// <summary>The textbook's and Keras's parameter counts, as the model itself says them.</summary>
public sealed class ParameterCountTests
{
    public static TheoryData<Layer, int, long> Counts => new()
    {
        { new SimpleRnn(32), 10, 1_376 },
        { new Gru(32), 10, 4_128 },
        { new Gru(32) { ResetAfter = true }, 10, 4_224 },
        { new Lstm(32), 10, 5_504 },
        { new Lstm(32) { CoupledGates = true }, 10, 4_128 },
        { new Lstm(32) { Peepholes = true }, 10, 5_600 },
        { new Lstm(32) { CoupledGates = true, Peepholes = true }, 10, 4_192 },
        { new Bidirectional(new Gru(32)), 10, 8_256 },
        { new Bidirectional(new Gru(32)) { Merge = Merge.Sum }, 10, 8_256 },
        { new Bidirectional(new SimpleRnn(32), new Gru(32)), 10, 5_504 },
        { new Gru(64), 32, 18_624 },
        { new Gru(64) { ResetAfter = true }, 32, 18_816 },
        { new Dense(1), 32, 33 },
        { new Dense(1), 64, 65 },
        { new OutputRecurrentRnn(32, 2), 10, 482 },
        { new Dropout(0.5f), 10, 0 },
    };

    [Theory]
    [MemberData(nameof(Counts))]
    public void ParameterCount_OfALayer_IsTheTextbooks(Layer layer, int inputSize, long expected)
    {
        Architecture architecture = new(inputSize, [layer]);
        Assert.Equal(expected, architecture.ParameterCount);
        Assert.Equal(expected, architecture.Layers[0].ParameterCount);
        Assert.Equal(expected, architecture.Parameters.Sum(shape => shape.Count));
    }

    [Fact]
    public void Summary_WeatherStack_ShowsLayersShapesAndCounts()
    {
        RnnModel model = Zeros(new ModelBuilder(10)
            .Gru(32, returnSequences: true)
            .Gru(64)
            .Dropout(0.5f)
            .Dense(1)
            .Build());
        string[] lines = [.. model.Summary().Split('\n', StringSplitOptions.RemoveEmptyEntries)];

        AssertRow(lines, "input", "[steps, 10]", "0");
        AssertRow(lines, "gru (", "[steps, 32]", "4,128");
        AssertRow(lines, "gru_1 (", "[64]", "18,624");
        AssertRow(lines, "dropout (", "[64]", "0");
        AssertRow(lines, "dense", "[1]", "65");
        Assert.Contains(lines, line => line.Contains("22,817", StringComparison.Ordinal) && line.Contains("91,268 bytes", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("simple_rnn", "1,376")]
    [InlineData("gru", "4,128")]
    [InlineData("lstm", "5,504")]
    [InlineData("bidirectional", "8,256")]
    public void Summary_OneLayerOf32Units_ShowsTheCount(string kind, string count)
    {
        Layer layer = kind switch
        {
            "simple_rnn" => new SimpleRnn(32),
            "gru" => new Gru(32),
            "lstm" => new Lstm(32),
            _ => new Bidirectional(new Gru(32)),
        };
        string[] lines = [.. Zeros(new Architecture(10, [layer, new Dense(1)])).Summary().Split('\n')];
        AssertRow(lines, kind, kind == "bidirectional" ? "[64]" : "[32]", count);
        AssertRow(lines, "dense", "[1]", kind == "bidirectional" ? "65" : "33");
    }

    [Theory]
    [InlineData("lstm (coupled gates, peepholes)")]
    [InlineData("bidirectional (gru, average, reset after)")]
    [InlineData("simple_rnn (relu)")]
    [InlineData("dense (softmax)")]
    public void Summary_Variant_IsNamed(string title)
    {
        string summary = Zeros(new ModelBuilder(4)
            .Add(new Lstm(3) { CoupledGates = true, Peepholes = true, ReturnSequences = true })
            .Bidirectional(new Gru(3) { ResetAfter = true, ReturnSequences = true }, Merge.Average)
            .SimpleRnn(3, Activation.Relu)
            .Dense(2, Activation.Softmax)
            .Build()).Summary();
        Assert.Contains(title, summary, StringComparison.Ordinal);
    }

    private static void AssertRow(string[] lines, string layer, string shape, string count)
    {
        string row = Assert.Single(lines, line => line.StartsWith(layer, StringComparison.Ordinal));
        Assert.Contains(shape, row, StringComparison.Ordinal);
        Assert.Equal(count, row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]);
    }

    private static RnnModel Zeros(Architecture architecture)
        => new(architecture, architecture.Parameters.ToDictionary(shape => shape.Name, shape => new float[shape.Count]));
}
