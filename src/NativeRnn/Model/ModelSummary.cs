using System.Text;

namespace NativeRnn;

/// <summary>The table of <see cref="RnnModel.Summary"/>.</summary>
internal static class ModelSummary
{
    public static string Format(RnnModel model)
    {
        Architecture architecture = model.Architecture;
        List<Row> rows = [new("Layer", "Output shape", "Parameters"), new("input", Shape(architecture.InputSize, isSequence: true), "0")];
        AddRows(architecture);
        if (architecture.Decoder is { } decoder)
        {
            rows.Add(new("decoder input", Shape(decoder.InputSize, isSequence: true), "0"));
            AddRows(decoder);
        }

        (int layerWidth, int shapeWidth, int countWidth) = (0, 0, 0);
        foreach (Row row in rows)
        {
            layerWidth = Math.Max(layerWidth, row.Layer.Length);
            shapeWidth = Math.Max(shapeWidth, row.Shape.Length);
            countWidth = Math.Max(countWidth, row.Parameters.Length);
        }

        string rule = new('-', layerWidth + shapeWidth + countWidth + 4);
        StringBuilder text = new();
        foreach (Row row in rows)
        {
            text.Append(row.Layer.PadRight(layerWidth)).Append("  ").Append(row.Shape.PadRight(shapeWidth)).Append("  ")
                .Append(row.Parameters.PadLeft(countWidth)).Append('\n');
            if (row == rows[0])
                text.Append(rule).Append('\n');
        }

        text.Append(rule).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"Total parameters: {Count(architecture.ParameterCount)} ({Count(model.WeightBytes)} bytes of {Types(model)})\n");
        return text.ToString();

        void AddRows(Architecture chain)
        {
            foreach (NamedLayer layer in chain.Layers)
                rows.Add(new(Title(layer), Shape(layer.OutputSize, layer.ReturnsSequence), Count(layer.ParameterCount)));
        }
    }

    private static string Title(NamedLayer layer)
    {
        string description = layer.Layer.Describe();
        return description.Length == 0 ? layer.Name : $"{layer.Name} ({description})";
    }

    private static string Shape(int size, bool isSequence) => isSequence ? $"[steps, {size}]" : $"[{size}]";

    private static string Types(RnnModel model)
    {
        string float32 = WeightType.Float32.Name();
        List<string> quantized = [];
        foreach (ParameterShape shape in model.Architecture.Parameters)
        {
            string name = model.WeightTypeOf(shape.Name).Name();
            if (name != float32 && !quantized.Contains(name))
                quantized.Add(name);
        }

        return quantized.Count == 0 ? float32 : $"{string.Join(" and ", quantized)} matrices and {float32} vectors";
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private sealed record Row(string Layer, string Shape, string Parameters);
}
