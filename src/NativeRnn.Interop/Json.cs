using System.Text.Json;

namespace NativeRnn.Interop;

/// <summary>Reading of JSON with errors that say where and what was expected.</summary>
internal static class Json
{
    private const int LongestShown = 80;

    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string what)
    {
        try
        {
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            throw new ModelImportException($"{what} is not JSON: {exception.Message}", exception);
        }
    }

    public static JsonElement Property(JsonElement element, string name, string where)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value)
            ? value
            : throw new ModelImportException($"{where} lacks '{name}'");

    public static JsonElement? Find(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public static string Text(JsonElement element, string name, string where)
    {
        JsonElement value = Property(element, name, where);
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new ModelImportException($"{where}: '{name}' is {Shorten(value)}; expected a text");
    }

    /// <summary>A text, or null where it is absent or null.</summary>
    public static string? FindText(JsonElement element, string name, string where)
        => Find(element, name) is null ? null : Text(element, name, where);

    public static JsonElement[] Array(JsonElement element, string name, string where)
    {
        JsonElement value = Property(element, name, where);
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray()]
            : throw new ModelImportException($"{where}: '{name}' is {Shorten(value)}; expected a list");
    }

    public static string Shorten(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= LongestShown ? text : text[..LongestShown] + "...";
    }
}
