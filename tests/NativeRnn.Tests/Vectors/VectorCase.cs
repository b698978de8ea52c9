using System.Text.Json;
using System.Text.Json.Serialization;

namespace NativeRnn.Vectors;

/// <summary>
/// One network with what another framework computed for it: an element of a file of comparison vectors. Weights and inputs are
/// numbers that float32 holds exactly; results are in double precision.
/// </summary>
internal sealed record VectorCase
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public required string Name { get; init; }

    public required int InputSize { get; init; }

    public required LayerDescription[] Layers { get; init; }

    /// <summary>The decoder's layers, or null for a single chain; it reads its targets, each at the step behind.</summary>
    public LayerDescription[]? Decoder { get; init; }

    /// <summary>Features the decoder reads; 0 without one.</summary>
    public int DecoderInputSize { get; init; }

    public required int Batch { get; init; }

    public required int Steps { get; init; }

    /// <summary>Row-major, by the names of <see cref="Architecture.Parameters"/>.</summary>
    public required Dictionary<string, double[]> Weights { get; init; }

    /// <summary><c>[batch, steps, features]</c>.</summary>
    public required double[] Inputs { get; init; }

    /// <summary><c>[batch, rows, outputs]</c>.</summary>
    public required double[] Outputs { get; init; }

    /// <summary><c>[batch, outputs]</c>: what the same network gives many-to-one, or null when that was not asked.</summary>
    public double[]? LastOutputs { get; init; }

    /// <summary>The loss and its gradients, or null for a case of outputs only.</summary>
    public LossCase? Loss { get; init; }

    [JsonIgnore]
    public Architecture Architecture => new(
        InputSize,
        Layers.Select(layer => layer.ToLayer()),
        Decoder is null ? null : new Architecture(DecoderInputSize, Decoder.Select(layer => layer.ToLayer())));

    /// <summary>The network whose last recurrent layer gives its last state only.</summary>
    [JsonIgnore]
    public Architecture ManyToOneArchitecture
        => new(InputSize, [.. Layers[..^1].Select(layer => layer.ToLayer()), (Layers[^1] with { ReturnSequences = false }).ToLayer()]);

    public static VectorCase[] Read(string file) => JsonSerializer.Deserialize<VectorCase[]>(File.ReadAllText(file), Format)!;

    /// <summary>Writes one case a line, so that a change of one shows as a change of one line.</summary>
    public static void Write(string file, IEnumerable<VectorCase> cases)
        => File.WriteAllText(file, "[\n" + string.Join(",\n", cases.Select(value => JsonSerializer.Serialize(value, Format))) + "\n]\n");

    public override string ToString() => Name;
}

/// <summary>A loss with its gradients by automatic differentiation.</summary>
internal sealed record LossCase
{
    /// <summary>mae, mse, huber, bce or cce.</summary>
    public required string Kind { get; init; }

    /// <summary>Where a Huber loss turns linear.</summary>
    public double Delta { get; init; }

    /// <summary><c>[batch, rows, outputs]</c>, one row a sequence for a loss at the last step.</summary>
    public required double[] Targets { get; init; }

    /// <summary>The mean over batch, rows and outputs (cce: over batch and rows, summed over the outputs).</summary>
    public required double Value { get; init; }

    /// <summary>By the names of <see cref="Architecture.Parameters"/>, row-major.</summary>
    public required Dictionary<string, double[]> Gradients { get; init; }

    /// <summary><c>[batch, steps, features]</c>.</summary>
    public required double[] InputGradient { get; init; }
}
