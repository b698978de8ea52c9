using System.Security.Cryptography;
using System.Text.Json;

namespace NativeRnn.Trainer;

/// <summary>A value of a spec together with its JSON path, so that every error can say where it is.</summary>
/// <param name="file">The spec's file.</param>
/// <param name="path">The JSON path, as in <c>$.layers[0].gru.units</c>.</param>
/// <param name="element">The value.</param>
internal sealed class SpecValue(string file, string path, JsonElement element)
{
    private static readonly JsonElement NoSettings = JsonElement.Parse("{}");

    public string Path => path;

    public JsonValueKind Kind => element.ValueKind;

    /// <summary>The root value of a spec's text; comments and trailing commas are allowed.</summary>
    /// <exception cref="SpecException">The text is not JSON, or an object has a property twice.</exception>
    public static SpecValue Parse(string file, string text)
    {
        JsonDocumentOptions options = new()
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            AllowDuplicateProperties = false,
        };
        try
        {
            return new SpecValue(file, "$", JsonElement.Parse(text, options));
        }
        catch (JsonException exception)
        {
            string message = exception.Message;
            int position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            string place = exception.LineNumber is long line ? string.Create(CultureInfo.InvariantCulture, $"line {line + 1}") : "$";
            throw new SpecException(file, place, $"not valid JSON: {(position < 0 ? message : message[..position])}", exception);
        }
    }

    /// <summary>An error about this value.</summary>
    public SpecException Error(string problem, Exception? innerException = null) => new(file, path, problem, innerException);

    /// <summary>An error that names what was found beside what was expected.</summary>
    public SpecException Expected(string expected) => Error($"found {Shown()}, expected {expected}");

    /// <summary>An object that has no properties but those named.</summary>
    public SpecObject AsObject(params ReadOnlySpan<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Expected("an object in braces");
        Dictionary<string, SpecValue> properties = [];
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!names.Contains(property.Name))
            {
                string known = names.IsEmpty ? "" : $"; there are {string.Join(", ", names)}";
                throw Error($"there is no property '{property.Name}' here{known}");
            }

            properties.Add(property.Name, Child(property.Name, property.Value));
        }

        return new SpecObject(this, properties);
    }

    /// <summary>One of several things by name: <c>"adam"</c>, or <c>{"adam": {...}}</c> with settings.</summary>
    public (string Name, SpecValue Settings) AsChoice(params ReadOnlySpan<string> names)
    {
        string expected = $"one of {string.Join(", ", names)}";
        if (element.ValueKind == JsonValueKind.String)
        {
            string name = element.GetString()!;
            return names.Contains(name) ? (name, Child(name, NoSettings)) : throw Expected(expected);
        }

        if (element.ValueKind != JsonValueKind.Object || element.GetPropertyCount() != 1)
            throw Expected($"{expected}, as \"{names[0]}\" or {{\"{names[0]}\": {{...}}}}");
        JsonProperty only = element.EnumerateObject().First();
        return names.Contains(only.Name)
            ? (only.Name, Child(only.Name, only.Value))
            : throw Error($"found '{only.Name}', expected {expected}");
    }

    public List<SpecValue> AsList()
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() == 0)
            throw Expected("a list in brackets with at least one entry");
        List<SpecValue> values = [];
        foreach (JsonElement entry in element.EnumerateArray())
            values.Add(new SpecValue(file, string.Create(CultureInfo.InvariantCulture, $"{path}[{values.Count}]"), entry));
        return values;
    }

    public string AsText(string expected = "a text in quotes")
        => element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Expected(expected);

    public bool AsBoolean() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Expected("true or false"),
    };

    public int AsInteger(int minimum, int maximum = int.MaxValue)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int value) && value >= minimum && value <= maximum)
            return value;
        throw Expected(maximum == int.MaxValue ? $"a whole number of at least {minimum}" : $"a whole number from {minimum} to {maximum}");
    }

    public ulong AsSeed()
        => element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out ulong value)
            ? value
            : throw Expected("a whole number of at least 0");

    /// <summary>A finite number above zero.</summary>
    public double AsPositive() => AsNumber("a number above 0", value => value > 0);

    /// <summary>A finite number of at least zero.</summary>
    public double AsNonNegative() => AsNumber("a number of at least 0", value => value >= 0);

    /// <summary>A number of at least zero and below one.</summary>
    public double AsFraction() => AsNumber("a number of at least 0 and below 1", value => value is >= 0 and < 1);

    /// <summary>A number above zero and below one.</summary>
    public double AsOpenFraction() => AsNumber("a number above 0 and below 1", value => value is > 0 and < 1);

    /// <summary>A finite number that meets a condition.</summary>
    public double AsNumber(string expected, Func<double, bool> isAllowed)
        => element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double value) && double.IsFinite(value) && isAllowed(value)
            ? value
            : throw Expected(expected);

    public SpecException Missing(string name) => new(file, $"{path}.{name}", "this property is missing");

    /// <summary>SHA-256 of the value, comments and blanks left out.</summary>
    public string Digest => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(element)));

    private SpecValue Child(string name, JsonElement value) => new(file, $"{path}.{name}", value);

    private string Shown() => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => element.GetArrayLength() == 0 ? "an empty list" : "a list",
        JsonValueKind.String => $"'{element.GetString()}'",
        _ => element.GetRawText(),
    };
}
