using System.Text;

namespace NativeRnn;

/// <summary>The table of <see cref="RnnModel.Summary"/>.</summary>
internal static class ModelSummary
{
    public static string Format(RnnModel model)
    {
        Architecture architecture = model.Architecture;
        List<(string Layer, string Shape, string Parameters)> rows =
        [
            ("input", Shape(architecture.InputSize, isSequence: true), "0"),
            .. architecture.Layers.Select(Row),
        ];
        if (architecture.Decoder is { } decoder)
            rows.AddRange([("decoder input", Shape(decoder.InputSize, isSequence: true), "0"), .. decoder.Layers.Select(Row)]);
        (string Layer, string Shape, string Parameters) header = ("Layer", "Output shape", "Parameters");
        int layerWidth = rows.Append(header).Max(row => row.Layer.Length);
        int shapeWidth = rows.Append(header).Max(row => row.Shape.Length);
        int countWidth = rows.Append(header).Max(row => row.Parameters.Length);
        string rule = new('-', layerWidth + shapeWidth + countWidth + 4);

        StringBuilder text = new();
        AppendRow(header);
        text.Append(rule).Append('\n');
        foreach ((string, string, string) row in rows)
            AppendRow(row);
        text.Append(rule).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"Total parameters: {Count(architecture.ParameterCount)} ({Count(model.WeightBytes)} bytes of {Types(model)})\n");
        return text.ToString();

        void AppendRow((string Layer, string Shape, string Parameters) row)
            => text.Append(row.Layer.PadRight(layerWidth)).Append("  ").Append(row.Shape.PadRight(shapeWidth)).Append("  ")
                .Append(row.Parameters.PadLeft(countWidth)).Append('\n');
    }

    private static (string Layer, string Shape, string Parameters) Row(NamedLayer layer)
        => (Title(layer), Shape(layer.OutputSize, layer.ReturnsSequence), Count(layer.ParameterCount));

    private static string Title(NamedLayer layer)
    {
        string description = layer.Layer.Describe();
        return description.Length == 0 ? layer.Name : $"{layer.Name} ({description})";
    }

    private static string Shape(int size, bool isSequence) => isSequence ? $"[steps, {size}]" : $"[{size}]";

    private static string Types(RnnModel model)
    {
        string float32 = WeightType.Float32.Name();
        string[] quantized = [.. model.Architecture.Parameters.Select(shape => model.WeightTypeOf(shape.Name).Name()).Where(name => name != float32).Distinct()];
        return quantized.Length == 0 ? float32 : $"{string.Join(" and ", quantized)} matrices and {float32} vectors";
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
