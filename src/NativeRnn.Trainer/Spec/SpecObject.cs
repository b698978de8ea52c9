using System.Text.Json;

namespace NativeRnn.Trainer;

/// <summary>The properties of an object of a spec, all of them known.</summary>
internal sealed class SpecObject(SpecValue value, Dictionary<string, SpecValue> properties)
{
    /// <exception cref="SpecException">The property is missing.</exception>
    public SpecValue this[string name] => Optional(name) ?? throw value.Missing(name);

    /// <summary>A property that may be absent; null stands for absent as well.</summary>
    public SpecValue? Optional(string name)
        => properties.GetValueOrDefault(name) is { Kind: not JsonValueKind.Null } found ? found : null;

    public SpecException Error(string problem, Exception? innerException = null) => value.Error(problem, innerException);
}
