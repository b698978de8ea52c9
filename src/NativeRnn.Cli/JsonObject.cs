using System.Text;

namespace NativeRnn.Cli;

/// <summary>
/// One JSON object of texts and numbers on one line. System.Text.Json's writer would add 77 KB to the executable, much of it number
/// formatting in UTF-8 beside that in UTF-16.
/// </summary>
internal sealed class JsonObject
{
    private readonly StringBuilder _text = new("{");

    public JsonObject Add(string name, long value) => AddRaw(name, value.ToString(CultureInfo.InvariantCulture));

    /// <param name="name">The member's name.</param>
    /// <param name="value">A finite number.</param>
    public JsonObject Add(string name, double value) => AddRaw(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A time without a zone, as in ISO 8601.</summary>
    public JsonObject Add(string name, DateTime value) => Add(name, value.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture));

    public JsonObject Add(string name, string value)
    {
        AddRaw(name, "\"");
        foreach (char letter in value)
        {
            if (letter is '"' or '\\')
                _text.Append('\\').Append(letter);
            else if (char.IsControl(letter))
                _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            else
                _text.Append(letter);
        }

        _text.Append('"');
        return this;
    }

    public JsonObject Add(string name, JsonObject[] values) => AddRaw(name, $"[{string.Join<JsonObject>(',', values)}]");

    public override string ToString() => _text + "}";

    /// <param name="name">A name of this program's, which needs no escapes.</param>
    /// <param name="json">The value, or its beginning.</param>
    private JsonObject AddRaw(string name, string json)
    {
        _text.Append(_text.Length > 1 ? ",\"" : "\"").Append(name).Append("\":").Append(json);
        return this;
    }
}
